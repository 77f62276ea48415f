/** A page of a list that is read by page number. */
export interface NumberedPage {
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
  /** Rows of the page before the first one wanted. */
  readonly skip: number;
}

/**
 * The smallest page that holds rows `offset` to `offset + count`. Page numbers only reach multiples of the page
 * size, so a stretch that crosses them takes a larger page. Where no page holds all, the one that holds the most.
 */
export function coverRange(offset: number, count: number, maxPageSize: number): NumberedPage {
  for (let pageSize = Math.min(count, maxPageSize); pageSize <= maxPageSize; pageSize += 1) {
    const skip = offset % pageSize;
    if (skip + count <= pageSize) return { page: (offset - skip) / pageSize + 1, pageSize, skip };
  }
  const skip = offset % maxPageSize;
  return { page: (offset - skip) / maxPageSize + 1, pageSize: maxPageSize, skip };
}
