import type { Answer, Decoding, Query } from '../../rest/client.ts';
import { UpstreamError } from '../../rest/errors.ts';
import type { Row, SourceRequest } from '../provider.ts';
import type { ListAnswer } from './list-answer.ts';
import { nativeIdOf } from './native-ids.ts';
import type { PageMemory } from './page-memory.ts';
import type { PageToAsk, Paging } from './paging.ts';
import { toRow } from './rows.ts';

/** A list of a source, and how it is read. */
export interface PagedList<T extends object> extends UnpagedList<T> {
  readonly paging: Paging;
  /** Whether its answers say how many rows it has: no row more than wanted is asked for then. */
  readonly isCounted: boolean;
}

/** A list that is asked for as a whole. */
export interface UnpagedList<T extends object> {
  readonly request: SourceRequest;
  readonly memory: PageMemory;
  /** `/customers`; what has been seen of its pages is remembered by it. */
  readonly path: string;
  readonly decoding: Decoding<ListAnswer<T>>;
  /** Makes the call for a page. */
  readonly getPage: (page: Query, decoding: Decoding<ListAnswer<T>>) => Promise<Answer<ListAnswer<T>>>;
}

/** A page as it came, with those that its links led to. */
export interface ListPart<T extends object> {
  /** Rows before it. */
  readonly start: number;
  /** At their places; undefined for what is no record. */
  readonly rows: readonly (Row<T> | undefined)[];
  /** Rows in the whole list; null where the source does not say. */
  readonly total: number | null;
  /** Whether rows follow, as far as the source says. */
  readonly state: 'ENDED' | 'GOES_ON' | 'UNKNOWN';
  /** Rows of its last answer, if that has fewer than were asked for: that may be all, or all that the source sends. */
  readonly shortLength: number | undefined;
  /** Why its links could not be followed. */
  readonly failure: UpstreamError | undefined;
}

/** Links followed for a page at most. */
const mostLinks = 100;

/**
 * Reads a page, and follows links until there are enough rows.
 *
 * @param enough rows that are wanted of it
 * @returns undefined for a page that may have been cut: then it begins elsewhere than its number says
 * @throws UpstreamError also for an answer that contradicts itself or what was asked for
 */
export async function readPart<T extends object>(
  list: UnpagedList<T>,
  asked: PageToAsk,
  enough: number,
): Promise<ListPart<T> | undefined> {
  const { path, memory } = list;
  const longest = memory.longestOf(path);
  const first = await receive(list, list.getPage(asked.query, list.decoding));
  const { start, size } = placeOf(list, asked, first.body);
  const { rows, last, failure } = await followLinks(list, first, enough);
  const isShort = last.goesOn !== true && rows.length < size;
  const isSure = start === asked.start ? !isShort || (asked.number ?? 1) === 1 || size <= longest : true;
  const end = start + rows.length;
  // A total may agree by chance with where a page that was cut seems to end.
  const isEnd = last.total === end && (rows.length < longest || first.body.pageSize !== undefined);
  if (!isSure && rows.length > 0 && !isEnd) return undefined;
  return {
    start,
    rows,
    total: last.total ?? null,
    state: failure === undefined ? judge(list, { start, rows: rows.length, isShort }, last) : 'UNKNOWN',
    shortLength: isShort ? last.items.length : undefined,
    failure,
  };
}

interface Received<T> extends Answer<ListAnswer<T>> {
  readonly body: ListAnswer<T>;
}

async function receive<T extends object>(
  { request, memory, path }: UnpagedList<T>,
  call: Promise<Answer<ListAnswer<T>>>,
): Promise<Received<T>> {
  const { body, ...answer } = await memory.track(path, call);
  if (body === null) throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'there is no such list' });
  memory.sawPage(path, body.items.length);
  return { ...answer, body };
}

/** Where a page begins and how large it can be, as it says itself. */
function placeOf<T extends object>(
  { request, memory, path }: UnpagedList<T>,
  { start, size, number }: PageToAsk,
  { page, pageSize }: ListAnswer<T>,
): { readonly start: number; readonly size: number } {
  if (number !== undefined && page !== undefined && page !== number)
    throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'a page of a list is not the one asked for' });
  if (pageSize === undefined || !Number.isInteger(pageSize) || pageSize < 1 || pageSize >= size)
    return { start, size };
  memory.learnLimit(path, pageSize);
  return { start: number === undefined ? start : (number - 1) * pageSize, size: pageSize };
}

interface Followed<T extends object> {
  readonly rows: (Row<T> | undefined)[];
  /** The last answer. */
  readonly last: ListAnswer<T>;
  readonly failure?: UpstreamError;
}

async function followLinks<T extends object>(
  list: UnpagedList<T>,
  first: Received<T>,
  enough: number,
): Promise<Followed<T>> {
  const { request, path, decoding } = list;
  const rows = toRows(request, first);
  let last = first.body;
  try {
    for (let links = 0; last.next !== undefined && rows.length < enough; links += 1) {
      const answer = await receive(list, request.follow(last.next, path, decoding));
      const added = takeUnknown(rows, toRows(request, answer));
      if (links === mostLinks || (added.length === 0 && answer.body.items.length > 0))
        throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'the links of a list lead round and round' });
      rows.push(...added);
      last = answer.body;
    }
    return { rows, last };
  } catch (failure) {
    // What came before is of use.
    if (failure instanceof UpstreamError && rows.length > 0) return { rows, last, failure };
    throw failure;
  }
}

/** Rows come twice where a link counts rows, and others have come before them. */
function takeUnknown<T extends object>(
  rows: Followed<T>['rows'],
  more: Followed<T>['rows'],
): Followed<T>['rows'] {
  const known = new Set(rows.map((row) => row && nativeIdOf(row)));
  return more.filter((row) => row === undefined || !known.has(nativeIdOf(row) ?? ''));
}

function toRows<T extends object>(
  request: SourceRequest,
  { body, ...answer }: Received<T>,
): (Row<T> | undefined)[] {
  return body.items.map((item) => item && toRow(request, item, answer));
}

/** What an answer says of the rows behind it, if it does not contradict itself. */
function judge<T extends object>(
  { request }: UnpagedList<T>,
  { start, rows, isShort }: { readonly start: number; readonly rows: number; readonly isShort: boolean },
  { goesOn, total, next, items }: ListAnswer<T>,
): ListPart<T>['state'] {
  const end = start + rows;
  const contradicts = (reason: string) => request.error('UPSTREAM_BAD_RESPONSE', { reason });
  if (typeof total === 'number' && rows > 0 && total < end)
    throw contradicts('a list has more rows than it says');
  const saysMore = goesOn === true || (typeof total === 'number' && total > end);
  if (saysMore && items.length === 0 && next === undefined)
    throw contradicts('a list ends before it says that it does');
  if (saysMore) return 'GOES_ON';
  if (rows === 0 || typeof total === 'number' || (goesOn === false && isShort)) return 'ENDED';
  return 'UNKNOWN';
}

/**
 * How many rows a list has, as its answers say; null where they do not.
 *
 * @throws UpstreamError also for what is no number of rows
 */
export async function readTotal<T extends object>(list: PagedList<T>): Promise<number | null> {
  const { body } = await receive(list, list.getPage(list.paging.pageFor(0, 1).query, list.decoding));
  if (body.total === null)
    throw list.request.error('UPSTREAM_BAD_RESPONSE', { reason: 'a total is no number of rows' });
  return body.total ?? null;
}
