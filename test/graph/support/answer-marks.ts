import { markOf, type Mark } from './marked-payload.ts';
import type { Json } from './payload-fields.ts';

/** What an answer holds of a marked payload. */
export interface AnswerMarks {
  /** Whether a leaf's value, or an object or list with just its values, is in the answer. */
  holds(mark: Mark): boolean;
}

/** An object is known by the values below it, a list by those of its items in their order. */
export function readAnswerMarks(answer: unknown, marks: readonly Mark[]): AnswerMarks {
  const known = new Set(
    marks.flatMap(({ value }) =>
      typeof value === 'string' || typeof value === 'number' ? [markOf(value)] : [],
    ),
  );
  const found = new Set<string>();

  function visit(node: unknown): Set<string> {
    const own = new Set<string>();
    if (typeof node === 'string' || typeof node === 'number') {
      const mark = markOf(node);
      if (known.has(mark)) own.add(mark);
      found.add(mark);
    } else if (typeof node === 'object' && node !== null) {
      const parts = Object.values(node).map(visit);
      for (const part of parts) for (const mark of part) own.add(mark);
      found.add(Array.isArray(node) ? keyOfList(parts) : keyOfObject(own));
    }
    return own;
  }

  visit(answer);
  return { holds: ({ value }) => found.has(keyOf(value)) };
}

function keyOf(value: Json): string {
  if (Array.isArray(value)) return keyOfList(value.map(marksIn));
  if (typeof value === 'object') return keyOfObject(marksIn(value));
  return markOf(String(value));
}

function marksIn(value: Json): Set<string> {
  if (typeof value === 'object') return new Set(Object.values(value).flatMap((inner) => [...marksIn(inner)]));
  return new Set(typeof value === 'boolean' ? [] : [markOf(value)]);
}

function keyOfObject(marks: ReadonlySet<string>): string {
  return JSON.stringify([...marks].toSorted());
}

function keyOfList(items: readonly ReadonlySet<string>[]): string {
  return JSON.stringify(items.map(keyOfObject));
}

/** The booleans of an answer by their place. */
export function readBooleans(node: unknown, place = ''): Map<string, boolean> {
  if (typeof node === 'boolean') return new Map([[place, node]]);
  if (typeof node !== 'object' || node === null) return new Map();
  return new Map(Object.entries(node).flatMap(([key, inner]) => [...readBooleans(inner, `${place}.${key}`)]));
}
