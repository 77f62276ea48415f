import { UpstreamError } from '../../rest/errors.ts';
import type { ListPlace, Row } from '../provider.ts';
import { isEnd, judge, learnLength } from './list-ends.ts';
import { readPart, type ListPart, type PagedList } from './list-pages.ts';
import { cutBehind, rememberedRows, type RowsBehind } from './list-places.ts';
import { markOf, planPage, type PlannedPage } from './list-plan.ts';
import { isUnchanged } from './list-proof.ts';
import { startReading, type Reading } from './list-reading.ts';
import { createSearch } from './list-search.ts';
import type { PageToAsk } from './paging.ts';
import { findPlace, type Elsewhere, type Sighting } from './list-sightings.ts';
import { compareIds, nativeIdOf } from './native-ids.ts';

/*
 * How a list is read whose pages may be cut short, repeated or mixed up, and that others change meanwhile. A page is
 * asked for with the row that marks the place in it. Rows that stand behind that row in an answer follow it, whenever the
 * answer was made. That nothing follows is believed only of an answer that cannot be an earlier one sent again.
 */

/** Pages that are read for one page of ours, or for a list that is read whole, at most. */
const mostPages = 300;

/** Pages without any new row after which the place is given up. */
const mostIdle = 24;

/** Ways to ask for the same page that are tried. */
const mostUrls = 10;

/** Rows that may stand behind a place though they were passed, at most: more would not go into a cursor. */
const mostAhead = 2 * rememberedRows;

/**
 * Reads the rows that follow a place. Nearly always the first page that is asked for has them.
 *
 * @param limit may be infinite
 * @returns undefined when it cannot be told any more what follows
 * @throws UpstreamError when nothing could be read
 */
export async function readBehind<T extends object>(
  list: PagedList<T>,
  place: ListPlace,
  limit: number,
): Promise<RowsBehind<Row<T>> | undefined> {
  const reading = startReading(list, place, limit);
  try {
    const found = await readPages(reading);
    return found && (await prove(reading, found));
  } catch (failure) {
    // What came before is of use.
    if (!(failure instanceof UpstreamError) || reading.rows.length === 0) throw failure;
    return { ...behind(reading, true), failure };
  } finally {
    reading.look?.done();
  }
}

async function readPages<T extends object>(reading: Reading<T>): Promise<RowsBehind<Row<T>> | undefined> {
  for (let pages = 0; pages < mostPages && reading.idle < mostIdle; pages += 1) {
    const planned = plan(reading);
    const part = await readPart(reading.list, planned.asked, enoughOf(reading, planned));
    reading.repeats.note(part.rows);
    const sighting = findPlace(reading, part, planned);
    const start = typeof sighting === 'object' ? sighting.start : part.start;
    const isAgain = sighting !== 'CUT' && reading.repeats.place(part.rows, start);
    reading.isSeen = typeof sighting === 'object';
    const found =
      typeof sighting === 'object' ? await take(reading, part, { ...sighting, isAgain }) : undefined;
    if (found !== undefined) return found;
    if (typeof sighting !== 'object' && !lookElsewhere(reading, part, sighting)) break;
  }
  // It is there, and what follows does not come.
  if (reading.isSeen && reading.idle >= mostIdle) throw reading.repeats.failure();
  return reading.rows.length > 0 ? behind(reading, true) : undefined;
}

function plan<T extends object>(reading: Reading<T>): PlannedPage {
  const { list, place, cut, asked, window } = reading;
  const remaining = reading.limit - reading.rows.length;
  const mustBeNew = reading.mustBeNew || reading.look !== undefined || remaining === 0;
  const planFor = (extra: number): PlannedPage =>
    window === undefined
      ? planPage(list, { place, count: remaining + extra, cut, mustBeNew })
      : { asked: list.paging.pageFor(window.offset, window.count + extra, cut), isOverlapping: true };
  // Within a request no URL is asked for twice: the same page has to be asked for in another way.
  const isNewUrl = (page: PageToAsk) => !asked.has(JSON.stringify(page.query));
  const least = list.isCounted && remaining > 0 ? 0 : 1;
  let planned = planFor(least);
  for (let extra = least + 1; !isNewUrl(planned.asked) && extra < mostUrls; extra += 1) {
    planned = planFor(extra);
    const other = planned.asked.start === 0 ? list.paging.askAgain(planned.asked) : planned.asked;
    if (!isNewUrl(planned.asked)) planned = { ...planned, asked: other };
  }
  asked.add(JSON.stringify(planned.asked.query));
  return planned;
}

function enoughOf<T extends object>(
  { place, limit, rows, list }: Reading<T>,
  { asked }: PlannedPage,
): number {
  return place.offset + limit - rows.length + (list.isCounted ? 0 : 1) - asked.start;
}

