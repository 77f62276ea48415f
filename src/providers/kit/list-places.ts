import type { AnyRow, CustomerTexts, ListPage, ListPlace } from '../provider.ts';
import type { UpstreamError } from '../../rest/errors.ts';
import { compareIds, nativeIdOf } from './native-ids.ts';

/** Rows of a list at their places; undefined for one that is no record or has no id. */
export type PlacedRows<R extends AnyRow> = readonly (R | undefined)[];

/** Some rows of a list as they stood beside each other at one time. */
export interface Stretch<R extends AnyRow> {
  /** Rows before it. */
  readonly start: number;
  readonly rows: PlacedRows<R>;
  /** Whether rows follow, or may follow. */
  readonly hasMore: boolean;
  /** Rows in the whole list; null where the source does not count. */
  readonly total: number | null;
  /** Why no more could be read. */
  readonly failure?: UpstreamError;
}

export interface PlacedRow<R extends AnyRow> {
  readonly row: R | undefined;
  readonly after: ListPlace;
}

/** What follows a place in a list. */
export interface RowsBehind<R extends AnyRow> extends Omit<Stretch<R>, 'start' | 'rows'> {
  readonly rows: readonly PlacedRow<R>[];
  /** The place behind the rows. */
  readonly end: ListPlace;
  /** Whether it cannot be told what follows, or whether all before it was read. */
  readonly isPlaceLost?: boolean;
}

export const listStart: ListPlace = {
  offset: 0,
  ids: [],
  idsAhead: [],
  unusable: 0,
  isAscending: true,
  seenBehind: 0,
  latestStart: -1,
  total: null,
  digest: 0,
  isUnproven: false,
};

/** Rows that a place remembers: when the latest is gone, the one before it marks the place. */
export const rememberedRows = 5;

/** Characters that a token may have: it goes into cursors. */
export const maxTokenLength = 2_000;

/** A list in which so many rows ascend by id has the order that was asked for: 1 of 720 has it by chance. */
const tellingRows = 6;

/** Where a place is in a stretch: before which of its rows, or on which side of it if that can be told. */
export type Location = number | 'BEFORE' | 'BEHIND' | 'UNKNOWN';

/**
 * Finds a place in a stretch: by the latest row that it remembers and the stretch has. If there is none, the order of ids
 * tells the place where the source was asked for that order and heeds it, and elsewhere only where to look.
 */
export function locate(
  place: ListPlace,
  { start, rows }: Pick<Stretch<AnyRow>, 'start' | 'rows'>,
  isSorted: boolean,
): Location {
  const ids = rows.map((row) => row && nativeIdOf(row));
  if (place.ids.length === 0 && place.idsAhead.length === 0) return start === 0 ? 0 : 'BEFORE';
  const remembered = locateRemembered(place, ids, start);
  if (remembered !== undefined) return remembered;
  if (ids.length === 0) return 'BEFORE';
  // Each row passed is remembered, and stands further down or is gone: none that was not passed comes before.
  if (start === 0 && isAllRemembered(place)) return 0;
  const location = place.isAscending ? locateByOrder(place, ids, start) : undefined;
  if (typeof location !== 'number') return location ?? 'UNKNOWN';
  return isSorted && place.offset + ids.length >= tellingRows ? location : 'UNKNOWN';
}

/** Behind the latest of the rows that are remembered and there. */
function locateRemembered(
  { offset, ids: remembered, unusable }: ListPlace,
  ids: readonly (string | undefined)[],
  start: number,
): Location | undefined {
  const expected = offset - unusable - 1 - start;
  // The latest first. Should a row be listed twice, the one nearest to where it was is meant.
  const found = remembered.flatMap((id, age) => findClosest(ids, id, expected - age) ?? []);
  const [latest] = found;
  if (latest === undefined) return undefined;
  // If rows changed places it cannot be told which of them marks this one.
  return found.every((index, age) => index <= (found[age - 1] ?? index)) ? latest + 1 : 'UNKNOWN';
}

function isAllRemembered({ offset, ids, idsAhead }: ListPlace): boolean {
  return offset <= ids.length + idsAhead.length && ids.length + idsAhead.length < rememberedRows;
}

function findClosest(
  ids: readonly (string | undefined)[],
  wanted: string,
  expected: number,
): number | undefined {
  const distance = (index: number) => Math.abs(index - expected);
  return ids
    .flatMap((id, index) => (id === wanted ? [index] : []))
    .toSorted((a, b) => distance(a) - distance(b))[0];
}

