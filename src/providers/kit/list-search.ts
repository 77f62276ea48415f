import type { AnyRow } from '../provider.ts';
import type { Stretch } from './list-places.ts';

/** Rows to ask for. */
export interface Window {
  readonly offset: number;
  readonly count: number;
}

/** Says where to look next for a place that is not in a stretch; undefined when nothing is left to look at. */
export type Search = (
  location: 'BEFORE' | 'BEHIND' | 'UNKNOWN',
  stretch: Pick<Stretch<AnyRow>, 'start' | 'rows'>,
) => Window | undefined;

/**
 * @param expected rows before the place when it was seen last
 * @param maxCount rows that can be asked for at once
 */
export function createSearch(expected: number, limit: number, maxCount: number): Search {
  // The place is behind the row at `low` and before the one at `high`, unless the list has changed since.
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  let step = Math.min(limit, maxCount) + 1;
  const around = windowsAround(expected, maxCount);

  return (location, { start, rows }) => {
    if (location === 'UNKNOWN') return around.next().value;
    if (location === 'BEFORE') [low, high] = [low < start ? low : 0, start];
    else {
      low = start + rows.length - 1;
      if (low >= high) high = Number.POSITIVE_INFINITY;
    }
    step *= 4;
    const offset = chooseOffset({ low, high, step, maxCount });
    const count = high === Number.POSITIVE_INFINITY ? step : high - offset + limit;
    return { offset, count: Math.min(count, maxCount) };
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
function* windowsAround(expected: number, count: number): Generator<Window, undefined> {
  const start = expected - Math.floor(count / 2);
  const width = Math.max(1, count - 1);
  for (let turn = 0; ; turn = turn < 0 ? -turn : -turn - 1) {
    const offset = start + turn * width;
    if (offset + count > 1) yield { offset: Math.max(0, offset), count };
    else if (turn < 0) continue;
  }
}
