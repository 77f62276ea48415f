import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import type { Provider } from '../providers/provider.ts';
import { ConfigError, type ConfigProblem } from './problems.ts';
import { fileSettings, type FileSettings } from './settings.ts';
import { describeIssue } from './issues.ts';
import { parseYamlFile, type YamlFile } from './yaml-file.ts';

/** The whole configuration, checked. */
export interface Config {
  readonly server: FileSettings['server'];
  readonly auth: FileSettings['auth'];
  readonly log: FileSettings['log'];
  readonly sources: readonly SourceConfig[];
}

export interface SourceConfig {
  readonly name: string;
  readonly provider: Provider;
  /** Accepted by the provider's `settings`. */
  readonly settings: unknown;
}

export type ProviderRegistry = Readonly<Record<string, Provider>>;

/**
 * Reads a configuration file.
 *
 * @throws ConfigError with every mistake in it
 */
export function loadConfig(file: string, registry: ProviderRegistry, environment: NodeJS.ProcessEnv): Config {
  const yaml = parseYamlFile(readText(file), environment);
  const problems: ConfigProblem[] = [...yaml.problems];
  const missingVariables = new Set(yaml.problems.map(({ path }) => path));
  const settings = check(fileSettings, yaml.value, [], yaml, problems, missingVariables);
  const sources = checkSources(yaml, registry, problems, missingVariables);
  if (settings === undefined || problems.length > 0) throw new ConfigError(file, sortByLine(problems));
  return { ...settings, server: applyEnvironment(settings.server, environment, file), sources };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new ConfigError(file, [{ line: undefined, path: '', found: `no readable file (${reason})`, expected: 'a YAML file' }]);
  }
}

function checkSources(yaml: YamlFile, registry: ProviderRegistry, problems: ConfigProblem[], ignored: ReadonlySet<string>): SourceConfig[] {
  return Object.entries(entriesAt(yaml.value, 'sources')).flatMap(([name, source]) => {
    const path = ['sources', name];
    const { provider: providerName, ...settings } = entriesOf(source);
    const provider = typeof providerName === 'string' && Object.hasOwn(registry, providerName) ? registry[providerName] : undefined;
    if (provider === undefined) {
      const found = providerName === undefined ? 'nothing' : JSON.stringify(providerName);
      const expected = `one of ${Object.keys(registry).join(', ')}`;
      problems.push({ line: yaml.lineOf([...path, 'provider']), path: [...path, 'provider'].join('.'), found, expected });
      return [];
    }
    check(provider.settings, settings, path, yaml, problems, ignored);
    return [{ name, provider, settings }];
  });
}

function check<T>(
  schema: z.ZodType<T>,
  value: unknown,
  path: readonly string[],
  yaml: YamlFile,
  problems: ConfigProblem[],
  ignored: ReadonlySet<string>,
): T | undefined {
  if (value === undefined && path.length === 0) return undefined;
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const found = result.error.issues.flatMap((issue) => describeIssue(issue, path, value, yaml));
  // A value whose variable is not set is reported as that, not as what is wrong with `${NAME}`.
  problems.push(...found.filter((problem) => !ignored.has(problem.path)));
  return undefined;
}

/** `HOST` and `PORT` override the file, as hosting platforms expect. */
export function applyEnvironment(server: FileSettings['server'], { HOST, PORT }: NodeJS.ProcessEnv, file: string): FileSettings['server'] {
  if (PORT !== undefined && !/^\d{1,5}$/.test(PORT)) {
    throw new ConfigError(file, [
      { line: undefined, path: 'environment variable PORT', found: JSON.stringify(PORT), expected: 'a port number' },
    ]);
  }
  return { host: HOST ?? server.host, port: PORT === undefined ? server.port : Number(PORT) };
}

function sortByLine(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function entriesAt(value: unknown, key: string): Record<string, unknown> {
  return entriesOf(entriesOf(value)[key]);
}

function entriesOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}
