/** One mistake in a configuration file. */
export interface ConfigProblem {
  /** Line in the file, from 1; undefined where the mistake is in no line. */
  readonly line: number | undefined;
  /** `sources.sage-uk.timeoutMs` */
  readonly path: string;
  /** What stands there, without secrets. */
  readonly found: string;
  readonly expected: string;
}

/** A configuration cannot be used; the message lists every problem, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    super(
      `${file} has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n${problems.map((problem) => formatProblem(file, problem)).join('\n')}`,
    );
    this.problems = problems;
  }
}

function formatProblem(file: string, { line, path, found, expected }: ConfigProblem): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return `  ${place}  ${path === '' ? '(whole file)' : path}: found ${found}, expected ${expected}`;
}
