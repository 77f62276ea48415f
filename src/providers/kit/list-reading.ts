import type { ListPlace, Row } from '../provider.ts';
import type { PagedList } from './list-pages.ts';
import type { PlacedRow } from './list-places.ts';
import { createRepeats, type Repeats } from './list-repeats.ts';
import type { Search, Window } from './list-search.ts';

/** A list while what follows a place is read. */
export interface Reading<T extends object> {
  readonly list: PagedList<T>;
  readonly limit: number;
  readonly rows: PlacedRow<Row<T>>[];
  /** Ids of the rows. */
  readonly known: Set<string>;
  place: ListPlace;
  /** Rows that the source puts into a page, as far as it was seen. */
  cut: number | undefined;
  /** Whether the next page has to prove that it is none that was sent before. */
  mustBeNew: boolean;
  /** Where to look for the place. */
  window: Window | undefined;
  search: Search | undefined;
  /** Whether it is in the page read last. */
  isSeen: boolean;
  /** Whether an answer said that all rows passed are gone: if another one says so, they are. */
  isGone: boolean;
  /** Pages read since one had new rows. */
  idle: number;
  readonly repeats: Repeats;
  /** The queries of the pages asked for. */
  readonly asked: Set<string>;
  /** A short page behind which is looked. */
  look: Look | undefined;
}

interface Look {
  readonly rows: number;
  readonly done: () => void;
}

/** @param limit rows wanted; may be infinite */
export function startReading<T extends object>(
  list: PagedList<T>,
  place: ListPlace,
  limit: number,
): Reading<T> {
  return {
    list,
    limit,
    rows: [],
    known: new Set(),
    place,
    cut: undefined,
    mustBeNew: false,
    window: undefined,
    search: undefined,
    isSeen: false,
    isGone: false,
    idle: 0,
    repeats: createRepeats(list.request),
    asked: new Set(),
    look: undefined,
  };
}
