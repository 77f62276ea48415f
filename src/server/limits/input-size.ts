import { visit, type DocumentNode } from 'graphql';

/** What is given to an operation, in its document or in variables. */
export interface InputSize {
  /** Items of the longest list. */
  readonly listSize: number;
  /** Lists and objects within each other. */
  readonly depth: number;
}

/** Measures the values that a document holds itself. */
export function measureLiterals(document: DocumentNode): InputSize {
  let [listSize, depth, deepest] = [0, 0, 0];
  const enter = () => {
    depth += 1;
    deepest = Math.max(deepest, depth);
  };
  const leave = () => void (depth -= 1);
  visit(document, {
    ListValue: {
      enter({ values }) {
        enter();
        listSize = Math.max(listSize, values.length);
      },
      leave,
    },
    ObjectValue: { enter, leave },
  });
  return { listSize, depth: deepest };
}

/** Measures variables, whatever they are: each on its own, so that an operation's own object does not count. */
export function measureVariables(variables: Readonly<Record<string, unknown>>): InputSize {
  let [listSize, deepest] = [0, 0];
  // No function that calls itself: JSON may be as deep as it is long.
  const waiting = Object.values(variables).map((value) => ({ value, depth: 1 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    deepest = Math.max(deepest, depth);
    if (Array.isArray(value)) listSize = Math.max(listSize, value.length);
    for (const inner of Object.values(value)) {
      if (typeof inner === 'object') waiting.push({ value: inner, depth: depth + 1 });
    }
  }
  return { listSize, depth: deepest };
}
