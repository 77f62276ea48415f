import type { AnyRow, ListPlace } from '../provider.ts';
import type { ListPart } from './list-pages.ts';
import { locate } from './list-places.ts';
import { markOf, type PlannedPage } from './list-plan.ts';
import type { Reading } from './list-reading.ts';
import { compareIds, nativeIdOf } from './native-ids.ts';

/** A place in a page. */
export interface Sighting {
  /** Rows before the page. */
  readonly start: number;
  /** Rows of the page before the place. */
  readonly at: number;
  /** Whether it is where it was. */
  readonly isExpected: boolean;
  /** Whether nothing but the number of rows tells it. */
  readonly isUnproven: boolean;
  /** Whether the rows passed are certain to be gone, or to be before the page: nothing can be the same as before. */
  readonly isCertain: boolean;
}

/** Where else the place is: `CUT` is a page that was cut short, and begins elsewhere than its number says. */
export type Elsewhere = 'BEFORE' | 'BEHIND' | 'UNKNOWN' | 'CUT';

/** Finds the place of a reading in a page, or tells on which side of the page it is. */
export function findPlace<T extends object>(
  reading: Reading<T>,
  part: ListPart<T>,
  { isOverlapping }: PlannedPage,
): Sighting | Elsewhere {
  const { list, place } = reading;
  const { rows, start, startIfCut, firstLength } = part;
  const [latest] = place.ids;
  const seen = { start, isExpected: true, isUnproven: false, isCertain: false };
  if (
    latest !== undefined &&
    !isOverlapping &&
    start === place.offset &&
    mayFollow(part, place, list.isSorted)
  )
    return { ...seen, at: 0, isUnproven: true };
  for (const from of startIfCut === undefined ? [start] : [start, startIfCut]) {
    const index = markOf(place) - from;
    if (latest !== undefined && idAt(rows, index) === latest) return { ...seen, start: from, at: index + 1 };
  }
  const longest = list.memory.longestOf(list.path);
  // A page shorter than others that were seen is the last one, and was not cut.
  if (startIfCut !== undefined && firstLength > 0 && firstLength >= longest) return 'CUT';
  const location = locate(place, part, list.isSorted);
  if (start === 0 && latest !== undefined && (location === 0 || rows.length === 0)) {
    if (!reading.isGone) {
      reading.isGone = true;
      return 'BEFORE';
    }
    return { ...seen, at: 0, isCertain: true };
  }
  if (typeof location === 'number') return { ...seen, at: location, isExpected: latest === undefined };
  const isCertain = list.isSorted && location === 'BEHIND' && isLast(part, longest);
  return isCertain ? { ...seen, at: rows.length, isCertain } : location;
}

/** Whether the rows of a page can be those behind a place, as far as that is remembered. */
function mayFollow<T extends object>(
  { rows }: ListPart<T>,
  { ids, idsAhead, isAscending }: ListPlace,
  isSorted: boolean,
): boolean {
  const found = rows.flatMap((row) => (row && nativeIdOf(row)) ?? []);
  const isPassed = (id: string) =>
    ids.includes(id) ||
    idsAhead.includes(id) ||
    (isSorted && isAscending && compareIds(id, ids[0] ?? id) < 0);
  return !found.some(isPassed);
}

/** Whether nothing follows a page, though the row that it was asked for is not in it. */
function isLast<T extends object>(
  { goesOn, total, start, rows, isShort }: ListPart<T>,
  longest: number,
): boolean {
  if (total !== null) return total === start + rows.length;
  return goesOn !== true && isShort && rows.length < longest;
}

function idAt(rows: readonly (AnyRow | undefined)[], index: number): string | undefined {
  const row = rows[index];
  return row && nativeIdOf(row);
}
