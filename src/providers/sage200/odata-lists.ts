import type { CheckedGet, Query } from '../../rest/client.ts';
import type { Row, SourceRequest } from '../provider.ts';
import { createListCheck, readRows, readToEnd } from '../kit/rows.ts';
import type { Loaders } from './loaders.ts';
import { maxTop, unwrapBody, unwrapList } from './odata.ts';

/** Reads a list to its end. */
export function fetchAll<T extends object>(
  request: SourceRequest<Loaders>,
  path: string,
  query: Query,
  more: Pick<CheckedGet, 'resource'> = {},
): Promise<Row<T, Loaders>[]> {
  const options = { ...more, check: createWrappedListCheck(request) };
  return readToEnd(request, maxTop, async (page) =>
    readRows<T, Loaders>(
      request,
      unwrapList(await request.get(path, { ...query, ...stretchOf(page) }, options)),
    ),
  );
}

/** The check of a call for a list, bare or wrapped. */
export function createWrappedListCheck(request: SourceRequest<Loaders>): CheckedGet['check'] {
  const check = createListCheck(request);
  return (body) => check(unwrapBody(body));
}

/** A page of the largest size, counted from 0. `$skip` is refused without an order. */
export function stretchOf(page: number): Query {
  return { $orderby: 'id asc', $skip: page === 0 ? undefined : page * maxTop, $top: maxTop };
}
