import DataLoader from 'dataloader';
import { digitsOf, isJsonObject } from '../rest/json.ts';
import type { Loaders, Row, SourceRequest } from './provider.ts';

/** Loads records of one shape by native id; null for an id that the source does not have. */
export type RecordLoader<T extends object, L extends Loaders> = DataLoader<string, Row<T, L> | null>;

export interface SingleRecordLoading {
  /** DataLoader's name, for traces. */
  readonly name: string;
  /** Fetches one record; null when there is none. */
  readonly fetchOne: (id: string) => Promise<unknown>;
}

/** A loader for a resource that is read one record at a time. */
export function createRecordLoader<T extends object, L extends Loaders>(
  request: SourceRequest<L>,
  { name, fetchOne }: SingleRecordLoading,
): RecordLoader<T, L> {
  async function loadOne(id: string): Promise<Row<T, L> | null> {
    const record = await fetchOne(id);
    return record === null ? null : toRow(request, checkRecord(request, record, id));
  }
  return createKeyLoader(name, loadOne);
}

/** A loader whose every key takes a call of its own, and fails alone. */
export function createKeyLoader<T>(name: string, load: (key: string) => Promise<T>): DataLoader<string, T> {
  return new DataLoader((keys) => Promise.all(keys.map((key) => load(key).catch(toError))), { name });
}

/** A loader for a small collection that is read whole: one call serves all its rows. */
export function createCollectionLoader<T extends object, L extends Loaders>(
  request: SourceRequest<L>,
  { name, fetchAll }: { readonly name: string; readonly fetchAll: () => Promise<unknown> },
): RecordLoader<T, L> {
  return new DataLoader(
    async (ids) => {
      const records = readRecords<T, L>(request, await fetchAll());
      const rows = new Map(records.map((record) => [nativeIdOf(record), toRow(request, record)]));
      return ids.map((id) => rows.get(id) ?? null);
    },
    { name },
  );
}

export interface BatchRecordLoading extends SingleRecordLoading {
  readonly maxBatchSize: number;
  /** Fetches the records of several ids in one call, in any order, possibly not all. */
  readonly fetchMany: (ids: readonly string[]) => Promise<unknown>;
}

/**
 * A loader for a resource that can be read many at a time. Rows are given to the ids they carry, never by their
 * position: missing ones become null, unasked ones are dropped, of repeated ones the first counts.
 */
export function createBatchRecordLoader<T extends object, L extends Loaders>(
  request: SourceRequest<L>,
  { name, maxBatchSize, fetchOne, fetchMany }: BatchRecordLoading,
): RecordLoader<T, L> {
  async function loadMany(ids: readonly string[]): Promise<(Row<T, L> | null)[]> {
    const [first, ...others] = ids;
    if (first !== undefined && others.length === 0) {
      const record = await fetchOne(first);
      return [record === null ? null : toRow(request, checkRecord(request, record, first))];
    }
    const rows = new Map<string, Row<T, L>>();
    for (const record of readRecords<T, L>(request, await fetchMany(ids))) {
      const id = nativeIdOf(record);
      if (id !== undefined && !rows.has(id)) rows.set(id, toRow(request, record));
    }
    return ids.map((id) => rows.get(id) ?? null);
  }
  return new DataLoader(loadMany, { name, maxBatchSize });
}

export function toRow<T extends object, L extends Loaders>({ session }: SourceRequest<L>, data: T): Row<T, L> {
  return { session, data };
}

/**
 * A row that holds only a part of its record, to be completed by the loader of whole records when a field is read
 * that the part lacks. Undefined for what is no record, or has no id.
 */
export function toPartialRow<T extends object, L extends Loaders>(
  request: SourceRequest<L>,
  item: unknown,
  loader: RecordLoader<T, L>,
): Row<T, L> | undefined {
  const row = toListedRow<T, L>(request, item);
  const id = row === undefined ? undefined : nativeIdOf(row.data);
  return row === undefined || id === undefined ? undefined : { ...row, complete: () => loader.load(id) };
}

/** A whole record that came in a list; undefined for what is no record, or has no id. */
export function toListedRow<T extends object, L extends Loaders>(request: SourceRequest<L>, item: unknown): Row<T, L> | undefined {
  return isRecord<T>(item) && nativeIdOf(item) !== undefined ? toRow(request, item) : undefined;
}

/** The items of a list answer, whatever they are. @throws UpstreamError when the answer is not a list */
export function readItems<L extends Loaders>(request: SourceRequest<L>, answer: unknown): readonly unknown[] {
  if (answer === null) return [];
  if (Array.isArray(answer)) return answer;
  throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'the answer is not a list' });
}

/** The records of a list answer; what is none is left out. @throws UpstreamError when the answer is not a list */
export function readRecords<T extends object, L extends Loaders>(request: SourceRequest<L>, answer: unknown): T[] {
  return readItems(request, answer).filter((item): item is T => isRecord(item));
}

/** The native id of a record, digit for digit. */
export function nativeIdOf(record: object): string | undefined {
  if (!('id' in record)) return undefined;
  return typeof record.id === 'string' ? record.id : digitsOf(record.id);
}

/**
 * Wire data gets its type here and in `readRecords`, and nowhere else: that it is an object, and the one that
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

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('unknown failure', { cause: error });
}
