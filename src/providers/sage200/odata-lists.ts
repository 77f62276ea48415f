import type { Decoding, Query } from '../../rest/client.ts';
import type { Resource } from '../../rest/settings.ts';
import type { Row, SourceRequest } from '../provider.ts';
import { decodeItems, readRows, readToEnd, type Items } from '../kit/rows.ts';
import type { Loaders } from './loaders.ts';
import { maxTop, unwrapBody } from './odata.ts';

/** Reads a list to its end. */
export function fetchAll<T extends object>(
  request: SourceRequest<Loaders>,
  path: string,
  query: Query,
  resource: Resource = 'customers',
): Promise<Row<T, Loaders>[]> {
  const decoding = createListDecoding<T>(request, resource);
  return readToEnd(request, maxTop, async (page) =>
    readRows(request, await request.get(path, { ...query, ...stretchOf(page) }, decoding)),
  );
}

/** The decoding of a list, bare or wrapped. */
export function createListDecoding<T extends object>(
  request: SourceRequest<Loaders>,
  resource: Resource = 'customers',
): Decoding<Items<T>> {
  return { decode: (body) => decodeItems<T, Loaders>(request, unwrapBody(body)), resource };
}

/** A page of the largest size, counted from 0. `$skip` is refused without an order. */
export function stretchOf(page: number): Query {
  return { $orderby: 'id asc', $skip: page === 0 ? undefined : page * maxTop, $top: maxTop };
}
