import { digitsOf, isJsonObject } from '../../rest/json.ts';

/** What a provider's own ids look like, and where its records have them. */
export interface NativeIdForm {
  /** The payload key of a record's id; `id` by default. */
  readonly key?: string;
  /** The whole text of an id. Positive integers of 64 bits by default. */
  readonly pattern?: RegExp;
  /** What an id is called in messages: `number`, `uuid`. To be given with a pattern. */
  readonly noun?: string;
}

/** The native ids of a provider, or of one of its resources. */
export interface NativeIds {
  readonly key: string;
  readonly noun: string;
  readonly isId: (text: string) => boolean;
  /** The native id that a payload's value is, digit for digit; null for anything else. */
  readonly read: (value: unknown) => string | null;
  /** The native id of a record; undefined where it has none. */
  readonly of: (record: object) => string | undefined;
  /** The same ids in records that have them under another key. */
  readonly under: (key: string) => NativeIds;
}

/**
 * Native ids go into URLs, filters and cursors: whatever a provider's pattern allows, nothing else than these characters
 * can, and they cannot change a path or a query.
 */
const safePattern = /^[A-Za-z0-9_-]{1,64}$/;

export function isSafeId(text: string): boolean {
  return safePattern.test(text);
}

const integerPattern = /^[1-9][0-9]{0,18}$/;
const largestInteger = 9_223_372_036_854_775_807n;

function isInteger(text: string): boolean {
  return integerPattern.test(text) && (text.length < 19 || BigInt(text) <= largestInteger);
}

export function createNativeIds({ key = 'id', pattern, noun = 'number' }: NativeIdForm = {}): NativeIds {
  // A copy without flags: `test` would go on where it ended.
  const whole = pattern && new RegExp(`^(?:${pattern.source})$`);
  return createIds(key, noun, whole === undefined ? isInteger : (text) => isSafeId(text) && whole.test(text));
}

function createIds(key: string, noun: string, isId: NativeIds['isId']): NativeIds {
  const read = (value: unknown): string | null => {
    const id = typeof value === 'string' ? value : digitsOf(value);
    return id !== undefined && isId(id) ? id : null;
  };
  return {
    key,
    noun,
    isId,
    read,
    of: (record) => (isJsonObject(record) ? (read(record[key]) ?? undefined) : undefined),
    under: (other) => createIds(other, noun, isId),
  };
}

/** Positive integers under the key `id`. */
export const integerIds = createNativeIds();

interface IdentifiedRow {
  readonly at: { readonly ids: NativeIds };
  readonly data: object;
}

/** The native id of a row; undefined where it has none. */
export function nativeIdOf({ at, data }: IdentifiedRow): string | undefined {
  return at.ids.of(data);
}

/** The native id of the first row of a list. */
export function idOfFirst([first]: readonly (IdentifiedRow | undefined)[]): string | undefined {
  return first && nativeIdOf(first);
}

const digits = /^\d+$/;

/** Negative where the first of two native ids comes first: numbers by their size, others by their characters. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length && digits.test(a) && digits.test(b)) return a.length - b.length;
  return a < b ? -1 : Number(a > b);
}
