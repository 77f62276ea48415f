import type { UpstreamError } from '../../rest/errors.ts';
import type { Row } from '../provider.ts';
import type { PagedList } from './list-pages.ts';
import { listStart } from './list-places.ts';
import { readBehind } from './list-walk.ts';

/** What could be read of a list from its start. */
export interface WholeList<T extends object> {
  readonly rows: readonly Row<T>[];
  /** Why that may not be all. */
  readonly failure?: UpstreamError;
}

/**
 * Reads a list to its end.
 *
 * @throws UpstreamError when nothing could be read
 */
export async function readWhole<T extends object>(list: PagedList<T>): Promise<WholeList<T>> {
  const found = await readBehind(list, listStart, Number.POSITIVE_INFINITY);
  const placed = found?.rows ?? [];
  const rows = placed.flatMap(({ row }) => row ?? []);
  if (found?.failure !== undefined) return { rows, failure: found.failure };
  const reason =
    found === undefined || found.hasMore || found.isPlaceLost === true
      ? 'a list does not end, or changes while it is read'
      : rows.length < placed.length
        ? 'a row of a list is no record with an id'
        : undefined;
  return reason === undefined
    ? { rows }
    : { rows, failure: list.request.error('UPSTREAM_BAD_RESPONSE', { reason }) };
}

/**
 * The rows of a list that is of use only as a whole.
 *
 * @throws UpstreamError when it is not certain that these are all
 */
export async function readAll<T extends object>(list: PagedList<T>): Promise<Row<T>[]> {
  const { rows, failure } = await readWhole(list);
  if (failure !== undefined) throw failure;
  return [...rows];
}