/** Takes the rows of a page. @returns what was read, when that is enough or all; undefined when it is to be read on */
async function take<T extends object>(
  reading: Reading<T>,
  part: ListPart<T>,
  sighting: Sighting & { readonly isAgain: boolean },
): Promise<RowsBehind<Row<T>> | undefined> {
  const { list, place } = reading;
  const { start, at, isExpected } = sighting;
  const end = start + part.rows.length;
  if (isExpected && part.total !== null && part.rows.length > 0 && part.total < end)
    throw list.request.error('UPSTREAM_BAD_RESPONSE', { reason: 'a list has more rows than it says' });
  const isFresh =
    place.latestStart < 0 ||
    part.rows.length - at > place.seenBehind ||
    (isExpected && start > place.latestStart && !sighting.isAgain) ||
    sighting.isCertain;
  const from: ListPlace = {
    ...place,
    latestStart: !isExpected ? Math.max(0, start - 1) : isFresh ? start : Math.max(start, place.latestStart),
    total: part.total,
    // A list of one or two rows is believed to be no more, for the sake of a call: see `docs/configuration.md`.
    isUnproven: place.isUnproven || (sighting.isUnproven && !(part.rows.length === 0 && isSmall(reading))),
  };
  const stretch = { start, rows: part.rows, hasMore: false, total: part.total };
  const found = cutBehind(from, stretch, at, reading.limit - reading.rows.length);
  reading.rows.push(...found.rows.filter(({ row }) => isNew(reading, row)));
  reading.place = { ...found.end, idsAhead: idsAhead(list, found.end) };
  reading.window = undefined;
  reading.search = undefined;
  reading.idle = found.rows.length > 0 ? 0 : reading.idle + 1;
  learnLength(reading, part, part.rows.length > at);
  if (reading.place.idsAhead.length > mostAhead) return { ...behind(reading, false), isPlaceLost: true };
  if (found.end.offset - start < part.rows.length) return behind(reading, true);
  const verdict = judge(list, part, { sighting, isFresh, before: place.total });
  const hasEnded = await isEnd(reading, part, { verdict, isFresh, hasRows: part.rows.length > at });
  if (hasEnded) return behind(reading, false);
  if (reading.rows.length >= reading.limit && verdict === 'GOES_ON') return behind(reading, true);
  if (part.failure !== undefined) throw part.failure;
  reading.mustBeNew = !isFresh || verdict === 'ENDED';
  return undefined;
}

/** A row that comes again while a list changes is no reason to list it twice. */
function isNew<T extends object>({ known }: Reading<T>, row: Row<T> | undefined): boolean {
  const id = row && nativeIdOf(row);
  if (id === undefined) return true;
  if (known.has(id)) return false;
  known.add(id);
  return true;
}

/** Rows that were passed and may stand behind a place: in the order of ids only those with a higher one. */
function idsAhead<T extends object>(
  { isSorted }: PagedList<T>,
  { ids: [latest], idsAhead: ahead, isAscending }: ListPlace,
): readonly string[] {
  if (!isSorted || !isAscending || latest === undefined) return ahead;
  return ahead.filter((id) => compareIds(id, latest) > 0);
}

/** Whether nothing but a first page of one or two rows was read. */
function isSmall<T extends object>({ place, asked }: Reading<T>): boolean {
  return place.offset <= 2 && asked.size === 2 && place.latestStart === 0;
}

/** @returns false when nothing is left to look at */
function lookElsewhere<T extends object>(
  reading: Reading<T>,
  part: ListPart<T>,
  location: Elsewhere,
): boolean {
  const { list, place } = reading;
  reading.idle += 1;
  if (location === 'CUT') {
    reading.cut = part.firstLength;
    return true;
  }
  const limit = Math.min(reading.limit - reading.rows.length + 1, list.paging.maxPageSize);
  const most = Math.min(
    reading.cut ?? list.memory.limitOf(list.path) ?? list.paging.maxPageSize - 1,
    list.paging.maxPageSize - 1,
  );
  reading.search ??= createSearch(markOf(place), limit, most);
  reading.window = reading.search(location, part);
  return reading.window !== undefined;
}

/** Rows whose pages were too small to overlap are read again: nothing else tells whether some were left out. */
async function prove<T extends object>(
  { list }: Reading<T>,
  found: RowsBehind<Row<T>>,
): Promise<RowsBehind<Row<T>>> {
  const { end, hasMore, rows } = found;
  if (!end.isUnproven) return found;
  const size = list.memory.longestOf(list.path);
  if (!(await isUnchanged(list, end, { size, isWhole: !hasMore })))
    return { ...found, rows: [], hasMore: false, isPlaceLost: true };
  const toProven = (place: ListPlace) => ({ ...place, isUnproven: false });
  return {
    ...found,
    rows: rows.map(({ row, after }) => ({ row, after: toProven(after) })),
    end: toProven(end),
  };
}

function behind<T extends object>({ rows, place }: Reading<T>, hasMore: boolean): RowsBehind<Row<T>> {
  return { rows, end: place, hasMore, total: place.total };
}