function locateByOrder(
  { ids: [latest] }: ListPlace,
  ids: readonly (string | undefined)[],
  start: number,
): Location | undefined {
  const usable = ids.flatMap((id, index) => (id === undefined ? [] : [{ id, index }]));
  if (latest === undefined || usable.length === 0 || !isAscending(usable.map(({ id }) => id)))
    return undefined;
  const next = usable.findIndex(({ id }) => compareIds(id, latest) > 0);
  if (next === -1) return 'BEHIND';
  if (next === 0 && start > 0) return 'BEFORE';
  return (usable[next - 1]?.index ?? -1) + 1;
}

export function isAscending(ids: readonly string[]): boolean {
  return ids.every((id, index) => compareIds(ids[index - 1] ?? id, id) <= 0);
}

/** Takes rows from a stretch in which a place is before the row `at`, other than rows that were passed already. */
export function cutBehind<R extends AnyRow>(
  place: ListPlace,
  { start, rows, hasMore, total, failure }: Stretch<R>,
  at: number,
  limit: number,
): RowsBehind<R> {
  const ids = rows.map((row) => row && nativeIdOf(row));
  const passed = new Set([...place.ids, ...place.idsAhead]);
  const seenFrom = (index: number, before: number) => Math.max(rows.length - index, before, 0);
  const latestPassed = ids.findLastIndex((id) => id !== undefined && passed.has(id));
  const taken: PlacedRow<R>[] = [];
  // Rows that are only seen tell of the order as well.
  const isInOrder = place.isAscending && isAscending(ids.filter((id) => id !== undefined));
  let end = placeBefore({ ...place, isAscending: isInOrder }, start + at, ids[at - 1]);
  let unusableLeft = place.unusable;
  let index = at;
  for (; index < rows.length && taken.length < limit; index += 1) {
    const id = ids[index];
    end = placeBehind({ ...end, seenBehind: seenFrom(index, end.seenBehind) }, id);
    if (id !== undefined && passed.has(id)) continue;
    if (id === undefined && index < latestPassed) continue;
    if (id !== undefined) unusableLeft = 0;
    else if (unusableLeft > 0) {
      unusableLeft -= 1;
      continue;
    }
    taken.push({ row: rows[index], after: end });
  }
  const found = { rows: taken, end, hasMore: hasMore || index < rows.length, total };
  return failure !== undefined && index === rows.length ? { ...found, failure } : found;
}

/**
 * The place as it is behind the remembered row `id`, where those that were passed after it may stand behind it; all of
 * them where the list begins.
 */
function placeBefore(place: ListPlace, offset: number, id: string | undefined): ListPlace {
  const found = id === undefined ? -1 : place.ids.indexOf(id);
  const age = offset === 0 ? place.ids.length : Math.max(0, found);
  return {
    ...place,
    offset,
    digest: offset === 0 ? listStart.digest : place.digest,
    ids: place.ids.slice(age),
    idsAhead: [...place.ids.slice(0, age), ...place.idsAhead],
    unusable: 0,
  };
}

/** The place behind the row that follows another place; undefined for a row without a usable id. */
function placeBehind(place: ListPlace, id: string | undefined): ListPlace {
  const offset = place.offset + 1;
  const digest = extendDigest(place.digest, id);
  const seenBehind = Math.max(0, place.seenBehind - 1);
  if (id === undefined) return { ...place, offset, digest, seenBehind, unusable: place.unusable + 1 };
  const [latest] = place.ids;
  const isOther = (known: string) => known !== id;
  return {
    ...place,
    offset,
    digest,
    seenBehind,
    ids: [id, ...place.ids.filter(isOther)].slice(0, rememberedRows),
    idsAhead: place.idsAhead.filter(isOther),
    unusable: 0,
    isAscending: place.isAscending && (latest === undefined || compareIds(latest, id) <= 0),
  };
}

/** A number for the ids of all rows up to one, in their order: FNV-1a. */
export function extendDigest(digest: number, id = ''): number {
  let hash = digest ^ 0x81_1c_9d_c5;
  for (const character of `${id},`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93);
  return hash >>> 0;
}

/** A page of a list of customers; without what follows its place the place is lost. */
export function toListPage<R extends AnyRow>(
  after: ListPlace,
  found: RowsBehind<R> | undefined,
  readTexts: (row: R) => CustomerTexts,
  toRow: (row: R) => R = (row) => row,
): ListPage {
  if (found === undefined) return { rows: [], end: after, hasMore: false, isPlaceLost: true, total: null };
  return {
    ...found,
    rows: found.rows.map(({ row, after: place }) => ({
      customer: row && { row: toRow(row), texts: readTexts(row) },
      after: place,
    })),
  };
}
