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
