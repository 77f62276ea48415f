import { digitsOf } from '../../rest/json.ts';
import type { AnyRow } from '../provider.ts';

/** Native ids may go into a URL: nothing in them can change a path or a query. They have 64 bits at most. */
const nativeIdPattern = /^[1-9][0-9]{0,18}$/;
const largestNativeId = 9_223_372_036_854_775_807n;

export function isNativeId(text: string): boolean {
  return nativeIdPattern.test(text) && (text.length < 19 || BigInt(text) <= largestNativeId);
}

/** The native id that a payload's value is, digit for digit; null for none, for 0 and for anything else. */
export function idOf(value: unknown): string | null {
  const id = typeof value === 'string' ? value : digitsOf(value);
  return id !== undefined && isNativeId(id) ? id : null;
}

/** The native id of a record; undefined where it has none. */
export function nativeIdOf(record: object): string | undefined {
  return 'id' in record ? (idOf(record.id) ?? undefined) : undefined;
}

/** The native id of the first row of a list. */
export function idOfFirst([first]: readonly (AnyRow | undefined)[]): string | undefined {
  return first && nativeIdOf(first.data);
}

/** Negative where the first of two native ids is the smaller number. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : Number(a > b);
}
