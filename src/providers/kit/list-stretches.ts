import { UpstreamError } from '../../rest/errors.ts';
import type { AnyRow, Row } from '../provider.ts';
import { readPart, type ListPart, type PagedList, type UnpagedList } from './list-pages.ts';
import { isAscending } from './list-places.ts';
import { idOfFirst, nativeIdOf } from './native-ids.ts';
import type { PageToAsk } from './paging.ts';

/** Some rows of a list in its order. */
export interface ListStretch<T extends object> {
  /** Rows before it. */
  readonly start: number;
  /** At their places; undefined for what is no record. */
  readonly rows: readonly (Row<T> | undefined)[];
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
export async function readStretch<T extends object>(
  list: PagedList<T>,
  offset: number,
  count: number,
): Promise<ListStretch<T>> {
  const reading = await startReading(list, offset, offset + count + (list.isCounted ? 0 : 1));
  const { start, rows } = reading;
  for (let parts = 1; parts < mostParts; parts += 1) {
    const { part, wanted } = reading;
    if (part.failure !== undefined)
      return { start, rows, hasMore: true, total: part.total, failure: part.failure };
    const read = start + rows.length;
    if (read > offset + count || (read >= wanted && part.state === 'GOES_ON')) break;
    const looked = await mustLookBehind(list, part);
    if (looked === undefined) return { start, rows, hasMore: false, total: part.total };
    try {
      if (!(await readOn(list, reading))) break;
    } catch (failure) {
      if (!(failure instanceof UpstreamError)) throw failure;
      return { start, rows, hasMore: true, total: part.total, failure };
    } finally {
      looked();
    }
  }
  return { start, rows, hasMore: true, total: reading.part.total };
}

/** A stretch while it is read. */
interface Reading<T extends object> {
  readonly start: number;
  readonly rows: (Row<T> | undefined)[];
  /** Rows up to the end of what is wanted. */
  readonly wanted: number;
  /** The page read last. */
  part: ListPart<T>;
  /** Rows of the list up to the end of that page. */
  end: number;
  /** Whether it had nothing new, and is not the last. */
  isStalled: boolean;
}

async function startReading<T extends object>(
  list: PagedList<T>,
  offset: number,
  wanted: number,
): Promise<Reading<T>> {
  const { memory, path, paging, request } = list;
  const ask = (maxSize: number | undefined) => {
    const asked = paging.pageFor(offset, wanted - offset, maxSize);
    return readPart(list, asked, wanted - asked.start);
  };
  // Pages of a size that was seen are not cut short, so that they begin where their numbers say.
  const isCut = offset > 0 && paging.isNumbered && memory.cutsPages(path);
  const part = (isCut ? undefined : await ask(memory.limitOf(path))) ?? (await ask(memory.longestOf(path)));
  if (part === undefined)
    throw request.error('UPSTREAM_BAD_RESPONSE', {
      reason: 'the pages of a list become shorter and shorter',
    });
  const end = part.start + part.rows.length;
  return { start: part.start, rows: [...part.rows], wanted, part, end, isStalled: false };
}

/**
 * Whether rows may follow a page.
 *
 * @returns what to call when that is known; undefined where it is certain that none do
 */
export async function mustLookBehind<T extends object>(
  { memory, path }: UnpagedList<T>,
  { state, shortLength }: ListPart<T>,
): Promise<(() => void) | undefined> {
  if (state === 'ENDED') return undefined;
  if (state === 'GOES_ON' || shortLength === undefined) return () => {};
  return memory.mustLookBehind(path, shortLength);
}

/**
 * Reads the page behind what was read. It begins with rows that are known: they tell what follows, whatever came or went
 * meanwhile.
 *
 * @returns false when the list has changed so that it cannot be told what follows
 */
async function readOn<T extends object>(list: PagedList<T>, reading: Reading<T>): Promise<boolean> {
  const known = new Set(reading.rows.map((row) => row && nativeIdOf(row)));
  for (const asked of planPages(list, reading)) {
    const part = await readPart(list, asked, reading.wanted - asked.start);
    if (part === undefined) return false;
    const added = findAdded(reading, part, known);
    if (added === undefined) continue;
    takePart(list, reading, part, added);
    return true;
  }
  return false;
}

/**
 * Rows before the end of what was read that a page may begin with. If the last one is not where it was, the list has
 * changed, and earlier ones are looked for.
 */
const overlaps = [1, 8, 64] as const;

/** Pages that may tell what follows, the likeliest first. */
function planPages<T extends object>(
  { memory, path, paging }: PagedList<T>,
  { rows, end, wanted }: Reading<T>,
): PageToAsk[] {
  const longest = memory.longestOf(path);
  const limit = paging.isNumbered ? longest : memory.limitOf(path);
  const askFrom = (from: number) => paging.pageFor(from, Math.max(wanted, end + 1) - from, limit);
  const hasMark = idOfFirst(rows.slice(-1)) !== undefined;
  const overlapping = overlaps
    .map((overlap) => askFrom(Math.max(0, end - overlap)))
    .filter(({ start, size }) => start + size > end);
  // Pages of one row would not come past the last one.
  return hasMark && longest > 1 && overlapping.length > 0 ? overlapping : [askFrom(end)];
}

/** The rows of a page behind those that are known; undefined when it cannot be told which these are. */
function findAdded<T extends object>(
  { end, rows: before }: Reading<T>,
  { start, rows }: ListPart<T>,
  known: ReadonlySet<string | undefined>,
): ListPart<T>['rows'] | undefined {
  const latest = rows.findLastIndex((row) => row !== undefined && known.has(nativeIdOf(row) ?? ''));
  if (latest >= 0) return rows.slice(latest + 1);
  // Without a known row it has to begin where the others end, or where the list begins.
  return start >= end || (start === 0 && continues(before, rows)) ? rows : undefined;
}

/** Whether some rows may follow others, by the order of their ids if the others have that. */
function continues(before: readonly (AnyRow | undefined)[], rows: readonly (AnyRow | undefined)[]): boolean {
  const ids = before.flatMap((row) => (row && nativeIdOf(row)) ?? []);
  const [last, first] = [ids.at(-1), idOfFirst(rows)];
  return last === undefined || first === undefined || !isAscending(ids) || isAscending([last, first]);
}

/** @throws UpstreamError when the source goes on without anything new */
function takePart<T extends object>(
  { request, memory, path }: PagedList<T>,
  reading: Reading<T>,
  part: ListPart<T>,
  added: ListPart<T>['rows'],
): void {
  const { rows, part: before } = reading;
  const seemsLast =
    added.length === 0 && part.state === 'UNKNOWN' && isTail(part, reading, memory.longestOf(path));
  // A page whose rows are elsewhere than they were may be one that came before: it is looked behind once more.
  const isLast = seemsLast && (reading.rows.length === 1 || isInPlace(part, reading));
  const isStalled = added.length === 0 && part.state !== 'ENDED' && !isLast;
  if (isStalled && (reading.isStalled || (!seemsLast && part.start >= reading.start + manyRows))) {
    const reason =
      part.state === 'GOES_ON' ? 'a list ends before it says that it does' : 'a list has the same page twice';
    throw request.error('UPSTREAM_BAD_RESPONSE', { reason });
  }
  rows.push(...added);
  Object.assign(reading, {
    part: isLast ? { ...part, state: 'ENDED' } : part,
    end: part.start + part.rows.length,
    isStalled,
  });
  if (before.shortLength === undefined || before.state !== 'UNKNOWN') return;
  if (added.length > 0) memory.learnCut(path, before.shortLength);
  else if (reading.part.state === 'ENDED') memory.learnEnd(path, before.shortLength);
}

/** A page with nothing new is a page again if it is so far from where it was: so many rows do not come between two calls. */
const manyRows = 8;

/** Whether a page with nothing new is what is left of a list, rather than a page that came before. */
function isTail<T extends object>(
  { rows, shortLength }: ListPart<T>,
  reading: Reading<T>,
  longest: number,
): boolean {
  // No server makes pages of one row: one that sends it again does not page such a small list.
  if (reading.rows.length === 1 && rows.length === 1) return true;
  return shortLength !== undefined && rows.length < longest;
}

/** Whether the last row of a page that has an id is where it was when it was read before. */
function isInPlace<T extends object>(
  { start, rows: again }: ListPart<T>,
  { rows, end }: Reading<T>,
): boolean {
  const index = again.findLastIndex((row) => row && nativeIdOf(row) !== undefined);
  const id = idOfFirst(again.slice(index));
  const before = rows.findLastIndex((row) => row && nativeIdOf(row) === id);
  return index < 0 || start + index === end - rows.length + before;
}

/** What could be read of a list from its start. */
export interface WholeList<T extends object> {
  readonly rows: readonly Row<T>[];
  /** Why that may not be all. */
  readonly failure?: UpstreamError;
}

/**
 * Reads a list to its end.
 *
 * @throws UpstreamError when nothing could be read
 */
export async function readWhole<T extends object>(list: PagedList<T>): Promise<WholeList<T>> {
  const { rows, hasMore, failure } = await readStretch(list, 0, Number.POSITIVE_INFINITY);
  const records = rows.flatMap((row) => (row !== undefined && nativeIdOf(row) !== undefined ? row : []));
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
export async function readAll<T extends object>(list: PagedList<T>): Promise<Row<T>[]> {
  const { rows, failure } = await readWhole(list);
  if (failure !== undefined) throw failure;
  return [...rows];
}
