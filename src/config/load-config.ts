import { z } from 'zod';
import type { Provider } from '../providers/provider.ts';
import type { Proxies } from '../rest/http/proxies.ts';
import { findConflicts } from './conflicts.ts';
import { findDoubts } from './doubts.ts';
import { entriesOf } from './entries-of.ts';
import { applyEnvironment, checkEnvironment, readProxies } from './environment.ts';
import { findAccidentalExposure } from './exposure.ts';
import { describeIssue, type Checked } from './issues.ts';
import { ConfigError, type ConfigProblem } from './problems.ts';
import { readText } from './read-text.ts';
import { fileSettings, type FileSettings } from './settings.ts';
import { adoptTypes } from './variables.ts';
import { parseYamlFile } from './yaml-file.ts';

/** The whole configuration, checked. */
export interface Config {
  readonly server: FileSettings['server'];
  readonly auth: FileSettings['auth'];
  readonly log: FileSettings['log'];
  /** Credentials that sources share, by name. */
  readonly credentials: FileSettings['credentials'];
  readonly sources: readonly SourceConfig[];
  /** Those of the environment. */
  readonly proxies: Proxies;
  /** What is allowed, and is to be told at each start. */
  readonly warnings: readonly string[];
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
  const whole = check(fileSettings, { value: withoutTemplates(yaml.value ?? {}), path: [], yaml });
  const sources = Object.entries(entriesOf(entriesOf(yaml.value)['sources'])).map(([name, source]) =>
    checkSource(name, { value: source, path: ['sources', name], yaml }, registry),
  );
  const problems = [...yaml.problems, ...checkEnvironment(environment)];
  // What is not YAML has no settings to be checked.
  if (yaml.value !== undefined)
    problems.push(
      ...findFurther(problems, [...[whole, ...sources].flatMap(problemsOf), ...findConflicts(yaml)]),
    );
  if ('problems' in whole) throw new ConfigError(file, sortByLine(problems));
  const server = applyEnvironment(whole.settings.server, environment);
  problems.push(...findAccidentalExposure({ ...whole.settings, server }, yaml, environment));
  if (problems.length > 0) throw new ConfigError(file, sortByLine(problems));
  const config = {
    ...whole.settings,
    server,
    sources: sources.flatMap((source) => ('settings' in source ? [source.settings] : [])),
    proxies: readProxies(environment),
  };
  return { ...config, warnings: findDoubts(config) };
}

/**
 * The configuration of a server without a file, on sources that are given: invented ones, about which all may be told.
 *
 * @throws ConfigError when `PORT` is no port
 */
export function createConfig(sources: readonly SourceConfig[], environment: NodeJS.ProcessEnv): Config {
  const problems = checkEnvironment(environment);
  if (problems.length > 0) throw new ConfigError(undefined, problems);
  const { server, auth, log, credentials } = fileSettings.omit({ sources: true }).parse({
    server: { introspection: true, page: true },
    auth: { mode: 'none' },
  });
  return {
    server: applyEnvironment(server, environment),
    auth,
    log,
    credentials,
    sources,
    proxies: readProxies(environment),
    warnings: [],
  };
}

/** Settings that were accepted, or all that is wrong with them. */
type CheckResult<T> = { readonly settings: T } | { readonly problems: readonly ConfigProblem[] };

type Unchecked = Omit<Checked, 'schema'>;

function checkSource(name: string, source: Unchecked, registry: ProviderRegistry): CheckResult<SourceConfig> {
  const named = check(z.looseObject({ provider: z.enum(Object.keys(registry)) }), source);
  if ('problems' in named) return named;
  const { provider: providerName, ...value } = named.settings;
  const provider = registry[providerName];
  if (provider === undefined) throw new TypeError(`no provider ${providerName}`);
  const own = { ...source, value: adoptValues(provider.settings, { ...source, value }) };
  const checked = checkValues(provider.settings, own);
  return 'problems' in checked ? checked : { settings: { name, provider, settings: own.value } };
}

function check<T>(schema: z.ZodType<T>, unchecked: Unchecked): CheckResult<T> {
  return checkValues(schema, { ...unchecked, value: adoptValues(schema, unchecked) });
}

/** The values with their variables in the types that the schema wants. */
function adoptValues(schema: z.ZodType, { value, path, yaml }: Unchecked): unknown {
  return adoptTypes(value, schema.safeParse(value).error?.issues ?? [], path, yaml);
}

function checkValues<T>(schema: z.ZodType<T>, unchecked: Unchecked): CheckResult<T> {
  const { success, data, error } = schema.safeParse(unchecked.value);
  if (success) return { settings: data };
  return { problems: error.issues.flatMap((issue) => describeIssue(issue, { ...unchecked, schema })) };
}

function problemsOf(result: CheckResult<unknown>): readonly ConfigProblem[] {
  return 'problems' in result ? result.problems : [];
}

/** One problem at each place is enough: a value whose variable is not set has been reported as that. */
function findFurther(known: readonly ConfigProblem[], found: readonly ConfigProblem[]): ConfigProblem[] {
  const places = new Map<string, ConfigProblem>();
  for (const problem of found) if (!places.has(problem.path)) places.set(problem.path, problem);
  return [...places.values()].filter((problem) => known.every((earlier) => !isSame(earlier, problem)));
}

/** An anchor is one place by its line, and another path wherever it is used. */
function isSame(earlier: ConfigProblem, problem: ConfigProblem): boolean {
  const variable = problem.found.replace(/^the value of /, '');
  return (
    earlier.path === problem.path ||
    (earlier.line === problem.line && earlier.found.startsWith(`${variable}, which is`))
  );
}

function sortByLine(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

/** Keys at the top that begin with `x-` hold what other places merge or refer to. */
function withoutTemplates(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('x-')));
}
