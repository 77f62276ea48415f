import type { Query } from '../../rest/client.ts';
import { digitsOf, isJsonObject } from '../../rest/json.ts';
import type { AnyRow, ListPlace, Row, SourceRequest } from '../provider.ts';
import { decodeList, readListedRows } from './list-answer.ts';
import { cutBehind, locate, maxTokenLength, type PlacedRows, type RowsBehind } from './list-places.ts';

/** A list whose pages tell by a token where the next one begins. */
export interface TokenList<R extends AnyRow> {
  /** @param token undefined for the list's start */
  readonly fetchPage: (token: string | undefined, count: number) => Promise<TokenPage<R>>;
  /** Rows that a page may hold. */
  readonly maxCount: number;
}

export interface TokenPage<R extends AnyRow> {
  readonly rows: PlacedRows<R>;
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
  /** Rows in the whole list; null where the source does not count. */
  readonly total: number | null;
}

/**
 * Fetches the rows that follow a place. It is on the page that its token leads to, behind rows of it that were passed.
 *
 * @returns undefined when the place cannot be found any more
 * @throws UpstreamError also when the source gives a token that leads nowhere
 */
export async function fetchByToken<R extends AnyRow>(
  request: Pick<SourceRequest, 'error'>,
  { fetchPage, maxCount }: TokenList<R>,
  place: ListPlace,
  limit: number,
): Promise<RowsBehind<R> | undefined> {
  // A cursor may be forged.
  const start = Math.min(place.page?.offset ?? 0, place.offset);
  const count = Math.min(place.offset - start + limit, maxCount);
  const { rows, next, total } = await fetchPage(place.page?.token, count);
  if (next !== undefined && (next.length > maxTokenLength || next === place.page?.token))
    throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'a list goes on where no page can be asked for' });
  const stretch = { start, rows, hasMore: next !== undefined, total };
  const location = locate({ ...place, offset: place.offset - start }, { start: 0, rows }, false);
  if (location === 'UNKNOWN') return undefined;
  const found = cutBehind(place, stretch, typeof location === 'number' ? location : rows.length, limit);
  return next !== undefined && found.end.offset === start + rows.length ? turnPage(found, next) : found;
}

/** Behind the last row of a page the next one begins: nothing of that was passed. */
function turnPage<R extends AnyRow>({ rows, end, ...found }: RowsBehind<R>, next: string): RowsBehind<R> {
  const page = { token: next, offset: end.offset };
  const after: ListPlace = { ...end, page, ids: [], idsAhead: [], unusable: 0 };
  return { ...found, rows: rows.map((row) => (row.after === end ? { ...row, after } : row)), end: after };
}

/** What a list that is read by tokens is called by, and what its answers have. */
export interface TokenPaging {
  readonly path: string;
  /** Query parameters: the token of a page, and the rows that it is to have. */
  readonly token: string;
  readonly size: string;
  /** The key of the envelope that has the token of the next page. */
  readonly next: string;
  readonly maxPageSize: number;
}

/** A list whose envelopes have the token of the next page. Rows without an id are of no use. */
export function toTokenList<T extends object>(
  request: SourceRequest,
  paging: TokenPaging,
  query: Query = {},
): TokenList<Row<T>> {
  return {
    maxCount: paging.maxPageSize,
    async fetchPage(token, count) {
      const page = { ...query, [paging.size]: count, [paging.token]: token };
      const answer = await request.get(paging.path, page, {
        decode: (body, header) => ({
          ...decodeList<T>(request, body, header),
          next: readToken(request, body, paging.next),
        }),
        resource: 'customers',
      });
      const { next, total = null } = answer.body ?? {};
      return { rows: readListedRows(request, answer), next, total };
    },
  };
}

/** Undefined on the last page. @throws UpstreamError for what cannot be a token */
function readToken(request: Pick<SourceRequest, 'error'>, body: unknown, key: string): string | undefined {
  const value = isJsonObject(body) ? body[key] : undefined;
  if (value === undefined || value === null || value === '' || value === false) return undefined;
  const token = typeof value === 'string' ? value : digitsOf(value);
  if (token !== undefined) return token;
  throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'a list goes on where nothing can be asked for' });
}
