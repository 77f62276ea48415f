/** Enough for one to be answered differently. */
const maxUrls = 8;

const pagingParameters = new Set(['page', 'pageSize', 'page_index', 'page_limit', '$top', '$skip']);

const pathNumber = /(?<=\/)\d+(?=\/|$)/g;
const queryNumber = /(?<![\w.:-])\d+(?![\w.:-])/g;

/** Requests like the one for `url`, but for other records: each has one of its numbers raised or lowered by 1. */
export function listOtherUrls(url: string): string[] {
  const [path = '', query = ''] = url.split('?', 2);
  const paths = replaceEach(path, pathNumber).map((other) => (query === '' ? other : `${other}?${query}`));
  const parameters = [...new URLSearchParams(query)];
  const queries = parameters.flatMap(([name, value], index) =>
    pagingParameters.has(name)
      ? []
      : replaceEach(value, queryNumber).map(
          (other) => `${path}?${new URLSearchParams(parameters.with(index, [name, other])).toString()}`,
        ),
  );
  return [...paths, ...queries].slice(0, maxUrls);
}

/** Like `listOtherUrls`, for single records only: the query stays. */
export function listOtherPaths(url: string): string[] {
  const [path = '', ...query] = url.split('?');
  return replaceEach(path, pathNumber).map((other) => [other, ...query].join('?'));
}

/** The request for the first page, undefined when `url` is for it or for no page at all. */
export function findFirstPage(url: string): string | undefined {
  const first = url
    .replace(/(?<=[?&](?:page|page_index)=)\d+/, '1')
    .replace(/(?<=[?&](?:\$|%24)skip=)\d+/, '0')
    // Sage 200 is asked for what follows an id: that comes last in a filter.
    .replace(/(?:(?:\+|%20)and(?:\+|%20)|(?:\$|%24)filter=)id(?:\+|%20)gt(?:\+|%20)\d+/, '');
  return first === url ? undefined : first;
}

/** The request for what comes a page later, or a row later where rows are counted; undefined when `url` is for no page. */
export function findLaterPage(url: string): { readonly url: string; readonly isByRow: boolean } | undefined {
  const raise = (digits: string) => String(Number(digits) + 1);
  const byPage = url.replace(/(?<=[?&](?:page|page_index)=)\d+/, raise);
  if (byPage !== url) return { url: byPage, isByRow: false };
  const byRow = url.replace(/(?<=[?&](?:\$|%24)skip=)\d+/, raise);
  return byRow === url ? undefined : { url: byRow, isByRow: true };
}

const sizeParameter = /(?<=[?&](?:pageSize|page_limit|(?:\$|%24)top)=)\d+/;
const pageParameter = /(?<=[?&](?:page|page_index)=)\d+/;
const skipParameter = /(?<=[?&](?:\$|%24)skip=)\d+/;

/** A request for a page, made for so many rows. */
export interface SizedUrl {
  readonly url: string;
  /** Rows that were asked for; infinite where that was not said. */
  readonly asked: number;
}

export function withPageSize(url: string, rows: number): SizedUrl {
  const asked = sizeParameter.exec(url)?.[0];
  if (asked !== undefined) return { url: url.replace(sizeParameter, String(rows)), asked: Number(asked) };
  // Only Sage 200 need not be asked for a number of rows; it skips none without an order.
  const order = /[?&](?:\$|%24)orderby=/.test(url) ? '' : '$orderby=id%20asc&';
  return {
    url: `${url}${url.includes('?') ? '&' : '?'}${order}$top=${rows}`,
    asked: Number.POSITIVE_INFINITY,
  };
}

/** The request for the page behind one; undefined when `url` is for no page. */
export function findPageBehind(url: string): string | undefined {
  const size = Number(sizeParameter.exec(url)?.[0] ?? 0);
  if (pageParameter.test(url)) return url.replace(pageParameter, (digits) => String(Number(digits) + 1));
  if (skipParameter.test(url)) return url.replace(skipParameter, (digits) => String(Number(digits) + size));
  return size === 0 ? undefined : `${url}&$skip=${size}`;
}

/** The request for all rows of a list at once, as many as its API sends. */
export function findWholeList(url: string): string {
  const largest = url.includes('pageSize=') || url.includes('page_limit=') ? '1000' : '5000';
  return (findFirstPage(url) ?? url).replace(sizeParameter, largest);
}

/** The last number of a list is raised first: the next one is often not asked for. */
function replaceEach(text: string, numbers: RegExp): string[] {
  const found = [...text.matchAll(numbers)].toReversed();
  const replace = (difference: bigint) =>
    found.map(
      ({ 0: digits, index }) =>
        text.slice(0, index) + String(BigInt(digits) + difference) + text.slice(index + digits.length),
    );
  return [...replace(1n), ...replace(-1n)];
}
