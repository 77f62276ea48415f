import DataLoader from 'dataloader';
import type { Answer, Decoding } from '../../rest/client.ts';
import { nativeIdOf } from './native-ids.ts';
import type { Loader, Row, SourceRequest } from '../provider.ts';
import type { WholeList } from './list-whole.ts';
import type { Batch } from './list-batches.ts';
import { decodeRecord, toRow } from './rows.ts';

/** Loads records of one shape by native id; null for an id that the source does not have. */
export type RecordLoader<T extends object> = Loader<string, Row<T> | null>;

export interface SingleRecordLoading<T> {
  /** Fetches one record. The decoding is to be handed on to the call. */
  readonly fetchOne: (id: string, decoding: Decoding<T>) => Promise<Answer<T>>;
}

/** A loader for a resource that is read one record at a time. */
export function createRecordLoader<T extends object>(
  request: SourceRequest,
  { fetchOne }: SingleRecordLoading<T>,
): RecordLoader<T> {
  return createKeyLoader((id) => fetchRecord(request, fetchOne, id));
}

/** Loads a record that must have the id, null when there is none. */
export async function fetchRecord<T extends object>(
  request: SourceRequest,
  fetchOne: SingleRecordLoading<T>['fetchOne'],
  id: string,
): Promise<Row<T> | null> {
  const answer = await fetchOne(id, {
    decode: (body) => decodeRecord<T>(request, body, id),
    resource: 'customers',
  });
  return answer.body === null ? null : toRow(request, answer.body, answer);
}

/**
 * A loader whose every key takes a call of its own, and fails alone. A key may be an object of plain values. Keys are
 * collected as DataLoader does, but none waits for the others' answers: what has come can be worked on and let go.
 */
export function createKeyLoader<K, T>(load: (key: K) => Promise<T>): Loader<K, T> {
  const known = new Map<string, Promise<T>>();
  let waiting: (() => void)[] = [];

  function startAll(): void {
    const starts = waiting;
    waiting = [];
    for (const start of starts) start();
  }

  function enqueue(start: () => void): void {
    // When everything that is ready has said what it wants: a microtask may be followed by others.
    if (waiting.length === 0) void Promise.resolve().then(() => process.nextTick(startAll));
    waiting.push(start);
  }

  return {
    load(key) {
      const name = nameOf(key);
      const loading = known.get(name) ?? new Promise<T>((resolve) => enqueue(() => resolve(load(key))));
      known.set(name, loading);
      return loading;
    },
    prime(key, value) {
      const name = nameOf(key);
      if (!known.has(name)) known.set(name, Promise.resolve(value));
    },
  };
}

function nameOf(key: unknown): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

/** A loader for a small collection that is read whole: it serves all its rows. */
export function createCollectionLoader<T extends object>({
  name,
  fetchAll,
}: {
  /** DataLoader's name, for traces. */
  readonly name: string;
  readonly fetchAll: () => Promise<WholeList<T>>;
}): RecordLoader<T> {
  return new DataLoader(
    async (ids): Promise<(Row<T> | Error | null)[]> => {
      const { rows, failure = null } = await fetchAll();
      const byId = new Map(rows.map((row) => [nativeIdOf(row), row]));
      // What is missing from a part of the collection may be in the rest.
      return ids.map((id) => byId.get(id) ?? failure);
    },
    { name },
  );
}

export interface BatchRecordLoading<T extends object> extends SingleRecordLoading<T> {
  /** DataLoader's name, for traces. */
  readonly name: string;
  readonly maxBatchSize: number;
  /**
   * Fetches the records of several ids, in any order, possibly not all: by `readBatch`. Undefined when the source does
   * not let itself be asked for several: each is fetched alone then.
   */
  readonly fetchMany: (ids: readonly string[]) => Promise<Batch<T> | undefined>;
}

/**
 * A loader for a resource that can be read many at a time. Rows are given to the ids they carry, never by their
 * position: unasked ones are dropped, of repeated ones the first counts. An id becomes null when the source is certain
 * not to have it: if its answer may have been cut short, or has rows that were not asked for, it is asked again.
 */
