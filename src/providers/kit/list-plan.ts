import type { ListPlace } from '../provider.ts';
import type { PagedList } from './list-pages.ts';
import type { PageToAsk } from './paging.ts';

/** A page that may tell what follows a place. */
export interface PlannedPage {
  readonly asked: PageToAsk;
  /** Whether the row that marks the place is to be in it; where pages are too small for that it begins with the next row. */
  readonly isOverlapping: boolean;
}

export interface PageWish {
  readonly place: ListPlace;
  /** Rows wanted behind the place. */
  readonly count: number;
  /** Rows that the source puts into a page, as far as it was seen. */
  readonly cut: number | undefined;
  /** Whether the page has to begin behind all that were read: one that was sent before cannot be taken for it then. */
  readonly mustBeNew: boolean;
}

/** Where the row is that marks a place, if nothing has changed; where the list begins without one. */
export function markOf({ offset, unusable, ids }: ListPlace): number {
  return Math.max(0, offset - unusable - Math.min(ids.length, 1));
}

/** The smallest page from the row that marks a place on; one row more tells whether others follow. */
export function planPage<T extends object>(
  list: PagedList<T>,
  { place, count, cut, mustBeNew }: PageWish,
): PlannedPage {
  const { paging, request } = list;
  const mark = markOf(place);
  const wanted = place.offset + count - mark;
  const most = mostRows(list, cut, place);
  if (place.unusable + 1 >= Math.min(most, paging.maxPageSize) && place.unusable > 0)
    throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'a list has hardly any rows with an id' });
  const plan = (maxSize: number) => {
    const asked = paging.pageFor(mark, wanted, Math.min(maxSize, paging.maxPageSize));
    return { asked, isOverlapping: asked.start + Math.min(asked.size, most) > place.offset };
  };
  if (place.ids.length === 0) return { asked: plan(most).asked, isOverlapping: true };
  const page = plan(most);
  const isNew = (asked: PageToAsk) => asked.start > place.latestStart;
  if (page.isOverlapping && (!mustBeNew || isNew(page.asked))) return page;
  const later = Math.min(most, mark - place.latestStart);
  const other = later > 1 ? plan(later) : undefined;
  if (other?.isOverlapping === true && isNew(other.asked)) return other;
  const behind = paging.pageFor(place.offset, count, Math.min(most, paging.maxPageSize));
  const asked = behind.start === place.offset ? behind : paging.pageFor(place.offset, 1, 1);
  return { asked, isOverlapping: false };
}

/** Rows that a page can have; infinite where no limit is known. Any size is asked for to begin with. */
function mostRows<T extends object>(
  { memory, path, paging }: PagedList<T>,
  cut: number | undefined,
  place: ListPlace,
): number {
  const limit = memory.limitOf(path) ?? Number.POSITIVE_INFINITY;
  const seen = paging.isNumbered && place.ids.length > 0 && memory.cutsPages(path);
  return Math.min(limit, cut ?? (seen ? memory.longestOf(path) : Number.POSITIVE_INFINITY));
}
