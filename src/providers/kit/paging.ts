import type { Query } from '../../rest/client.ts';

/** A page of a list that is read by page number. */
export interface NumberedPage {
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
  /** Rows of the page before the first one wanted. */
  readonly skip: number;
}

/** What a list takes. */
export interface PageLimits {
  readonly maxPageSize: number;
  /** 1 by default. */
  readonly minPageSize?: number;
  /** The highest page number; none by default. */
  readonly maxPage?: number;
}

/** A page that a list is asked for. */
export interface PageToAsk {
  readonly query: Query;
  /** Rows before it, if it is of the size that is asked for. */
  readonly start: number;
  readonly size: number;
  /** From 1, where pages have numbers. */
  readonly number?: number;
}

/** How lists are asked for their pages. */
export interface Paging {
  readonly maxPageSize: number;
  /** Whether a page is asked for by its number, and begins elsewhere when the source makes pages smaller. */
  readonly isNumbered: boolean;
  /**
   * The page that holds `count` rows from `offset` on, or as many of them as one page can.
   *
   * @param maxSize rows that it may have at most, if fewer than the list takes
   */
  pageFor(offset: number, count: number, maxSize?: number): PageToAsk;
  /** Rows before the page that a link leads to; undefined where it does not count them. */
  startOf(link: URLSearchParams): number | undefined;
  /** The same page by another URL, for sources that put no more into it than its size. */
  askAgain(page: PageToAsk): PageToAsk;
}

/** Lists that take the number and the size of a page. */
export function pageByNumber(
  names: { readonly page: string; readonly size: string },
  limits: PageLimits,
): Paging {
  return {
    maxPageSize: limits.maxPageSize,
    isNumbered: true,
    pageFor(offset, count, maxSize = limits.maxPageSize) {
      const maxPageSize = Math.min(maxSize, limits.maxPageSize);
      const minPageSize = Math.min(limits.minPageSize ?? 1, maxPageSize);
      const within = { ...limits, maxPageSize, minPageSize };
      const covering = coverRange(offset, count, within);
      const { page, pageSize } =
        covering.skip + count <= covering.pageSize ? covering : reachFar(offset, within);
      return numberedPage(page, pageSize);
    },
    startOf(link) {
      const [page, size] = [countIn(link, names.page), countIn(link, names.size)];
      return page === undefined || size === undefined || page === 0 ? undefined : (page - 1) * size;
    },
    askAgain: ({ start, size }) => ({ ...numberedPage(start / size + 1, size + 1), start, size }),
  };

  function numberedPage(page: number, pageSize: number): PageToAsk {
    const query = { [names.page]: page, [names.size]: pageSize };
    return { query, start: (page - 1) * pageSize, size: pageSize, number: page };
  }
}

/** Lists that take a number of rows to leave out and a number of rows to send. */
export function pageByOffset(
  names: { readonly skip: string; readonly top: string },
  { maxPageSize }: Pick<PageLimits, 'maxPageSize'>,
): Paging {
  return {
    maxPageSize,
    isNumbered: false,
    pageFor(offset, count, maxSize = maxPageSize) {
      const size = Math.min(count, maxSize, maxPageSize);
      return pageBehind(offset, size);
    },
    startOf: (link) => countIn(link, names.skip),
    askAgain: ({ start, size }) => ({ ...pageBehind(start, size + 1), size }),
  };

  function pageBehind(offset: number, size: number): PageToAsk {
    const query = { [names.skip]: offset === 0 ? undefined : offset, [names.top]: size };
    return { query, start: offset, size };
  }
}

/** A number of rows or pages in the query of a link. */
function countIn(link: URLSearchParams, name: string): number | undefined {
  const text = link.get(name) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/**
 * The smallest page that holds rows `offset` to `offset + count`. Page numbers only reach multiples of the page
 * size, so a stretch that crosses them takes a larger page. Where no page holds all, a page of the largest size that
 * holds the first of them.
 */
export function coverRange(
  offset: number,
  count: number,
  { maxPageSize, minPageSize = 1, maxPage = Number.MAX_SAFE_INTEGER }: PageLimits,
): NumberedPage {
  const leastPageSize = Math.max(count, minPageSize, Math.ceil((offset + 1) / maxPage));
  for (let pageSize = leastPageSize; pageSize <= maxPageSize; pageSize += 1) {
    const skip = offset % pageSize;
    if (skip + count <= pageSize) return { page: (offset - skip) / pageSize + 1, pageSize, skip };
  }
  const skip = offset % maxPageSize;
  return { page: (offset - skip) / maxPageSize + 1, pageSize: maxPageSize, skip };
}

/** The page that holds the most rows from `offset` on. */
function reachFar(
  offset: number,
  { maxPageSize, maxPage = Number.MAX_SAFE_INTEGER }: PageLimits,
): NumberedPage {
  const leastPageSize = Math.max(1, Math.ceil((offset + 1) / maxPage));
  let best = coverRange(offset, Number.POSITIVE_INFINITY, { maxPageSize });
  for (let pageSize = maxPageSize - 1; pageSize >= leastPageSize; pageSize -= 1) {
    const skip = offset % pageSize;
    if (pageSize - skip > best.pageSize - best.skip)
      best = { page: (offset - skip) / pageSize + 1, pageSize, skip };
  }
  return best;
}
