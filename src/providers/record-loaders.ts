import DataLoader from 'dataloader';
import { digitsOf, isJsonObject } from '../rest/json.ts';
import type { Loaders, Row, SourceRequest } from './provider.ts';

/** Loads records of one shape by native id; null for an id that the source does not have. */
export type RecordLoader<T extends object, L extends Loaders> = DataLoader<string, Row<T, L> | null>;

export interface SingleRecordLoading {
  /** DataLoader's name, for traces. */
  readonly name: string;
  /** Fetches one record; null when there is none. */
  fetchOne(id: string): Promise<unknown>;
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
  return new DataLoader((ids) => Promise.all(ids.map((id) => loadOne(id).catch(toError))), { name });
}

export interface BatchRecordLoading extends SingleRecordLoading {
  readonly maxBatchSize: number;
  /** Fetches the records of several ids in one call, in any order, possibly not all. */
  fetchMany(ids: readonly string[]): Promise<unknown>;
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

/** The objects of a list answer. @throws UpstreamError when the answer is not a list */
export function readRecords<T extends object, L extends Loaders>(request: SourceRequest<L>, answer: unknown): T[] {
  if (answer === null) return [];
  if (!Array.isArray(answer)) {
    throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'the answer is not a list' });
  }
  return answer.filter((item): item is T => isRecord(item));
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
