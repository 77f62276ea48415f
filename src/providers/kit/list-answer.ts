import { findLink } from '../../rest/link-header.ts';
import { digitsOf, isJsonObject, type JsonObject } from '../../rest/json.ts';
import type { Answer, ReadHeader } from '../../rest/client.ts';
import type { Row, SourceRequest } from '../provider.ts';
import { decodeItems, toRow, type Items } from './rows.ts';

/** The items of a list answer, and what it says of itself and of the rest of its list. */
export interface ListAnswer<T> {
  readonly items: Items<T>;
  /** Where the list goes on, as the source says. */
  readonly next: string | undefined;
  /** Whether the list goes on behind this page, as the source says; undefined where it does not say. */
  readonly goesOn: boolean | undefined;
  /** Rows in the whole list, as the source says; null for what is no count. */
  readonly total: number | null | undefined;
  /** The number of the page that this is, and the rows that a page may hold, as the source says. */
  readonly page: number | undefined;
  readonly pageSize: number | undefined;
}

/** What envelopes call the same things. Plain arrays say nothing. */
const words = {
  items: ['value', 'results', 'items', 'data'],
  next: ['@odata.nextLink', 'odata.nextLink', '@nextLink', 'nextLink', 'next_link', 'next'],
  total: ['@odata.count', 'odata.count', '@count', 'total_count', 'totalCount', 'total'],
  goesOn: ['has_more', 'hasMore', 'has_next', 'hasNext', 'hasNextPage'],
  page: ['current_page', 'page_index', 'page'],
  pageSize: ['current_limit', 'page_limit', 'pageSize', 'page_size', 'per_page', 'limit'],
} as const;

/** Parts of an envelope that may hold them. */
const parts = ['_links', 'links', 'pagination', 'paging', 'meta'] as const;

/** The envelope of OData: its rows, and a link where others follow. */
const odataItems = 'value';

const silent = {
  next: undefined,
  goesOn: undefined,
  total: undefined,
  page: undefined,
  pageSize: undefined,
} as const;

/**
 * Reads a list answer: a plain array, an envelope, or nothing for an empty list.
 *
 * @throws UpstreamError for what is not a list, or says in an unknown way where it goes on
 */
export function decodeList<T extends object>(
  request: SourceRequest,
  body: unknown,
  header: ReadHeader,
): ListAnswer<T> {
  const said = isJsonObject(body) ? readEnvelope(body) : undefined;
  const answer = {
    ...silent,
    ...said,
    items: decodeItems<T>(request, said === undefined ? body : said.items),
  };
  const next = answer.next ?? findLink(header('link') ?? '', 'next');
  const total = answer.total ?? readNumber(header('x-total-count'));
  if (next !== undefined && typeof next !== 'string')
    throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'a list goes on where nothing can be asked for' });
  return {
    ...answer,
    next,
    goesOn: next !== undefined || answer.goesOn,
    total: total === undefined ? undefined : readCount(total),
  };
}

function readEnvelope(body: JsonObject) {
  const places = [body, ...parts.flatMap((part) => (isJsonObject(body[part]) ? [body[part]] : []))];
  const read = (names: readonly string[]): unknown =>
    places
      .flatMap((place) => names.map((name) => place[name]))
      .find((value) => value !== undefined && value !== null);
  const itemsKey = words.items.find((name) => body[name] === null || Array.isArray(body[name]));
  const next = readLink(read(words.next));
  const goesOn = read(words.goesOn);
  return {
    // Undefined is no list.
    items: itemsKey && body[itemsKey],
    next,
    goesOn: typeof goesOn === 'boolean' ? goesOn : saysWithoutNext(body, itemsKey, next),
    total: read(words.total),
    page: numberOf(read(words.page)),
    pageSize: numberOf(read(words.pageSize)),
  };
}

/** The envelope of OData, and one that has a place for a link, say by its absence that nothing follows. */
function saysWithoutNext(body: JsonObject, itemsKey: string | undefined, next: unknown): false | undefined {
  const hasPlace = itemsKey === odataItems || words.next.some((name) => name in body);
  return next === undefined && hasPlace ? false : undefined;
}

function readLink(value: unknown): unknown {
  if (value === '' || value === false) return undefined;
  return isJsonObject(value) ? (value['href'] ?? value) : value;
}

function readNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The most that GraphQL's `Int` holds. */
const largestCount = 2_147_483_647;

/** A number of rows; null for anything that cannot be one. */
export function readCount(value: unknown): number | null {
  const count = Number(digitsOf(value) ?? Number.NaN);
  return Number.isInteger(count) && count >= 0 && count <= largestCount ? count + 0 : null;
}

/**
 * Rows of a list answer at their places; undefined for what is no record, or has no id.
 *
 * @throws UpstreamError when there is no such list
 */
export function readListedRows<T extends object>(
  request: SourceRequest,
  answer: Answer<ListAnswer<T>>,
): (Row<T> | undefined)[] {
  if (answer.body === null) throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'there is no such list' });
  return answer.body.items.map((item) =>
    item === undefined || request.ids.of(item) === undefined ? undefined : toRow(request, item, answer),
  );
}
