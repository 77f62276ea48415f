import DataLoader from 'dataloader';
import type { CheckedGet, RestAnswer } from '../rest/client.ts';
import { isBlank, isJsonObject } from '../rest/json.ts';
import { idOf, idOfFirst, nativeIdOf } from './native-ids.ts';
import type { Freshness, Loaders, Row, SourceRequest } from './provider.ts';

/** Loads records of one shape by native id; null for an id that the source does not have. */
export type RecordLoader<T extends object, L extends Loaders> = DataLoader<string, Row<T, L> | null>;

export interface SingleRecordLoading {
  /** DataLoader's name, for traces. */
  readonly name: string;
  /** Fetches one record. The options are to be handed on to the call. */
  readonly fetchOne: (id: string, options: CheckedGet) => Promise<RestAnswer>;
}

/** A loader for a resource that is read one record at a time. */
export function createRecordLoader<T extends object, L extends Loaders>(
  request: SourceRequest<L>,
  { name, fetchOne }: SingleRecordLoading,
): RecordLoader<T, L> {
  return createKeyLoader(name, (id) => fetchRecord<T, L>(request, fetchOne, id));
}

/** Loads a record that must have the id, null when there is none. */
export async function fetchRecord<T extends object, L extends Loaders>(
  request: SourceRequest<L>,
  fetchOne: SingleRecordLoading['fetchOne'],
  id: string,
): Promise<Row<T, L> | null> {
  const answer = await fetchOne(id, { check: (body) => void checkRecord(request, body, id) });
  return answer.body === null ? null : toRow(request, checkRecord<T, L>(request, answer.body, id), answer);
}

/** A loader whose every key takes a call of its own, and fails alone. A key may be an object of plain values. */
export function createKeyLoader<K, T>(name: string, load: (key: K) => Promise<T>): DataLoader<K, T, string> {
  return new DataLoader((keys) => Promise.all(keys.map((key) => load(key).catch(toError))), {
    name,
    cacheKeyFn: (key) => JSON.stringify(key),
  });
}

/** A loader for a small collection that is read whole: it serves all its rows. */
export function createCollectionLoader<T extends object, L extends Loaders>({
  name,
  fetchAll,
}: {
  /** DataLoader's name, for traces. */
  readonly name: string;
  readonly fetchAll: () => Promise<readonly Row<T, L>[]>;
}): RecordLoader<T, L> {
  return new DataLoader(
    async (ids) => {
      const rows = await fetchAll();
      const byId = new Map(rows.map((row) => [nativeIdOf(row.data), row]));
      return ids.map((id) => byId.get(id) ?? null);
    },
    { name },
  );
}

export interface BatchRecordLoading extends SingleRecordLoading {
  readonly maxBatchSize: number;
  /**
   * Fetches a list of the records of several ids, in any order, possibly not all. Undefined when the source does not
   * let itself be asked for several, or its answer has no body when there is no such list: each is fetched alone then.
   */
  readonly fetchMany: (ids: readonly string[]) => Promise<RestAnswer | undefined>;
}

/**
 * A loader for a resource that can be read many at a time. Rows are given to the ids they carry, never by their
 * position: missing ones become null, unasked ones are dropped, of repeated ones the first counts.
 */
export function createBatchRecordLoader<T extends object, L extends Loaders>(
  request: SourceRequest<L>,
  { name, maxBatchSize, fetchOne, fetchMany }: BatchRecordLoading,
): RecordLoader<T, L> {
  async function loadMany(ids: readonly string[]): Promise<(Row<T, L> | Error | null)[]> {
    const answer = ids.length > 1 ? await fetchMany(ids) : undefined;
    if (answer === undefined || answer.body === null)
      return Promise.all(ids.map((id) => fetchRecord<T, L>(request, fetchOne, id).catch(toError)));
    const rows = new Map<string, Row<T, L>>();
    for (const row of readRows<T, L>(request, answer)) {
      const id = row && nativeIdOf(row.data);
      if (row !== undefined && id !== undefined && !rows.has(id)) rows.set(id, row);
    }
    return ids.map((id) => rows.get(id) ?? null);
  }
  return new DataLoader(loadMany, { name, maxBatchSize });
}

/** A whole record out of an answer. */
export function toRow<T extends object, L extends Loaders>(
  { session }: SourceRequest<L>,
  data: T,
  { fetchedAtMs, isFromCache }: Freshness,
): Row<T, L> {
  return { session, data, freshness: { fetchedAtMs, isFromCache } };
}