export function createBatchRecordLoader<T extends object>(
  request: SourceRequest,
  { name, maxBatchSize, fetchOne, fetchMany }: BatchRecordLoading<T>,
): RecordLoader<T> {
  type Loaded = Row<T> | Error | null;
  type Tell = (hadMore: boolean | undefined) => void;

  function loadEach(ids: readonly string[]): Promise<Loaded>[] {
    return ids.map((id) => fetchRecord(request, fetchOne, id).catch(toError));
  }

  async function loadAll(ids: readonly string[], tell: Tell): Promise<Loaded[]> {
    const loaded = await Promise.all(loadEach(ids));
    tell(loaded.some((row) => row instanceof Error) ? undefined : loaded.some((row) => row !== null));
    return loaded;
  }

  /** @param tell is told whether the source has any of them */
  async function loadMany(ids: readonly string[], tell: Tell): Promise<Loaded[]> {
    const batch = ids.length > 1 ? await fetchMany(ids) : undefined;
    return batch === undefined ? loadAll(ids, tell) : pickFrom(batch, ids, tell);
  }

  async function pickFrom(batch: Batch<T>, ids: readonly string[], tell: Tell): Promise<Loaded[]> {
    tell(batch.rows.length > 0);
    const found = takeFirsts(batch.rows);
    const missing = ids.filter((id) => !found.has(id));
    const loaded = missing.length === 0 ? [] : await loadMissing(batch, ids, missing).catch(toError);
    return ids.map((id) => {
      const rest = Array.isArray(loaded) ? loaded[missing.indexOf(id)] : loaded;
      return found.get(id) ?? rest ?? null;
    });
  }

  async function loadMissing(
    batch: Batch<T>,
    ids: readonly string[],
    missing: readonly string[],
  ): Promise<Loaded[]> {
    // With rows that were not asked for it was not answered what was asked.
    if (batch.rows.some((row) => !ids.includes((row && nativeIdOf(row)) ?? '')))
      return loadAll(missing, () => {});
    const tell = await batch.mayHaveMore();
    if (tell === undefined) return [];
    try {
      return await (missing.length < ids.length ? loadMany(missing, tell) : loadAll(missing, tell));
    } finally {
      tell(undefined);
    }
  }

  const loader = new DataLoader<string, Held<T>>(
    async (ids) => {
      const batch = ids.length > 1 ? await fetchMany(ids) : undefined;
      // Each on its own: none waits for the others' answers.
      if (batch === undefined) return loadEach(ids).map((row) => ({ row }));
      return (await pickFrom(batch, ids, () => {})).map((row) => ({ row }));
    },
    { name, maxBatchSize },
  );
  return {
    async load(id) {
      const row = await (await loader.load(id)).row;
      if (row instanceof Error) throw row;
      return row;
    },
    prime: (id, row) => void loader.prime(id, { row }),
  };
}

/** In an object, because DataLoader would wait for promises. */
interface Held<T extends object> {
  readonly row: Row<T> | Error | null | Promise<Row<T> | Error | null>;
}

/** Rows by their ids; the first of those that have the same. */
function takeFirsts<T extends object>(rows: Batch<T>['rows']): Map<string, Row<T>> {
  const byId = new Map<string, Row<T>>();
  for (const row of rows) {
    const id = row && nativeIdOf(row);
    if (row !== undefined && id !== undefined && !byId.has(id)) byId.set(id, row);
  }
  return byId;
}

/**
 * Says that a row holds only a part of its record: the loader of whole records completes it when a field is read
 * that the part lacks.
 */
export function toPartialRow<T extends object>(row: Row<T>, loader: RecordLoader<T>): Row<T> {
  const id = nativeIdOf(row);
  return id === undefined ? row : { ...row, complete: () => loader.load(id) };
}

/** What a loader gives to a key whose call failed. */
export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('unknown failure', { cause: error });
}
