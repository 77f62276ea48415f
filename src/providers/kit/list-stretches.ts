import { UpstreamError } from '../../rest/errors.ts';
import type { Loaders, Row } from '../provider.ts';
import { readPart, type ListPart, type PagedList, type UnpagedList } from './list-pages.ts';
import { idOfFirst, nativeIdOf } from './native-ids.ts';

/** Some rows of a list as they stood beside each other at one time. */
export interface ListStretch<T extends object, L extends Loaders> {
  /** Rows before it. */
  readonly start: number;
  /** At their places; undefined for what is no record. */
  readonly rows: readonly (Row<T, L> | undefined)[];
  /** Whether rows follow, or may follow. That none do is certain. */
  readonly hasMore: boolean;
  /** Rows in the whole list; null where the source does not say. */
  readonly total: number | null;
  /** Why no more could be read. */
  readonly failure?: UpstreamError;
}

/** Pages that a stretch is put together from at most. */
const mostParts = 100;

/**
 * Reads `count` rows from `offset` on, possibly with others around them. Where pages come shorter than asked for, the
 * rows behind them are asked for, until there are enough or it is certain that none follow.
 *
 * @param count may be infinite
 * @throws UpstreamError when nothing could be read
 */
export async function readStretch<T extends object, L extends Loaders>(
  list: PagedList<T, L>,
  offset: number,
  count: number,
): Promise<ListStretch<T, L>> {
  const wanted = offset + count + (list.isCounted ? 0 : 1);
  let part = await readFrom(list, offset, wanted);
  const { start } = part;
  const rows = [...part.rows];
  for (let parts = 1; parts < mostParts; parts += 1) {
    const { total } = part;
    const end = start + rows.length;
    if (end > offset + count || (end >= wanted && part.state === 'GOES_ON')) break;
    const looked = await mustLookBehind(list, part);
    if (looked === undefined) return { start, rows, hasMore: false, total };
    const behind = await readOn(list, { start, rows }, wanted).catch(toFailure);
    if (behind !== undefined && !(behind instanceof UpstreamError)) learn(list, part, behind);
    looked();
    if (behind === undefined) break;
    if (behind instanceof UpstreamError) return { start, rows, hasMore: true, total, failure: behind };
    rows.push(...behind.added);
    ({ part } = behind);
  }
  return { start, rows, hasMore: true, total: part.total };
}

/** The first page of a stretch. */
async function readFrom<T extends object, L extends Loaders>(
  list: PagedList<T, L>,
  offset: number,
  wanted: number,
): Promise<ListPart<T, L>> {
  const ask = (maxSize: number | undefined) => {
    const asked = list.paging.pageFor(offset, wanted - offset, maxSize);
    return readPart(list, asked, wanted - asked.start);
  };
  const { memory, path, paging } = list;
  // Pages of a size that was seen are not cut short, so that they begin where their numbers say.
  const isLimited = offset > 0 && paging.isNumbered && memory.cutsPages(path);
  const part =
    (isLimited ? undefined : await ask(memory.limitOf(path))) ?? (await ask(memory.longestOf(path)));
  if (part !== undefined) return part;
  throw list.request.error('UPSTREAM_BAD_RESPONSE', {
    reason: 'the pages of a list become shorter and shorter',
  });
}

/**
 * Whether rows may follow a page.
 *
 * @returns what to call when that is known; undefined where it is certain that none do
 */
export async function mustLookBehind<T extends object, L extends Loaders>(
  { memory, path }: UnpagedList<T, L>,
  { state, shortLength }: ListPart<T, L>,
): Promise<(() => void) | undefined> {
  if (state === 'ENDED') return undefined;
  if (state === 'GOES_ON' || shortLength === undefined) return () => {};
  return memory.mustLookBehind(path, shortLength);
}

interface RowsSoFar<T extends object, L extends Loaders> {
  readonly start: number;
  readonly rows: readonly (Row<T, L> | undefined)[];
}

interface Continuation<T extends object, L extends Loaders> {
  readonly part: ListPart<T, L>;
  readonly added: readonly (Row<T, L> | undefined)[];
}

