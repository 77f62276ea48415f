import type { StubAnswer } from '../../support/recording-server.ts';

/** Customers of each REST API, in the order of its list. */
export interface ListedCustomers {
  readonly elevate: readonly unknown[];
  readonly sage200: readonly unknown[];
  readonly cro: readonly unknown[];
}

export type ApiName = keyof ListedCustomers;

export const apiNames = ['elevate', 'sage200', 'cro'] as const satisfies readonly ApiName[];

/** Which API a call is for, at the paths of `createEntries`. */
export function apiOf({ pathname }: URL): ApiName {
  const [, start] = pathname.split('/');
  return start === 'v1' ? 'elevate' : start === 'sage' ? 'sage200' : 'cro';
}

/** The lists of customers of three REST APIs, each paged its own way; of filters only `id gt` is heeded. */
export function answerList(url: URL, customers: ListedCustomers): StubAnswer {
  const { pathname, searchParams } = url;
  if (!pathname.endsWith('/customers')) return { status: 404 };
  const api = apiOf(url);
  const rows = customers[api];
  const number = (name: string, otherwise: number) => Number(searchParams.get(name) ?? otherwise);
  if (api === 'sage200') {
    if (searchParams.get('$count') === 'true') return { body: rows.length };
    const skip = number('$skip', 0);
    const [, after] = /\bid gt (\d+)/.exec(searchParams.get('$filter') ?? '') ?? [];
    const left = after === undefined ? rows : rows.filter((row) => (idOf(row) ?? 0) > Number(after));
    return { body: left.slice(skip, skip + number('$top', 500)) };
  }
  if (api === 'elevate') return { body: cutPage(rows, number('page', 1), number('pageSize', 0)) };
  const [page, limit] = [number('page_index', 1), number('page_limit', 100)];
  return {
    body: {
      current_page: page,
      current_limit: limit,
      results: cutPage(rows, page, limit),
      total_count: rows.length,
      total_pages: Math.ceil(rows.length / limit),
    },
  };
}

/** The id of a row; undefined where it is no number. */
function idOf(row: unknown): number | undefined {
  const id = typeof row === 'object' && row !== null && 'id' in row ? row.id : undefined;
  return typeof id === 'number' ? id : undefined;
}

/** Customers with the ids 1 to `count`. */
export function createCustomers(api: ApiName, count: number): object[] {
  return Array.from({ length: count }, (_, index) => {
    const id = index + 1;
    return api === 'elevate' ? { id, customerName: `elevate ${id}` } : { id, name: `${api} ${id}` };
  });
}

function cutPage<T>(rows: readonly T[], page: number, size: number): T[] {
  return rows.slice((page - 1) * size, page * size);
}