/**
 * Rows of a list answer at their places; undefined for what is no record, or has no id.
 *
 * @throws UpstreamError when the answer is not a list, or there is none: a list without rows is another thing
 */
export function readListedRows<T extends object, L extends Loaders>(
  request: SourceRequest<L>,
  answer: RestAnswer,
): (Row<T, L> | undefined)[] {
  if (answer.body === null) throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'there is no such list' });
  return readRows<T, L>(request, answer).map((row) => (row === undefined || nativeIdOf(row.data) === undefined ? undefined : row));
}

/**
 * Rows of a list answer at their places, none where there is no such list; undefined for what is no record.
 *
 * @throws UpstreamError when the answer is not a list
 */
export function readRows<T extends object, L extends Loaders>(request: SourceRequest<L>, answer: RestAnswer): (Row<T, L> | undefined)[] {
  return readItems(request, answer.body).map((item) => (isRecord<T>(item) ? toRow(request, item, answer) : undefined));
}

/** A list of more pages than this has no end. */
const mostPages = 100;

/**
 * Reads a list to its end; nearly always that is one page.
 *
 * @param fetchPage gives the rows of a page, counted from 0, at their places; a page that is not full is the last
 * @throws UpstreamError when the source sends a page twice, or goes on and on
 */
export async function readToEnd<T extends object, L extends Loaders>(
  request: SourceRequest<L>,
  pageSize: number,
  fetchPage: (page: number) => Promise<readonly (Row<T, L> | undefined)[]>,
): Promise<Row<T, L>[]> {
  const rows: Row<T, L>[] = [];
  let firstId: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const found = await fetchPage(page);
    rows.push(...found.filter((row) => row !== undefined));
    if (found.length < pageSize) return rows;
    const id = idOfFirst(found);
    if (id !== undefined && id === firstId) throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'a list has the same page twice' });
    firstId = id;
  }
  throw request.error('UPSTREAM_BAD_RESPONSE', { reason: `a list does not end with its page ${mostPages}` });
}

/**
 * Makes sure that rows which were asked for by their owner belong to it: a source that ignores the parameter sends
 * everybody's. A row that does not say whose it is counts as the owner's.
 *
 * @throws UpstreamError when a row belongs to another owner: what else is missing or too much is not known then
 */
export function checkOwner<K extends string, T extends { readonly [key in K]?: unknown }, L extends Loaders>(
  request: SourceRequest<L>,
  rows: readonly (Row<T, L> | undefined)[],
  ownerKey: K,
  ownerId: string,
): void {
  for (const row of rows) {
    const owner = row?.data[ownerKey];
    if (!isBlank(owner) && idOf(owner) !== ownerId) {
      throw request.error('UPSTREAM_BAD_RESPONSE', { reason: `a list by ${ownerKey} has rows of another` });
    }
  }
}

/**
 * Says that a row holds only a part of its record: the loader of whole records completes it when a field is read
 * that the part lacks.
 */
export function toPartialRow<T extends object, L extends Loaders>(row: Row<T, L>, loader: RecordLoader<T, L>): Row<T, L> {
  const id = nativeIdOf(row.data);
  return id === undefined ? row : { ...row, complete: () => loader.load(id) };
}

/** The check of a call for a list. */
export function createListCheck<L extends Loaders>(request: SourceRequest<L>): CheckedGet['check'] {
  return (body) => void readItems(request, body);
}

function readItems<L extends Loaders>(request: SourceRequest<L>, body: unknown): readonly unknown[] {
  if (body === null) return [];
  if (Array.isArray(body)) return body;
  throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'the answer is not a list' });
}

/**
 * Wire data gets its type here and where rows of lists are read, and nowhere else: that it is an object, and the one that
 * was asked for. Types of single values are checked where fields read them.
 */
function checkRecord<T extends object, L extends Loaders>(request: SourceRequest<L>, record: unknown, id: string): T {
  if (!isRecord<T>(record)) throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'the answer is not an object' });
  // A record that may be somebody else's is withheld.
  if (nativeIdOf(record) !== id) throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'the record is not the one that was asked for' });
  return record;
}

function isRecord<T extends object>(value: unknown): value is T {
  return isJsonObject(value);
}

/** What a loader gives to a key whose call failed. */
export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('unknown failure', { cause: error });
}
