import type { GraphQLResolveInfo } from 'graphql';
import { createWrongTypeError } from '../rest/errors.ts';
import { isJsonObject, isNothing } from '../rest/json.ts';
import type { Loaders, Row } from './provider.ts';
import { nativeIdOf } from './record-loaders.ts';

/*
 * What resolvers.ts functions read payloads with. The generated wire types say what a provider should send; these
 * hold when it sends something else.
 */

/**
 * The objects of a row's list; none where it was not sent. Items that cannot be used are left out and reported.
 *
 * @throws UpstreamError when something else than a list was sent
 */
export function listOf<T extends object, K extends keyof T, I extends object>(
  row: Row<T & { readonly [key in K]?: readonly I[] }>,
  key: K,
  info: GraphQLResolveInfo,
  { needsId = false }: { readonly needsId?: boolean } = {},
): I[] {
  const { source, report } = row.session;
  const list: unknown = row.data[key];
  if (list === '' || isNothing(list)) return [];
  const place = `${info.parentType.name}.${info.fieldName}`;
  if (!Array.isArray(list)) throw createWrongTypeError(source, place, 'expected a list');
  const isUsable = (item: unknown) => isJsonObject(item) && !isNothing(item) && (!needsId || nativeIdOf(item) !== undefined);
  for (const [index, item] of list.entries()) {
    if (!isUsable(item))
      report(createWrongTypeError(source, `${place}[${index}]`, `expected an object${needsId ? ' with an id' : ''}`), info.path);
  }
  return objectsOf(row.data[key]).filter(isUsable);
}

/** The objects of a list; none when there is no list. */
export function objectsOf<T extends object>(list: readonly (T | null | undefined)[] | null | undefined): T[] {
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
export function textsOf(values: readonly unknown[]): string[] {
  const texts = values.flatMap((value) => (typeof value === 'string' && value.trim() !== '' ? [value.trim()] : []));
  return [...new Set(texts)];
}

/** A native id that may be used in a URL; null for none, for 0 and for anything else. */
export function idOf(value: unknown): string | null {
  const id = nativeIdOf({ id: value });
  return id !== undefined && /^[1-9]\d{0,18}$/.test(id) ? id : null;
}

/** Loads the record that an id in a payload points to; null where there is no id. */
export async function loadOne<T>(loader: { load(id: string): Promise<T | null> }, id: unknown): Promise<T | null> {
  const nativeId = idOf(id);
  return nativeId === null ? null : loader.load(nativeId);
}

/** Rows of objects that were sent inside another row. */
export function childRows<T extends object, L extends Loaders>(
  { session }: Row<object, L>,
  list: readonly T[],
  kind?: string,
): Row<T, L>[] {
  return list.map((data) => (kind === undefined ? { session, data } : { session, data, kind }));
}

/** Leaves out objects that have the id of an earlier one; those without an id all stay. */
export function withoutRepeats<T extends { id?: unknown }>(list: readonly T[]): T[] {
  const seen = new Set<string>();
  return list.filter((item) => {
    const id = nativeIdOf(item);
    if (id === undefined) return true;
    const isNew = !seen.has(id);
    seen.add(id);
    return isNew;
  });
}