/**
 * Reads the page behind some rows. It begins with the last of these: if that is not where it was, the list has changed
 * meanwhile, and the rows are not put together with others.
 *
 * @returns undefined when the list has changed
 */
async function readOn<T extends object, L extends Loaders>(
  list: PagedList<T, L>,
  { start, rows }: RowsSoFar<T, L>,
  wanted: number,
): Promise<Continuation<T, L> | undefined> {
  const { memory, path, paging, request } = list;
  const longest = memory.longestOf(path);
  const end = start + rows.length;
  const limit = paging.isNumbered ? longest : memory.limitOf(path);
  const askFrom = (from: number) => paging.pageFor(from, Math.max(wanted, end + 1) - from, limit);
  const lastId = idOfFirst(rows.slice(-1));
  const overlapping = askFrom(end - 1);
  // Pages of a row or two at a time would not come past the last one.
  const overlaps = lastId !== undefined && longest > 1 && overlapping.start + overlapping.size > end;
  const asked = overlaps ? overlapping : askFrom(end);
  const part = await readPart(list, asked, wanted - asked.start);
  if (part === undefined) return undefined;
  const firstId = idOfFirst(part.rows);
  if (part.start > start && firstId !== undefined && firstId === idOfFirst(rows)) {
    // No server makes pages of one row: this one does not page such a small list.
    if (rows.length === 1 && part.rows.length === 1) return { part: { ...part, state: 'ENDED' }, added: [] };
    throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'a list has the same page twice' });
  }
  const added = part.rows.slice(end - part.start);
  if (!overlaps) return { part, added };
  if (idOfFirst(part.rows.slice(end - 1 - part.start)) !== lastId) return undefined;
  const isEnd = added.length === 0 && part.shortLength !== undefined && part.state === 'UNKNOWN';
  return { part: isEnd ? { ...part, state: 'ENDED' } : part, added };
}

/** What the page behind one that was shorter than asked for tells of the length of pages. */
function learn<T extends object, L extends Loaders>(
  { memory, path }: PagedList<T, L>,
  { shortLength, state }: ListPart<T, L>,
  { part, added }: Continuation<T, L>,
): void {
  if (shortLength === undefined || state !== 'UNKNOWN') return;
  if (added.length > 0) memory.learnCut(path, shortLength);
  else if (part.state === 'ENDED') memory.learnEnd(path, shortLength);
}

function toFailure(error: unknown): UpstreamError {
  if (error instanceof UpstreamError) return error;
  throw error;
}

/** What could be read of a list from its start. */
export interface WholeList<T extends object, L extends Loaders> {
  readonly rows: readonly Row<T, L>[];
  /** Why that may not be all. */
  readonly failure?: UpstreamError;
}

/**
 * Reads a list to its end.
 *
 * @throws UpstreamError when nothing could be read
 */
export async function readWhole<T extends object, L extends Loaders>(
  list: PagedList<T, L>,
): Promise<WholeList<T, L>> {
  const { rows, hasMore, failure } = await readStretch(list, 0, Number.POSITIVE_INFINITY);
  const records = rows.flatMap((row) => (row !== undefined && nativeIdOf(row.data) !== undefined ? row : []));
  if (failure !== undefined) return { rows: records, failure };
  const reason = hasMore
    ? 'a list does not end, or changes while it is read'
    : records.length < rows.length
      ? 'a row of a list is no record with an id'
      : undefined;
  return reason === undefined
    ? { rows: records }
    : { rows: records, failure: list.request.error('UPSTREAM_BAD_RESPONSE', { reason }) };
}

/**
 * The rows of a list that is of use only as a whole.
 *
 * @throws UpstreamError when it is not certain that these are all
 */
export async function readAll<T extends object, L extends Loaders>(
  list: PagedList<T, L>,
): Promise<Row<T, L>[]> {
  const { rows, failure } = await readWhole(list);
  if (failure !== undefined) throw failure;
  return [...rows];
}
