import type { ListPart, PagedList } from './list-pages.ts';
import type { Sighting } from './list-sightings.ts';
import type { Reading } from './list-reading.ts';

/** What a page says of the rows behind it. `COUNTED` is an end by the number of rows, which any page tells. */
export type Verdict = 'COUNTED' | 'ENDED' | 'GOES_ON' | 'UNKNOWN';

interface Judged {
  readonly sighting: Sighting;
  readonly isFresh: boolean;
  /** The total said before; null where none was. */
  readonly before: number | null;
}

/** @throws UpstreamError where a page contradicts itself */
export function judge<T extends object>(
  { request, memory, path }: PagedList<T>,
  { rows, total, goesOn, shortLength }: ListPart<T>,
  { sighting: { start, at, isExpected }, isFresh, before }: Judged,
): Verdict {
  const end = start + rows.length;
  const contradicts = (reason: string) => request.error('UPSTREAM_BAD_RESPONSE', { reason });
  const count = isExpected ? total : null;
  if (count !== null && rows.length > 0 && count < end)
    throw contradicts('a list has more rows than it says');
  // A total that is larger is believed wherever the place was found: it is of the list as it is now.
  const saysMore = goesOn === true || (total !== null && total > end);
  const isWholePage = rows.length < memory.longestOf(path) || rows.length === 0;
  if (saysMore && rows.length === at && isExpected && isFresh && isWholePage)
    throw contradicts('a list ends before it says that it does');
  if (saysMore) return 'GOES_ON';
  // A total that changes may agree by chance.
  if (count !== null && (before === null || before === count)) return 'COUNTED';
  return (goesOn === false && shortLength !== undefined) || (rows.length === 0 && start === 0)
    ? 'ENDED'
    : 'UNKNOWN';
}

interface EndSigns {
  readonly verdict: Verdict;
  readonly isFresh: boolean;
  /** Whether rows stand behind the place. */
  readonly hasRows: boolean;
}

/** What a page tells of the length of pages: of its own, if it is short, and of the one that it follows. */
export function learnLength<T extends object>(
  reading: Reading<T>,
  { isShort, firstLength }: ListPart<T>,
  hasRows: boolean,
): void {
  const { look } = reading;
  const { memory, path } = reading.list;
  // The last page is shorter than those before it, and tells nothing.
  if (isShort && firstLength === memory.longestOf(path)) reading.cut = firstLength;
  if (look === undefined || !hasRows) return;
  memory.learnCut(path, look.rows);
  reading.look = undefined;
  look.done();
}

/** Whether nothing follows a page of which all rows were taken. */
export async function isEnd<T extends object>(
  reading: Reading<T>,
  part: ListPart<T>,
  { verdict, isFresh, hasRows }: EndSigns,
): Promise<boolean> {
  const { memory, path } = reading.list;
  const { rows, shortLength } = part;
  const { look } = reading;
  if (verdict === 'COUNTED') return true;
  if (verdict === 'ENDED' && isFresh) return true;
  if (verdict === 'GOES_ON') {
    if (part.isShort && part.firstLength === memory.longestOf(path)) memory.learnCut(path, part.firstLength);
    return false;
  }
  // The row behind the place was asked for, and is not there.
  if (isFresh && !hasRows && (rows.length < memory.longestOf(path) || rows.length === 0)) {
    if (look !== undefined) memory.learnEnd(path, look.rows);
    return true;
  }
  if (shortLength === undefined) return false;
  const done = isFresh && hasRows ? await memory.mustLookBehind(path, shortLength) : () => {};
  if (done !== undefined) reading.look ??= { rows: shortLength, done };
  return done === undefined;
}
