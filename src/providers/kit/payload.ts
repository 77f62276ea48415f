import { createWrongTypeError, UpstreamError, type SourceLabel } from '../../rest/errors.ts';
import { isBlank, isJsonObject, isNothing } from '../../rest/json.ts';
import type { AnyRow, Row } from '../provider.ts';
import type { FieldCall } from './fields.ts';
import { scalarReaders, WrongTypeError } from './scalar-readers.ts';

/*
 * What resolvers.ts functions read payloads with. The generated wire types say what a provider should send; these
 * hold when it sends something else.
 */

/**
 * The objects of the list that an object has under a key; none where it was not sent. Items that cannot be used are left
 * out and reported.
 *
 * @throws UpstreamError when something else than a whole list was sent
 */
export function listOf<D extends object, K extends keyof D & string>(
  field: FieldCall,
  data: D,
  key: K,
  { needsId = false }: { readonly needsId?: boolean } = {},
): ItemOf<D[K]>[] {
  const { source, ids, report } = field.at;
  checkWhole(field, field.place, data, key);
  const list: unknown = data[key];
  if (isBlank(list)) return [];
  if (!Array.isArray(list)) throw createWrongTypeError(source, field.place, 'expected a list');
  const usable: ItemOf<D[K]>[] = [];
  for (const [index, item] of list.entries()) {
    if (isObject<ItemOf<D[K]>>(item) && !isNothing(item) && (!needsId || ids.of(item) !== undefined))
      usable.push(item);
    else report(createWrongItemError(source, `${field.place}[${index}]`, needsId), field.path);
  }
  return usable;
}

type ItemOf<List> = Extract<NonNullable<List> extends readonly (infer Item)[] ? Item : never, object>;

/**
 * OData says beside a list inside a record that it goes on elsewhere, where a site limits what `$expand` brings.
 *
 * @throws UpstreamError when an object has only a part of the list under a key
 */
export function checkWhole(
  { at: { source } }: Pick<AnyRow, 'at'>,
  place: string,
  data: object,
  key: string,
): void {
  if (isBlank(Reflect.get(data, `${key}@odata.nextLink`))) return;
  const message = `${source.provider.title} (source "${source.name}") sent only a part of ${place}, and a link to the rest.`;
  throw new UpstreamError('UPSTREAM_BAD_RESPONSE', source, { message, reason: message });
}

function createWrongItemError(source: SourceLabel, place: string, needsId: boolean): UpstreamError {
  return createWrongTypeError(source, place, `expected an object${needsId ? ' with an id' : ''}`);
}

/** The objects among some values, without empty ones. What is something else is left out and reported. */
export function objectsOf<T extends object>(
  field: FieldCall,
  values: readonly (T | null | undefined)[],
): T[] {
  return readEach(field, values, readObject<T>);
}

/** The texts among some values, without blank ones and repeats. What is something else is left out and reported. */
export function textsOf(field: FieldCall, values: readonly unknown[]): string[] {
  return collectTexts(readEach(field, values, scalarReaders.String));
}

/** A value as a reader of `scalar-readers.ts` reads it. @throws UpstreamError when it has another type */
export function readAs<T>(field: FieldCall, read: (value: unknown) => T, value: unknown): T {
  try {
    return read(value);
  } catch (error) {
    throw error instanceof WrongTypeError ? wrongType(field, field.place, error) : error;
  }
}

/** @param place the field, `ElevateCustomer.isActive` */
export function wrongType(
  { at }: Pick<AnyRow, 'at'>,
  place: string,
  { message }: WrongTypeError,
): UpstreamError {
  return createWrongTypeError(at.source, place, message);
}

/** Nulls are left out. */
function readEach<V, T>(field: FieldCall, values: readonly V[], read: (value: V) => T | null): T[] {
  const found: T[] = [];
  for (const value of values) {
    try {
      const item = read(value);
      if (item !== null) found.push(item);
    } catch (error) {
      if (!(error instanceof WrongTypeError)) throw error;
      field.at.report(wrongType(field, field.place, error), field.path);
    }
  }
  return found;
}

function readObject<T extends object>(value: T | null | undefined): T | null {
  if (isBlank(value)) return null;
  if (isObject(value)) return value;
  throw new WrongTypeError('an object', value);
}

/*
 * The silent ones, for what no field is read from.
 */

/** The objects of a list; none when there is no list. */
export function collectObjects<T extends object>(
  list: readonly (T | null | undefined)[] | null | undefined,
): T[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** An object, if it is one and not empty: an empty one stands for something that was not sent. */
export function objectOf<T extends object>(value: T | null | undefined): T | null {
  return isObject(value) && Object.keys(value).length > 0 ? value : null;
}

function isObject<T extends object>(value: T | null | undefined): value is T {
  return isJsonObject(value);
}

/** The texts among some values, without blank ones and repeats. */
export function collectTexts(values: readonly unknown[]): string[] {
  const texts: string[] = [];
  for (const value of values) {
    const text = typeof value === 'string' ? value.trim() : '';
    if (text !== '' && !texts.includes(text)) texts.push(text);
  }
  return texts;
}

/** Rows of objects that were sent inside another row. */
export function childRows<T extends object>(
  { at }: Pick<AnyRow, 'at'>,
  list: readonly T[],
  kind?: string,
): Row<T>[] {
  return list.map((data) => (kind === undefined ? { at, data } : { at, data, kind }));
}

/** Leaves out objects that have the id of an earlier one; those without an id all stay. */
export function withoutRepeatedIds<T extends object>(
  { at }: Pick<AnyRow, 'at'>,
  list: readonly T[],
): readonly T[] {
  if (list.length < 2) return list;
  const seen = new Set<string>();
  return list.filter((item) => {
    const id = at.ids.of(item);
    if (id === undefined) return true;
    const isNew = !seen.has(id);
    seen.add(id);
    return isNew;
  });
}
