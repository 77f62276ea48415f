import { isPair, isScalar, isSeq, visit, type Document, type Node, type Pair } from 'yaml';
import type { z } from 'zod';
import { cutWhiteSpace } from '../rest/sendable.ts';
import type { ConfigProblem } from './problems.ts';
import { valueAt } from './setting-at.ts';

/** Where a value stands in the file. */
interface Place {
  readonly line: number | undefined;
  readonly path: string;
}

/** Texts as they were before their variables were replaced, by node, and what cannot be replaced. */
export interface InsertedVariables {
  readonly originals: ReadonlyMap<object, string>;
  readonly problems: readonly ConfigProblem[];
}

/** Replaces `${NAME}` in every text of a document by the environment variable. */
export function insertVariables(
  document: Document,
  environment: NodeJS.ProcessEnv,
  lineAt: (offset: number | undefined) => number | undefined,
): InsertedVariables {
  const problems: ConfigProblem[] = [];
  const originals = new Map<object, string>();
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('${')) return;
      const place = { line: lineAt(node.range?.[0]), path: keysTo(node, ancestors).join('.') };
      originals.set(node, node.value);
      const inserted = insertInto(node.value, environment, place);
      node.value = inserted.text;
      problems.push(...inserted.problems);
    },
  });
  return { originals, problems };
}

/** The keys, and places in lists, that lead to a node. */
function keysTo(node: Node, ancestors: readonly unknown[]): string[] {
  return ancestors.flatMap((ancestor, index) => {
    if (isSeq(ancestor)) return [String(ancestor.items.indexOf(ancestors[index + 1] ?? node))];
    return isPair(ancestor) && isScalar(ancestor.key) && !isMerge(ancestor)
      ? [String(ancestor.key.value)]
      : [];
  });
}

/** Whether a pair merges other groups into its own: `<<: *name`. */
export function isMerge({ key }: Pair): boolean {
  return isScalar(key) && key.source === '<<' && key.type === 'PLAIN';
}

function insertInto(
  original: string,
  environment: NodeJS.ProcessEnv,
  place: Place,
): { text: string; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const text = original.replaceAll(/\$\{([^{}]*\}?)/g, (reference: string, rest: string) => {
    const name = /^([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(rest)?.[1];
    if (name === undefined) {
      problems.push({
        ...place,
        found: 'a "${" that begins no variable',
        expected: '${NAME}, a name of letters, digits and "_"',
      });
      return reference;
    }
    const value = environment[name];
    // A value that was read from a file has the file's last line end.
    const content = cutWhiteSpace(value ?? '');
    if (content !== '') return content;
    const state = value === undefined ? 'is not set' : 'is empty';
    problems.push({
      ...place,
      found: `${reference}, which ${state}`,
      expected: 'a variable of the environment',
    });
    return reference;
  });
  return {
    text,
    problems: problems.filter(
      ({ found }, index) => problems.findIndex((earlier) => earlier.found === found) === index,
    ),
  };
}

/**
 * Turns the values of variables, which are texts, into what the settings want: `company: ${SAGE_COMPANY}` is a
 * number. Done where a check failed for this alone, so that a token of digits stays a text.
 */
export function adoptTypes(
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
  path: readonly string[],
  { textAt }: { readonly textAt: (path: readonly string[]) => string | undefined },
): unknown {
  return issues.reduce((current, issue) => {
    const within = issue.path.map(String);
    const isVariable = /^\$\{\w+\}$/.test(textAt([...path, ...within]) ?? '');
    const adopted =
      isVariable && issue.code === 'invalid_type'
        ? toType(valueAt(value, within), issue.expected)
        : undefined;
    return adopted === undefined ? current : replaceAt(current, within, adopted);
  }, value);
}

function toType(text: unknown, expected: string): number | boolean | undefined {
  if (typeof text !== 'string') return undefined;
  if ((expected === 'number' || expected === 'int') && /^-?\d{1,15}(\.\d{1,15})?$/.test(text))
    return Number(text);
  if (expected === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return undefined;
}

function replaceAt(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (typeof value !== 'object' || value === null) return value;
  const replaced = replaceAt(valueAt(value, [key]), rest, replacement);
  return Array.isArray(value) ? value.with(Number(key), replaced) : { ...value, [key]: replaced };
}
