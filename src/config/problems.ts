/** One mistake in a configuration. */
export interface ConfigProblem {
  /** Line in the file, from 1; undefined where the mistake is in no line. */
  readonly line: number | undefined;
  /** `sources.sage-uk.timeoutMs`; empty for the file as a whole. */
  readonly path: string;
  /** What stands there, without secrets. */
  readonly found: string;
  readonly expected: string;
}

/** A configuration cannot be used; the message lists every problem, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  /** @param file undefined where the environment is all there is */
  constructor(file: string | undefined, problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`;
    super(
      [
        `${file ?? 'The environment'} has ${count}:`,
        ...problems.map((problem) => `  ${formatProblem(file, problem)}`),
      ].join('\n'),
    );
    this.problems = problems;
  }
}

function formatProblem(file: string | undefined, { line, path, found, expected }: ConfigProblem): string {
  const place = [
    ...(file === undefined ? [] : [line === undefined ? file : `${file}:${line}`]),
    ...(path === '' ? [] : [path]),
  ];
  return `${place.join(' ')}: found ${found}, expected ${expected}`;
}
