import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Provider } from '../providers/provider.ts';
import { applyEnvironment, checkEnvironment } from './environment.ts';
import { describeIssue } from './issues.ts';
import { ConfigError, type ConfigProblem } from './problems.ts';
import { fileSettings, type FileSettings } from './settings.ts';
import { adoptTypes } from './variables.ts';
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
  const problems: ConfigProblem[] = [...yaml.problems, ...checkEnvironment(environment)];
  const settings = yaml.value === undefined ? undefined : check(fileSettings, yaml.value ?? {}, [], yaml, problems);
  const sources = checkSources(yaml, registry, problems);
  if (settings === undefined || problems.length > 0) throw new ConfigError(file, sortByLine(problems));
  return { ...settings.output, server: applyEnvironment(settings.output.server, environment), sources };
}

/**
 * The configuration of a server without a file, on sources that are given.
 *
 * @throws ConfigError when `PORT` is no port
 */
export function createConfig(sources: readonly SourceConfig[], environment: NodeJS.ProcessEnv): Config {
  const problems = checkEnvironment(environment);
  if (problems.length > 0) throw new ConfigError(undefined, problems);
  const { server, auth, log } = fileSettings.parse({ auth: { mode: 'none' }, sources: { any: {} } });
  return { server: applyEnvironment(server, environment), auth, log, sources };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const found = existsSync(file) ? 'a file that cannot be read' : 'no such file';
    throw new ConfigError(file, [{ line: undefined, path: '', found, expected: 'a YAML file' }]);
  }
}

function checkSources(yaml: YamlFile, registry: ProviderRegistry, problems: ConfigProblem[]): SourceConfig[] {
  const named = z.looseObject({ provider: z.enum(Object.keys(registry)) });
  return Object.entries(entriesOf(entriesOf(yaml.value)['sources'])).flatMap(([name, source]) => {
    const path = ['sources', name];
    const { provider: providerName = '', ...settings } = check(named, source, path, yaml, problems)?.output ?? {};
    const provider = registry[providerName];
    const checked = provider === undefined ? undefined : check(provider.settings, settings, path, yaml, problems);
    return provider === undefined || checked === undefined ? [] : [{ name, provider, settings: checked.input }];
  });
}

/** Adds what is wrong to `problems`, one at each place. A value whose variable is not set has been reported as that. */
function check<T>(
  schema: z.ZodType<T>,
  value: unknown,
  path: readonly string[],
  yaml: YamlFile,
  problems: ConfigProblem[],
): { readonly output: T; readonly input: unknown } | undefined {
  const issuesAsWritten = schema.safeParse(value).error?.issues ?? [];
  const input = adoptTypes(value, issuesAsWritten, path, yaml);
  const result = schema.safeParse(input);
  if (result.success) return { output: result.data, input };
  for (const issue of result.error.issues) {
    const found = describeIssue(issue, { schema, value: input, path, yaml });
    problems.push(...found.filter((problem) => problems.every((earlier) => earlier.path !== problem.path)));
  }
  return undefined;
}

function sortByLine(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function entriesOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}
