import { isMap, isPair, isScalar, LineCounter, parseDocument, visit, type Document, type YAMLError } from 'yaml';
import type { ConfigProblem } from './problems.ts';

/** A parsed configuration file whose values can be traced back to their lines. */
export interface YamlFile {
  /** The file's content with variables replaced; undefined when it is not YAML. */
  readonly value: unknown;
  readonly problems: readonly ConfigProblem[];
  /** The line of the value at a path, or of the nearest thing above it that exists. */
  lineOf(path: readonly string[]): number | undefined;
  /** The text that stands at a path in the file, before `${NAME}` was replaced; undefined where no single value stands. */
  textAt(path: readonly string[]): string | undefined;
}

/** Where a value stands in the file. */
interface Place {
  readonly line: number | undefined;
  readonly path: string;
}

export function parseYamlFile(text: string, environment: NodeJS.ProcessEnv): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number | undefined) => (offset === undefined ? undefined : lines.linePos(offset).line);
  const problems = document.errors.slice(0, 1).map((error) => describeYamlError(error, lineAt(error.pos[0]), text));
  const originals = new Map<object, string>();
  if (problems.length > 0) return { value: undefined, problems, lineOf: () => undefined, textAt: () => undefined };
  const missing = insertVariables(document, environment, originals, lineAt);
  return {
    ...readValue(document, missing),
    lineOf: (path) => lineAt(offsetOf(document, path)),
    textAt(path) {
      const node = findNode(document, path);
      return isScalar(node) ? (originals.get(node) ?? String(node.value)) : undefined;
    },
  };
}

function readValue(document: Document, problems: readonly ConfigProblem[]): Pick<YamlFile, 'value' | 'problems'> {
  try {
    return { value: document.toJS(), problems };
  } catch {
    // An alias without its anchor, or aliases of aliases without end.
    const broken = { line: undefined, path: '', found: 'an alias (*) that leads nowhere or too far', expected: 'the value itself' };
    return { value: undefined, problems: [broken, ...problems] };
  }
}

const yamlErrors: Readonly<Partial<Record<YAMLError['code'], readonly [found: string, expected: string]>>> = {
  BAD_INDENT: ['a line that is indented in another way than those it belongs to', 'the same indentation'],
  DUPLICATE_KEY: ['a key that stands there already', 'each key once'],
  MISSING_CHAR: ['a quote or bracket that is not closed', 'its end'],
  MULTIPLE_DOCS: ['a second document', 'one document'],
  TAB_AS_INDENT: ['a tab before the text of a line', 'blanks'],
};

/** One mistake of this kind leads to others that are none: only the first is told. */
function describeYamlError({ code }: YAMLError, line: number | undefined, text: string): ConfigProblem {
  const [found, expected] = yamlErrors[code] ?? [`what is not YAML (${code.toLowerCase().replaceAll('_', ' ')})`, 'YAML'];
  // `{ token: ${TOKEN} }` is natural to write and not YAML: the brace of the variable would close the group.
  const hasBareVariable = /\{.*[^"'\w]\$\{/.test(text.split('\n')[(line ?? 1) - 1] ?? '');
  return { line, path: '', found, expected: hasBareVariable ? 'quotes around variables within braces: { token: "${TOKEN}" }' : expected };
}

/** Replaces `${NAME}` in every text by the environment variable. */
function insertVariables(
  document: Document,
  environment: NodeJS.ProcessEnv,
  originals: Map<object, string>,
  lineAt: (offset: number | undefined) => number | undefined,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('${')) return;
      const keys = ancestors.flatMap((ancestor) => (isPair(ancestor) && isScalar(ancestor.key) ? [String(ancestor.key.value)] : []));
      const place = { line: lineAt(node.range?.[0]), path: keys.join('.') };
      originals.set(node, node.value);
      const inserted = insertInto(node.value, environment, place);
      node.value = inserted.text;
      problems.push(...inserted.problems);
    },
  });
  return problems;
}

function insertInto(original: string, environment: NodeJS.ProcessEnv, place: Place): { text: string; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const text = original.replaceAll(/\$\{([^{}]*\}?)/g, (reference: string, rest: string) => {
    const name = /^([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(rest)?.[1];
    if (name === undefined) {
      problems.push({ ...place, found: 'a "${" that begins no variable', expected: '${NAME}, a name of letters, digits and "_"' });
      return reference;
    }
    const value = environment[name];
    if (value !== undefined && value !== '') return value;
    const state = value === undefined ? 'is not set' : 'is empty';
    problems.push({ ...place, found: `${reference}, which ${state}`, expected: 'a variable of the environment' });
    return reference;
  });
  return { text, problems: problems.filter(({ found }, index) => problems.findIndex((earlier) => earlier.found === found) === index) };
}

function offsetOf(document: Document, path: readonly string[]): number | undefined {
  let offset: number | undefined;
  let node: unknown = document.contents;
  for (const key of path) {
    const pair = findPair(node, key);
    if (pair === undefined) return offset;
    if (isScalar(pair.key)) offset = pair.key.range?.[0];
    node = pair.value;
  }
  return isScalar(node) ? (node.range?.[0] ?? offset) : offset;
}

function findNode(document: Document, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => findPair(node, key)?.value, document.contents);
}

function findPair(node: unknown, key: string) {
  return isMap(node) ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === key) : undefined;
}
