import { isBlank, isJsonObject } from '../../rest/json.ts';
import type { Freshness, Row, SourceRequest } from '../provider.ts';

/*
 * Wire data gets its type here, and nowhere else: that it is an object, or a list of objects. Types of single values are
 * checked where fields read them.
 */

/** The items of a list at their places; undefined for what is no record. */
export type Items<T> = readonly (T | undefined)[];

/** The same request, for records that have their ids under another key than customers. */
export function identifiedBy(request: SourceRequest, key: string): SourceRequest {
  return { ...request, ids: request.ids.under(key) };
}

/** A whole record out of an answer. */
export function toRow<T extends object>(
  at: SourceRequest,
  data: T,
  { fetchedAtMs, isFromCache }: Freshness,
): Row<T> {
  return { at, data, freshness: { fetchedAtMs, isFromCache } };
}

/**
 * Makes sure that the items of a list which was asked for by their owner belong to it: a source that ignores the
 * parameter sends everybody's. An item that does not say whose it is counts as the owner's.
 *
 * @throws UpstreamError when an item belongs to another owner: what else is missing or too much is not known then
 */
export function checkOwner<K extends string, T extends { readonly [key in K]?: unknown }>(
  request: SourceRequest,
  items: Items<T>,
  ownerKey: K,
  ownerId: string,
): void {
  for (const item of items) {
    const owner = item?.[ownerKey];
    if (!isBlank(owner) && request.ids.read(owner) !== ownerId) {
      throw request.error('UPSTREAM_BAD_RESPONSE', { reason: `a list by ${ownerKey} has rows of another` });
    }
  }
}

/** Null, or no content, is how some servers say that nothing matches. @throws UpstreamError for what is not a list */
export function decodeItems<T extends object>(request: SourceRequest, body: unknown): Items<T> {
  if (body === null) return [];
  if (!Array.isArray(body))
    throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'the answer is not a list' });
  return body.map((item: unknown) => (isRecord<T>(item) ? item : undefined));
}

/**
 * A record is an object, and the one that was asked for; null when there is none.
 *
 * @throws UpstreamError
 */
export function decodeRecord<T extends object>(
  request: SourceRequest,
  record: unknown,
  id: string,
): T | null {
  if (record === null) return null;
  if (!isRecord<T>(record))
    throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'the answer is not an object' });
  // A record that may be somebody else's is withheld.
  if (request.ids.of(record) !== id)
    throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'the record is not the one that was asked for' });
  return record;
}

function isRecord<T extends object>(value: unknown): value is T {
  return isJsonObject(value);
}
