import type { ListPlace } from '../provider.ts';
import { readPart, type PagedList } from './list-pages.ts';
import { extendDigest } from './list-places.ts';
import { nativeIdOf } from './native-ids.ts';

/** Calls to read again what was read with at most. */
const mostCalls = 300;

interface ProofOptions {
  /** Rows that the source puts into a page. */
  readonly size: number;
  /** Whether no row is to follow. */
  readonly isWhole: boolean;
}

/**
 * Whether a list still has the same rows before a place as were passed. If it has, none was left out: rows that are gone
 * do not come back.
 *
 * @throws UpstreamError
 */
export async function isUnchanged<T extends object>(
  list: PagedList<T>,
  place: ListPlace,
  { size, isWhole }: ProofOptions,
): Promise<boolean> {
  const { paging } = list;
  let digest = 0;
  let passed = 0;
  for (let calls = 0; calls < mostCalls; calls += 1) {
    if (passed === place.offset && (!isWhole || calls * size > passed)) return digest === place.digest;
    // Another URL than the one it was read by: within a request none is asked for twice.
    const asked = paging.askAgain(paging.pageFor(passed, size, size));
    const { rows } = await readPart(list, asked, size);
    const left = Math.min(size, place.offset - passed);
    const isEnd = passed + left === place.offset;
    if (asked.start !== passed || rows.length < left || (isWhole && isEnd && rows.length > left))
      return false;
    for (const row of rows.slice(0, left)) digest = extendDigest(digest, row && nativeIdOf(row));
    passed += left;
  }
  return false;
}
