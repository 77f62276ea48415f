import type { AnyRow, ListPlace, Row, SourceRequest } from '../provider.ts';
import { cutBehind, locate, type RowsBehind, type Stretch } from './list-places.ts';
import type { PagedList } from './list-pages.ts';
import { readStretch } from './list-stretches.ts';
import { idOfFirst, nativeIdOf } from './native-ids.ts';

/** A list that is read by counting its rows: by page number, or with so many of them left out. */
export interface CountedList<R extends AnyRow> {
  /** Fetches `count` rows from `offset` on, or fewer, possibly with others around them. */
  readonly fetchStretch: (offset: number, count: number) => Promise<Stretch<R>>;
  /** Whether the source is asked for its rows by ascending id. */
  readonly isSorted: boolean;
  /** Rows that `fetchStretch` may be asked for. */
  readonly maxCount: number;
}

/** A list as it is searched for a place. Rows without an id are of no use. */
export function toCountedList<T extends object>(
  list: PagedList<T>,
  { isSorted, toRow }: { readonly isSorted: boolean; readonly toRow: (row: Row<T>) => Row<T> },
): CountedList<Row<T>> {
  return {
    isSorted,
    maxCount: list.paging.maxPageSize - (list.isCounted ? 0 : 1),
    async fetchStretch(offset, count) {
      const stretch = await readStretch(list, offset, count);
      const isUsable = (row: Row<T> | undefined) => row !== undefined && nativeIdOf(row) !== undefined;
      return { ...stretch, rows: stretch.rows.map((row) => (row && isUsable(row) ? toRow(row) : undefined)) };
    },
  };
}

/** Calls to find a place with at most. Halving a list takes fewer. */
const mostCalls = 24;

/**
 * Fetches the rows that follow a place. What is asked for begins with the row that marks the place: nearly always it
 * is where it was, and one call is enough. If rows before it came or went it is looked for.
 *
 * @returns undefined when the place cannot be found any more
 * @throws UpstreamError also when the source sends a page again where another one should be
 */
export async function fetchBehind<R extends AnyRow>(
  request: Pick<SourceRequest, 'error'>,
  list: CountedList<R>,
  place: ListPlace,
  limit: number,
): Promise<RowsBehind<R> | undefined> {
  const fetchStretch = withTurnedPages(request, list);
  if (place.unusable + 1 >= list.maxCount)
    throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'a list has hardly any rows with an id' });
  let window: Window | undefined = windowBehind(place, limit);
  const search = createSearch(place, limit, list.maxCount);
  for (let calls = 0; window !== undefined && calls < mostCalls; calls += 1) {
    const stretch: Stretch<R> = await fetchStretch(window);
    const location = locate(place, stretch, list.isSorted);
    const at = location === 'BEHIND' && !stretch.hasMore ? stretch.rows.length : location;
    if (typeof at !== 'number') {
      window = search(at, stretch);
      continue;
    }
    const found = cutBehind(place, stretch, at, limit);
    if (found.rows.length > 0) return found;
    if (found.failure !== undefined) throw found.failure;
    if (!found.hasMore) {
      // A source that sends its first page for every other looks as if the list had ended before the place.
      if (stretch.start > 0 && !isLatestIn(place, stretch)) await fetchStretch({ offset: 0, count: 1 });
      return found;
    }
    window = windowBehind(found.end, limit);
  }
  return undefined;
}

/** Rows to ask for. */
interface Window {
  readonly offset: number;
  readonly count: number;
}

/** From the row that marks a place. */
function windowBehind({ offset, unusable, ids }: ListPlace, limit: number): Window {
  const start = Math.max(0, offset - unusable - Math.min(ids.length, 1));
  return { offset: start, count: offset - start + limit };
}

function isLatestIn({ ids: [latest] }: ListPlace, { rows }: Stretch<AnyRow>): boolean {
  return rows.some((row) => row !== undefined && nativeIdOf(row) === latest);
}

function withTurnedPages<R extends AnyRow>(
  request: Pick<SourceRequest, 'error'>,
  list: CountedList<R>,
): (window: Window) => Promise<Stretch<R>> {
  const starts = new Map<string, number>();
  return async ({ offset, count }) => {
    const stretch = await list.fetchStretch(offset, Math.min(count, list.maxCount));
    const id = idOfFirst(stretch.rows);
    if (id === undefined) return stretch;
    if ((starts.get(id) ?? stretch.start) !== stretch.start)
      throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'a list has the same page twice' });
    starts.set(id, stretch.start);
    return stretch;
  };
}

/** Says where to look next for a place that is not in a stretch; undefined when nothing is left to look at. */
function createSearch({ offset: expected }: ListPlace, limit: number, maxCount: number) {
  // The place is behind the row at `low` and before the one at `high`, unless the list has changed since.
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  let step = limit + 1;
  const around = windowsAround(expected, maxCount);

  return (location: 'BEFORE' | 'BEHIND' | 'UNKNOWN', { start, rows, hasMore }: Stretch<AnyRow>) => {
    if (location === 'UNKNOWN') return start === 0 && !hasMore ? undefined : around.shift();
    if (location === 'BEFORE') [low, high] = [low < start ? low : 0, start];
    else {
      low = start + rows.length - 1;
      if (low >= high) high = Number.POSITIVE_INFINITY;
    }
    step *= 4;
    const offset = chooseOffset({ low, high, step, maxCount });
    const count = high === Number.POSITIVE_INFINITY ? step : high - offset + limit;
    return { offset, count };
  };
}

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly step: number;
  readonly maxCount: number;
}

function chooseOffset({ low, high, step, maxCount }: Bounds): number {
  if (high === Number.POSITIVE_INFINITY) return low;
  // Nearly always only few rows are gone.
  if (low === 0) return Math.max(0, high - step);
  return high - low <= maxCount ? low : low + Math.floor((high - low) / 2);
}

/** Where no order leads the way: about the place where it was, then before and behind that in turn. */
function windowsAround(expected: number, count: number): Window[] {
  const start = expected - Math.floor(count / 2);
  return [0, -1, 1, -2, 2]
    .map((turn) => start + turn * (count - 1))
    .filter((offset) => offset + count > 1)
    .map((offset) => ({ offset: Math.max(0, offset), count }));
}
