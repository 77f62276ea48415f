import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Pair,
  type YAMLError,
} from 'yaml';
import type { ConfigProblem } from './problems.ts';
import { insertVariables, isMerge } from './variables.ts';

/** A parsed configuration file whose values can be traced back to their lines. */
export interface YamlFile {
  /** The file's content with variables replaced; undefined when it is not YAML. */
  readonly value: unknown;
  readonly problems: readonly ConfigProblem[];
  /** The line of the value at a path, or of the nearest thing above it that exists. */
  lineOf(path: readonly string[]): number | undefined;
  /** The text that stands at a path in the file, before `${NAME}` was replaced; undefined where no single value stands. */
  readonly textAt: (path: readonly string[]) => string | undefined;
}

export function parseYamlFile(text: string, environment: NodeJS.ProcessEnv): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const lineAt = (offset: number | undefined) =>
    offset === undefined ? undefined : lines.linePos(offset).line;
  const problems = document.errors
    .slice(0, 1)
    .map((error) => describeYamlError(error, lineAt(error.pos[0]), text));
  if (problems.length > 0)
    return { value: undefined, problems, lineOf: () => undefined, textAt: () => undefined };
  const inserted = insertVariables(document, environment, lineAt);
  return {
    ...readValue(document, [...findBadMerges(document, lineAt), ...inserted.problems]),
    lineOf: (path) => lineAt(offsetOf(document, path)),
    textAt(path) {
      const node = findNode(document, path);
      return isScalar(node) ? (inserted.originals.get(node) ?? String(node.value)) : undefined;
    },
  };
}

const badMerge = 'a merge key (<<) of something else than a group of keys';

function findBadMerges(
  document: Document,
  lineAt: (offset: number | undefined) => number | undefined,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  visit(document, {
    Pair(_key, pair) {
      if (!isMerge(pair)) return;
      const merged = resolve(document, pair.value);
      const sources = isSeq(merged) ? merged.items : [merged];
      if (sources.every((source) => isMap(resolve(document, source)))) return;
      const line = isScalar(pair.key) ? lineAt(pair.key.range?.[0]) : undefined;
      problems.push({
        line,
        path: '',
        found: badMerge,
        expected: 'an alias such as *defaults, or a list of them',
      });
    },
  });
  return problems;
}

function readValue(
  document: Document,
  problems: readonly ConfigProblem[],
): Pick<YamlFile, 'value' | 'problems'> {
  try {
    return { value: document.toJS(), problems };
  } catch {
    if (problems.some(({ found }) => found === badMerge)) return { value: undefined, problems };
    // An alias without its anchor, or aliases of aliases without end.
    const broken = {
      line: undefined,
      path: '',
      found: 'an alias (*) that leads nowhere or too far',
      expected: 'the value itself',
    };
    return { value: undefined, problems: [broken, ...problems] };
  }
}

const yamlErrors: Readonly<Partial<Record<YAMLError['code'], readonly [found: string, expected: string]>>> = {
  BAD_INDENT: ['a line that is indented in another way than those it belongs to', 'the same indentation'],
  DUPLICATE_KEY: ['a key that stands there already', 'each key once'],
  MISSING_CHAR: ['a quote or bracket that is not closed', 'its end'],
  MULTIPLE_DOCS: ['a second document', 'one document'],
  TAB_AS_INDENT: ['a tab used for indentation', 'spaces'],
};

/** One mistake of this kind leads to others that are none: only the first is told. */
function describeYamlError({ code }: YAMLError, line: number | undefined, text: string): ConfigProblem {
  const [found, expected] = yamlErrors[code] ?? [
    `what is not YAML (${code.toLowerCase().replaceAll('_', ' ')})`,
    'YAML',
  ];
  // `{ token: ${TOKEN} }` is natural to write and not YAML: the brace of the variable would close the group.
  const hasBareVariable = /\{.*[^"'\w]\$\{/.test(text.split('\n')[(line ?? 1) - 1] ?? '');
  return {
    line,
    path: '',
    found,
    expected: hasBareVariable ? 'quotes around variables within braces: { token: "${TOKEN}" }' : expected,
  };
}

function offsetOf(document: Document, path: readonly string[]): number | undefined {
  let offset: number | undefined;
  let node: unknown = document.contents;
  for (const key of path) {
    const pair = findPair(document, node, key);
    if (pair === undefined) node = itemAt(document, node, key);
    if (pair === undefined && node === undefined) return offset;
    if (isScalar(pair?.key)) offset = pair.key.range?.[0];
    if (pair !== undefined) node = pair.value;
  }
  return isScalar(node) ? (node.range?.[0] ?? offset) : offset;
}

function findNode(document: Document, path: readonly string[]): unknown {
  const node = path.reduce<unknown>(
    (node, key) => findPair(document, node, key)?.value ?? itemAt(document, node, key),
    document.contents,
  );
  return resolve(document, node);
}

function itemAt(document: Document, node: unknown, key: string): unknown {
  const list = resolve(document, node);
  return isSeq(list) ? list.items[Number(key)] : undefined;
}

/** What an alias (`*name`) stands for. */
function resolve(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** More groups than anybody merges into one another; fewer than a group that merges itself. */
const mostMerges = 20;

/** A pair of a group, or of those that are merged into it (`<<: *name`); its own come first. */
function findPair(document: Document, node: unknown, key: string, depth = 0): Pair | undefined {
  const group = resolve(document, node);
  if (!isMap(group) || depth > mostMerges) return undefined;
  const own = group.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  if (own !== undefined) return own;
  for (const { value } of group.items.filter(isMerge)) {
    const merged = resolve(document, value);
    for (const source of isSeq(merged) ? merged.items : [merged]) {
      const found = findPair(document, source, key, depth + 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
