import type { Query } from '../../rest/client.ts';
import type { Row } from '../provider.ts';
import { findPart, type ListPart, type UnpagedList } from './list-pages.ts';

/** Records of several ids, as they came. */
export interface Batch<T extends object> {
  readonly rows: readonly (Row<T> | undefined)[];
  /**
   * Whether the source may have more of them.
   *
   * @throws UpstreamError when it says so, and they cannot be had
   * @returns what to tell whether it had, undefined where that could not be found out; undefined itself where it is
   * certain that it has not
   */
  mayHaveMore(): Promise<((hadMore: boolean | undefined) => void) | undefined>;
}

/**
 * Asks a list for the records of some ids.
 *
 * @param query names the ids
 * @param count of the ids
 * @returns undefined when there is no such list
 * @throws UpstreamError
 */
export async function readBatch<T extends object>(
  list: UnpagedList<T>,
  query: Query,
  count: number,
): Promise<Batch<T> | undefined> {
  const { memory, path } = list;
  const part = await findPart(list, { query, start: 0, size: count }, Number.POSITIVE_INFINITY);
  if (part === undefined) return undefined;
  const { rows, shortLength, failure } = part;
  const said = judge(list, part);
  return {
    rows,
    async mayHaveMore() {
      if (failure !== undefined) throw failure;
      if (said === 'ENDED') return undefined;
      if (said === 'GOES_ON' || shortLength === undefined) return () => {};
      const looked = await memory.mustLookBehind(path, shortLength);
      return (
        looked &&
        ((hadMore) => {
          if (hadMore === true) memory.learnCut(path, shortLength);
          else if (hadMore === false) memory.learnEnd(path, shortLength);
          looked();
        })
      );
    },
  };
}

/** What an answer says of its being whole. @throws UpstreamError where it contradicts itself */
function judge<T extends object>(
  { request }: UnpagedList<T>,
  { rows, total, goesOn, shortLength, isLinked }: ListPart<T>,
): 'ENDED' | 'GOES_ON' | 'UNKNOWN' {
  if (total !== null && rows.length > 0 && total < rows.length)
    throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'a list has more rows than it says' });
  // Between two pages rows may have been moved to the one before.
  if (isLinked || goesOn === true || (total !== null && total > rows.length)) return 'GOES_ON';
  const isSaid = rows.length === 0 || total !== null || (goesOn === false && shortLength !== undefined);
  return isSaid ? 'ENDED' : 'UNKNOWN';
}
