import { z } from 'zod';
import { findNearest } from './nearest.ts';
import type { ConfigProblem } from './problems.ts';
import { choicesOf, keysOf, settingAt, unwrap, valueAt, type Schema } from './setting-at.ts';
import type { YamlFile } from './yaml-file.ts';

/** Some settings that are checked, and where they stand in the file. */
export interface Checked {
  readonly schema: Schema;
  readonly value: unknown;
  readonly path: readonly string[];
  readonly yaml: YamlFile;
}

/** Says what a failed check found and expected; a value that may be a secret is told by its kind only. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  { schema, value, path, yaml }: Checked,
): ConfigProblem[] {
  const within = issue.path.map(String);
  const place = [...path, ...within];
  const setting = settingAt(schema, within, value);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      describeProblem(
        [...place, key],
        yaml,
        'an unknown key',
        nameSuccessor(setting, key) ?? suggest(key, keysOf(setting)),
      ),
    );
  }
  if (issue.code === 'invalid_key')
    return [describeProblem(place, yaml, 'this name', stripExpected(issue.issues[0]?.message ?? 'another'))];
  const written = valueAt(value, within);
  const expected = issue.message.startsWith('expected ')
    ? stripExpected(issue.message)
    : describeExpected(setting, written);
  return [describeProblem(place, yaml, describeFound(written, place, yaml, setting), expected)];
}

function describeProblem(
  path: readonly string[],
  yaml: YamlFile,
  found: string,
  expected: string,
): ConfigProblem {
  return { line: yaml.lineOf(path), path: path.join('.'), found, expected };
}

/** What a key is called now that had another name before: a group's `renamed` says so. */
function nameSuccessor(setting: Schema | undefined, key: string): string | undefined {
  const renamed = setting && z.globalRegistry.get(setting)?.['renamed'];
  const successor = valueAt(renamed, [key]);
  return typeof successor === 'string' ? `${successor}, its new name` : undefined;
}

/** The choices, and the one that was probably meant. */
function suggest(written: unknown, choices: readonly string[]): string {
  if (choices.length === 1) return choices.join();
  const nearest = typeof written === 'string' ? findNearest(written, choices) : undefined;
  const list = `one of ${choices.join(', ')}`;
  return nearest === undefined ? list : `${list}; did you mean ${nearest}?`;
}

function stripExpected(message: string): string {
  return message.replace(/^expected /, '');
}

function describeExpected(setting: Schema | undefined, written: unknown): string {
  if (setting instanceof z.ZodNumber) return describeNumber(setting);
  if (setting instanceof z.ZodBoolean) return 'true or false';
  if (setting instanceof z.ZodString) return describeText(setting, written);
  if (setting instanceof z.ZodDiscriminatedUnion) {
    return `a group of keys, among them ${setting.def.discriminator} (${choicesOf(setting).join(', ')})`;
  }
  if (setting instanceof z.ZodUnion)
    return setting.options.map((option) => describeExpected(unwrap(option), written)).join(' or ');
  if (setting instanceof z.ZodArray) return `a list of ${choicesOf(setting.element).join(', ')}`;
  const choices = choicesOf(setting);
  return choices.length > 0 ? suggest(written, choices) : 'a group of keys';
}

function describeNumber({ minValue, maxValue, isInt }: z.ZodNumber): string {
  const kind = isInt ? 'a whole number' : 'a number';
  // Without limits of its own a whole number has those of JavaScript.
  const [from, to] = [minValue, maxValue].map((limit) =>
    Math.abs(limit ?? Infinity) < Number.MAX_SAFE_INTEGER ? limit : null,
  );
  if (from === null) return to === null ? kind : `${kind} of at most ${to}`;
  return to === null ? `${kind} of at least ${from}` : `${kind} from ${from} to ${to}`;
}

function describeText({ maxLength }: z.ZodString, written: unknown): string {
  if (typeof written === 'string' && written.trim() === '') return 'a text that is not empty';
  return typeof written === 'string' && maxLength !== null
    ? `a text of at most ${maxLength} characters`
    : 'a text';
}

/** Keys whose values are never shown, whatever is wrong with them. */
const secretKeys = /token$|secret|password|key$|credential/i;

/** What stands in the file: never the value of a variable, nor what may be a secret. */
function describeFound(
  value: unknown,
  path: readonly string[],
  yaml: YamlFile,
  setting: Schema | undefined,
): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'object')
    return `${Object.keys(value).length === 0 ? 'an empty' : 'a'} ${Array.isArray(value) ? 'list' : 'group of keys'}`;
  if (value === '') return 'an empty text';
  const [variable] = /\$\{\w+\}/.exec(yaml.textAt(path) ?? '') ?? [];
  if (variable !== undefined) return `the value of ${variable}`;
  const isShown =
    isLeaf(setting) &&
    z.globalRegistry.get(setting)?.['secret'] !== true &&
    !secretKeys.test(path.at(-1) ?? '');
  if (typeof value === 'string') return isShown ? JSON.stringify(hideCredentials(value)) : 'a text';
  return isShown && (typeof value === 'number' || typeof value === 'boolean')
    ? String(value)
    : `a ${typeof value}`;
}

/** Where a group is expected, what stands there may be anything: `auth: <token>`. */
function isLeaf(setting: Schema | undefined): setting is Schema {
  return (
    setting !== undefined &&
    ['string', 'number', 'boolean', 'enum', 'literal'].includes(setting._zod.def.type)
  );
}

/** A URL may carry a password before its host, and a key in its query. */
function hideCredentials(text: string): string {
  return text.replace(/^([a-z+.-]*:\/\/)?.*@/i, '$1…@').replace(/[?#].*$/s, '?…');
}
