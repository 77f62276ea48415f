import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, visit, type Document } from 'yaml';
import type { ConfigProblem } from './problems.ts';

/** A parsed configuration file whose values can be traced back to their lines. */
export interface YamlFile {
  readonly value: unknown;
  readonly problems: readonly ConfigProblem[];
  /** The line of the value at a path, or of the nearest thing above it that exists. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
  /** The text that stands at a path in the file, before `${NAME}` was replaced; undefined where no single value stands. */
  textAt(path: readonly PropertyKey[]): string | undefined;
}

export function parseYamlFile(text: string, environment: NodeJS.ProcessEnv): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number | undefined) => (offset === undefined ? undefined : lines.linePos(offset).line);
  const problems: ConfigProblem[] = document.errors.map((error) => ({
    line: lineAt(error.pos[0]),
    path: '',
    found: `no valid YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`,
    expected: 'a YAML file',
  }));
  const originals = new Map<object, string>();
  if (problems.length === 0) problems.push(...insertVariables(document, environment, originals, lineAt));
  return {
    value: problems.some(({ path }) => path === '') ? undefined : document.toJS(),
    problems,
    lineOf: (path) => lineAt(offsetOf(document, path)),
    textAt(path) {
      const node = document.getIn(path, true);
      return isScalar(node) ? (originals.get(node) ?? String(node.value)) : undefined;
    },
  };
}

/** Replaces `${NAME}` in every text by the environment variable; a text that is one variable alone may become a number. */
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
      const original = node.value;
      originals.set(node, original);
      node.value = original.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (reference: string, name: string) => {
        const value = environment[name];
        if (value !== undefined && value !== '') return value;
        const path = ancestors.flatMap((ancestor) => (isPair(ancestor) && isScalar(ancestor.key) ? [String(ancestor.key.value)] : []));
        const found = `${reference}, and the environment variable ${name} is ${value === undefined ? 'not set' : 'empty'}`;
        problems.push({ line: lineAt(node.range?.[0]), path: path.join('.'), found, expected: `${name} to be set` });
        return reference;
      });
    },
  });
  return problems;
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  let offset: number | undefined;
  let node: unknown = document.contents;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (pair === undefined) return offset;
      if (isScalar(pair.key)) offset = pair.key.range?.[0];
      node = pair.value;
    } else if (isSeq(node) && typeof key === 'number') {
      node = node.items[key];
    } else {
      return offset;
    }
  }
  return isScalar(node) ? (node.range?.[0] ?? offset) : offset;
}
