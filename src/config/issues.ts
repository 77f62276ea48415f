import type { z } from 'zod';
import type { ConfigProblem } from './problems.ts';
import type { YamlFile } from './yaml-file.ts';

type Issue = z.core.$ZodIssue;

/** Keys whose values are never shown, whatever is wrong with them. */
const secretKeys = /token|secret|password|key|credential/i;

/** Says what a failed check found and expected; a value that may be a secret is told by its kind only. */
export function describeIssue(issue: Issue, base: readonly string[], value: unknown, yaml: YamlFile): ConfigProblem[] {
  const path = [...base, ...issue.path.map(String)];
  const problem = (extra: readonly string[], found: string, expected: string): ConfigProblem => ({
    line: yaml.lineOf([...path, ...extra]),
    path: [...path, ...extra].join('.'),
    found,
    expected,
  });
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => problem([key], 'an unknown key', 'only the keys of docs/configuration.md'));
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
    const key = issue.path.at(-1) === issue.discriminator ? [] : [issue.discriminator];
    return [problem(key, describeFound([...path, ...key], valueAt(value, [...issue.path, ...key]), yaml), expectedOf(issue))];
  }
  if (issue.code === 'invalid_key') return [problem([], 'this name', issue.issues[0]?.message.replace(/^expected /, '') ?? 'another name')];
  return [problem([], describeFound(path, valueAt(value, issue.path), yaml), expectedOf(issue))];
}

function expectedOf(issue: Issue): string {
  const message = issue.message.replace(/^Invalid input: /, '').replace(/^Invalid option: /, '');
  if (issue.code === 'too_small') return issue.origin === 'string' ? 'a text that is not empty' : `a number of at least ${issue.minimum}`;
  if (issue.code === 'too_big')
    return issue.origin === 'string' ? `a text of at most ${issue.maximum} characters` : `a number of at most ${issue.maximum}`;
  return message
    .replace(/^expected /, '')
    .replace(/, received .*$/, '')
    .replace(/^int$/, 'a whole number')
    .replace(/^string$/, 'a text')
    .replace(/^object$/, 'a group of keys');
}

function describeFound(path: readonly string[], value: unknown, yaml: YamlFile): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'a group of keys';
  const text = yaml.textAt(path);
  if (text?.includes('${') === true) return `the value of ${text.replaceAll(/^[^$]*(\$\{\w+\})[^$]*$/g, '$1')}`;
  const isSecret = path.some((key) => secretKeys.test(key));
  if (isSecret) return typeof value === 'string' ? `a text of ${value.length} characters` : `a ${typeof value}`;
  return typeof value === 'string' ? JSON.stringify(hideCredentials(value)) : String(value);
}

/** A URL may carry a password. */
function hideCredentials(text: string): string {
  return text.replace(/\/\/[^/@\s]*@/, '//…@');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((current, key) => {
    if (typeof current !== 'object' || current === null) return undefined;
    return Object.entries(current).find(([name]) => name === String(key))?.[1];
  }, value);
}
