import type { Query } from '../../rest/client.ts';
import type { Row } from '../provider.ts';
import { readPart, type UnpagedList } from './list-pages.ts';
import { mustLookBehind } from './list-stretches.ts';

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
  if ((await list.getPage(query, list.decoding)).body === null) return undefined;
  const part = await readPart(list, { query, start: 0, size: count }, Number.POSITIVE_INFINITY);
  if (part === undefined) return undefined;
  const { rows, state, shortLength } = part;
  return {
    rows,
    async mayHaveMore() {
      if (part.failure !== undefined) throw part.failure;
      const looked = await mustLookBehind(list, part);
      return (
        looked &&
        ((hadMore) => {
          if (shortLength !== undefined && state === 'UNKNOWN' && hadMore !== undefined) {
            if (hadMore) memory.learnCut(path, shortLength);
            else memory.learnEnd(path, shortLength);
          }
          looked();
        })
      );
    },
  };
}
