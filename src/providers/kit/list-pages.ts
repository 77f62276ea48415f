import type { Answer, Decoding, Query } from '../../rest/client.ts';
import { UpstreamError } from '../../rest/errors.ts';
import type { Row, SourceRequest } from '../provider.ts';
import { readListedRows, type ListAnswer } from './list-answer.ts';
import { nativeIdOf } from './native-ids.ts';
import type { PageMemory } from './page-memory.ts';
import type { PageToAsk, Paging } from './paging.ts';

/** A list of a source, and how it is read. */
export interface PagedList<T extends object> extends UnpagedList<T> {
  readonly paging: Paging;
  /** Whether its answers say how many rows it has: no row more than wanted is asked for then. */
  readonly isCounted: boolean;
  /** Whether it is asked for by ascending id. */
  readonly isSorted: boolean;
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

/** A page as it came, with those that its links led to, and what they say of the rows behind them. */
export interface ListPart<T extends object> {
  /** Rows before it, by what was asked for and what it says of itself. */
  readonly start: number;
  /** Where it begins if the source makes its pages as small as this one; undefined where that is no question. */
  readonly startIfCut: number | undefined;
  /** At their places; undefined for what is no record with an id. */
  readonly rows: readonly (Row<T> | undefined)[];
  /** Rows of the first answer, and whether they are fewer than were asked for. */
  readonly firstLength: number;
  readonly isShort: boolean;
  /** Whether links led to some of the rows. */
  readonly isLinked: boolean;
  /** Rows in the whole list; null where the source does not say. */
  readonly total: number | null;
  /** Whether rows follow, as the source says; undefined where it does not. */
  readonly goesOn: boolean | undefined;
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
 * @throws UpstreamError also for an answer that contradicts itself or what was asked for
 */
export async function readPart<T extends object>(
  list: PagedList<T>,
  asked: PageToAsk,
  enough: number,
): Promise<ListPart<T>> {
  return present(list, await findPart(list, asked, enough, list.paging));
}

/**
 * The same of a list that may not be there: undefined then.
 *
 * @param paging of a list that is asked for by pages: links that count rows are not followed then, since rows that come
 * or go make them lead elsewhere
 */
export async function findPart<T extends object>(
  list: UnpagedList<T>,
  asked: PageToAsk,
  enough: number,
  paging?: Paging,
): Promise<ListPart<T> | undefined> {
  const first = await receive(list, list.getPage(asked.query, list.decoding));
  if (first === undefined) return undefined;
  const { start, size, isSaid } = placeOf(list, asked, first.body);
  const countsRows = (link: string, rows: number) => {
    list.request.checkLink(link, list.path);
    return linkedStart(link, paging) === start + rows;
  };
  const { rows, last, hasFollowed, failure } = await followLinks(list, first, enough, countsRows);
  const firstLength = first.body.items.length;
  const isCut = asked.number !== undefined && asked.number > 1 && !isSaid && firstLength < size;
  return {
    start,
    startIfCut: isCut ? ((asked.number ?? 1) - 1) * firstLength : undefined,
    rows,
    firstLength,
    isShort: firstLength < size,
    isLinked: hasFollowed,
    total: last.total ?? null,
    // A link to nothing is no end: the page behind it may have been lost on the way.
    goesOn: hasFollowed && last.items.length === 0 && last.goesOn === false ? undefined : last.goesOn,
    shortLength: last.goesOn !== true && rows.length < size ? last.items.length || firstLength : undefined,
    failure,
  };
}

interface Received<T> extends Answer<ListAnswer<T>> {
  readonly body: ListAnswer<T>;
}

/** Undefined where there is no such list. */
async function receive<T extends object>(
  { memory, path }: UnpagedList<T>,
  call: Promise<Answer<ListAnswer<T>>>,
): Promise<Received<T> | undefined> {
  const { body, ...answer } = await memory.track(path, call);
  if (body === null) return undefined;
  memory.sawPage(path, body.items.length);
  return { ...answer, body };
}

function present<T extends object, P>({ request }: UnpagedList<T>, part: P | undefined): P {
  if (part !== undefined) return part;
  throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'there is no such list' });
}

/** Where a page begins and how large it can be, as it says itself. */
function placeOf<T extends object>(
  { request, memory, path }: UnpagedList<T>,
  { start, size, number }: PageToAsk,
  { page, pageSize }: ListAnswer<T>,
): { readonly start: number; readonly size: number; readonly isSaid: boolean } {
  if (number !== undefined && page !== undefined && page !== number)
    throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'a page of a list is not the one asked for' });
  if (pageSize === undefined || !Number.isInteger(pageSize) || pageSize < 1 || pageSize >= size)
    return { start, size, isSaid: false };
  memory.learnLimit(path, pageSize);
  return { start: number === undefined ? start : (number - 1) * pageSize, size: pageSize, isSaid: true };
}

interface Followed<T extends object> {
  readonly rows: (Row<T> | undefined)[];
  /** The last answer. */
  readonly last: ListAnswer<T>;
  readonly hasFollowed: boolean;
  readonly failure?: UpstreamError;
}

async function followLinks<T extends object>(
  list: UnpagedList<T>,
  first: Received<T>,
  enough: number,
  countsRows: (link: string, rows: number) => boolean,
): Promise<Followed<T>> {
  const { request, path, decoding } = list;
  const rows = readListedRows(request, first);
  let last = first.body;
  let links = 0;
  try {
    while (last.next !== undefined && rows.length < enough && !countsRows(last.next, rows.length)) {
      const answer = present(list, await receive(list, request.follow(last.next, path, decoding)));
      const added = takeUnknown(rows, readListedRows(request, answer));
      if (links === mostLinks || (added.length === 0 && answer.body.items.length > 0))
        throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'the links of a list lead round and round' });
      rows.push(...added);
      links += 1;
      last = answer.body;
    }
    return { rows, last, hasFollowed: links > 0 };
  } catch (failure) {
    // What came before is of use.
    if (failure instanceof UpstreamError && rows.length > 0)
      return { rows, last, hasFollowed: links > 0, failure };
    throw failure;
  }
}

/** Rows before the page that a link leads to; undefined where the link does not count rows. */
function linkedStart(link: string, paging: Paging | undefined): number | undefined {
  const query = link.includes('?') ? link.slice(link.indexOf('?') + 1).replace(/#.*$/, '') : '';
  return paging?.startOf(new URLSearchParams(query));
}

/** Rows come twice where a link counts rows, and others have come before them. */
function takeUnknown<T extends object>(
  rows: Followed<T>['rows'],
  more: Followed<T>['rows'],
): Followed<T>['rows'] {
  const known = new Set(rows.map((row) => row && nativeIdOf(row)));
  return more.filter((row) => row === undefined || !known.has(nativeIdOf(row) ?? ''));
}

/**
 * How many rows a list has, as its answers say; null where they do not.
 *
 * @throws UpstreamError also for what is no number of rows
 */
export async function readTotal<T extends object>(list: PagedList<T>): Promise<number | null> {
  const page = list.getPage(list.paging.pageFor(0, 1).query, list.decoding);
  const { body } = present(list, await receive(list, page));
  if (body.total === null)
    throw list.request.error('UPSTREAM_BAD_RESPONSE', { reason: 'a total is no number of rows' });
  return body.total ?? null;
}
