import { resolveTokenFile } from '../rest/credentials/token-file.ts';
import { cutWhiteSpace } from '../rest/sendable.ts';
import { entriesOf } from './entries-of.ts';
import { findNearest } from './nearest.ts';
import type { ConfigProblem } from './problems.ts';
import type { YamlFile } from './yaml-file.ts';

/** The settings of a sign-in, and where they stand. */
interface Holder {
  readonly path: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
}

type Lines = Pick<YamlFile, 'lineOf'>;

/** Finds what is right in each place and wrong together: places of the file that speak of the same thing. */
export function findConflicts({ value, lineOf }: Pick<YamlFile, 'value' | 'lineOf'>): ConfigProblem[] {
  const { credentials, sources } = entriesOf(value);
  const auths = Object.entries(entriesOf(sources)).map(([name, source]) => ({
    path: ['sources', name, 'auth'],
    settings: entriesOf(entriesOf(source)['auth']),
  }));
  const named = Object.entries(entriesOf(credentials)).map(([name, settings]) => ({
    path: ['credentials', name],
    settings: entriesOf(settings),
  }));
  const signIns = [...named, ...auths].filter(({ settings }) => settings['type'] === 'oauth2');
  return [
    ...findShared(signIns, 'refreshToken', cutWhiteSpace, 'the refresh token', { lineOf }),
    ...findShared(signIns, 'tokenFile', resolveFile, 'the same file as', { lineOf }),
    ...findUnknownCredentials(auths, Object.keys(entriesOf(credentials)), { lineOf }),
  ];
}

/** Each of two that rotate the same tokens makes the other's useless. */
function findShared(
  holders: readonly Holder[],
  key: string,
  identify: (text: string) => string,
  what: string,
  { lineOf }: Lines,
): ConfigProblem[] {
  const first = new Map<string, readonly string[]>();
  return holders.flatMap(({ path, settings }) => {
    const text = settings[key];
    // A variable that is not set stands there as it is written.
    if (typeof text !== 'string' || text === '' || text.includes('${')) return [];
    const place = [...path, key];
    const earlier = first.get(identify(text));
    if (earlier === undefined) {
      first.set(identify(text), place);
      return [];
    }
    const found = `${what}${what.endsWith('as') ? '' : ' of'} ${describePlace(earlier, lineOf)}`;
    const expected =
      'another: what several sources sign in with is one of "credentials", used by auth: { type: shared, credential: <name> }';
    return [{ line: lineOf(place), path: place.join('.'), found, expected }];
  });
}

function describePlace(path: readonly string[], lineOf: Lines['lineOf']): string {
  const line = lineOf(path);
  return `${path.join('.')}${line === undefined ? '' : ` (line ${line})`}`;
}

function findUnknownCredentials(
  auths: readonly Holder[],
  names: readonly string[],
  { lineOf }: Lines,
): ConfigProblem[] {
  return auths.flatMap(({ path, settings: { type, credential } }) => {
    if (type !== 'shared' || typeof credential !== 'string') return [];
    const name = cutWhiteSpace(credential);
    if (name === '' || names.includes(name)) return [];
    const nearest = findNearest(name, names);
    const place = [...path, 'credential'];
    const expected =
      names.length === 0
        ? 'the name of one of "credentials", of which the file has none'
        : `one of ${names.join(', ')}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
    return [
      { line: lineOf(place), path: place.join('.'), found: 'a name that "credentials" has not', expected },
    ];
  });
}

function resolveFile(text: string): string {
  return resolveTokenFile(cutWhiteSpace(text));
}
