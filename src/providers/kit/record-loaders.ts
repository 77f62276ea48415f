import DataLoader from 'dataloader';
import type { Answer, Decoding } from '../../rest/client.ts';
import { nativeIdOf } from './native-ids.ts';
import type { Loaders, Row, SourceRequest } from '../provider.ts';
import { decodeRecord, readRows, toRow, type Items } from './rows.ts';

/** Loads records of one shape by native id; null for an id that the source does not have. */
export type RecordLoader<T extends object, L extends Loaders> = DataLoader<string, Row<T, L> | null>;

export interface SingleRecordLoading<T> {
  /** DataLoader's name, for traces. */
  readonly name: string;
  /** Fetches one record. The decoding is to be handed on to the call. */
  readonly fetchOne: (id: string, decoding: Decoding<T>) => Promise<Answer<T>>;
}

/** A loader for a resource that is read one record at a time. */
export function createRecordLoader<T extends object, L extends Loaders>(
  request: SourceRequest<L>,
  { name, fetchOne }: SingleRecordLoading<T>,
): RecordLoader<T, L> {
  return createKeyLoader(name, (id) => fetchRecord(request, fetchOne, id));
}

/** Loads a record that must have the id, null when there is none. */
export async function fetchRecord<T extends object, L extends Loaders>(
  request: SourceRequest<L>,
  fetchOne: SingleRecordLoading<T>['fetchOne'],
  id: string,
): Promise<Row<T, L> | null> {
  const answer = await fetchOne(id, {
    decode: (body) => decodeRecord<T, L>(request, body, id),
    resource: 'customers',
  });
  return answer.body === null ? null : toRow(request, answer.body, answer);
}

/** A loader whose every key takes a call of its own, and fails alone. A key may be an object of plain values. */
export function createKeyLoader<K, T>(name: string, load: (key: K) => Promise<T>): DataLoader<K, T, string> {
  return new DataLoader((keys) => Promise.all(keys.map((key) => load(key).catch(toError))), {
    name,
    cacheKeyFn: (key) => (typeof key === 'string' ? key : JSON.stringify(key)),
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

export interface BatchRecordLoading<T> extends SingleRecordLoading<T> {
  readonly maxBatchSize: number;
  /**
   * Fetches a list of the records of several ids, in any order, possibly not all. Undefined when the source does not
   * let itself be asked for several, or its answer has no body when there is no such list: each is fetched alone then.
   */
  readonly fetchMany: (ids: readonly string[]) => Promise<Answer<Items<T>> | undefined>;
}

/**
 * A loader for a resource that can be read many at a time. Rows are given to the ids they carry, never by their
 * position: missing ones become null, unasked ones are dropped, of repeated ones the first counts.
 */
export function createBatchRecordLoader<T extends object, L extends Loaders>(
  request: SourceRequest<L>,
  { name, maxBatchSize, fetchOne, fetchMany }: BatchRecordLoading<T>,
): RecordLoader<T, L> {
  async function loadMany(ids: readonly string[]): Promise<(Row<T, L> | Error | null)[]> {
    const answer = ids.length > 1 ? await fetchMany(ids) : undefined;
    if (answer === undefined || answer.body === null)
      return Promise.all(ids.map((id) => fetchRecord(request, fetchOne, id).catch(toError)));
    const rows = new Map<string, Row<T, L>>();
    for (const row of readRows(request, answer)) {
      const id = row && nativeIdOf(row.data);
      if (row !== undefined && id !== undefined && !rows.has(id)) rows.set(id, row);
    }
    return ids.map((id) => rows.get(id) ?? null);
  }
  return new DataLoader(loadMany, { name, maxBatchSize });
}

/**
 * Says that a row holds only a part of its record: the loader of whole records completes it when a field is read
 * that the part lacks.
 */
export function toPartialRow<T extends object, L extends Loaders>(
  row: Row<T, L>,
  loader: RecordLoader<T, L>,
): Row<T, L> {
  const id = nativeIdOf(row.data);
  return id === undefined ? row : { ...row, complete: () => loader.load(id) };
}

/** What a loader gives to a key whose call failed. */
export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('unknown failure', { cause: error });
}
