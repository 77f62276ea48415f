import type { UpstreamError } from '../../rest/errors.ts';
import type { Row, SourceRequest } from '../provider.ts';
import { idOfFirst, nativeIdOf } from './native-ids.ts';

/** Times in turn that the same page may come, whatever is asked for. */
const mostTimes = 4;

/** Tells the pages of a list that is read from those of it that came before. */
export interface Repeats {
  /** To be told of each page. @throws UpstreamError when it came too often in turn */
  note(rows: Rows): void;
  /**
   * Whether the page noted last has the rows of one that was placed before, and may be that one.
   *
   * @param start rows before it
   * @throws UpstreamError where it began elsewhere then, and too many rows had to come or go for that
   */
  place(rows: Rows, start: number): boolean;
  /** The failure of a list that has the same page again and again. */
  failure(): UpstreamError;
}

type Rows = readonly (Row<object> | undefined)[];

export function createRepeats({ error }: Pick<SourceRequest, 'error'>): Repeats {
  /** Where pages began, by their first rows. */
  const starts = new Map<string, number>();
  /** The ids of the pages placed. */
  const contents = new Set<string>();
  let latest = '';
  let times = 0;
  const failure = () => error('UPSTREAM_BAD_RESPONSE', { reason: 'a list has the same page twice' });
  return {
    failure,
    note(rows) {
      const content = rows.map((row) => row && nativeIdOf(row)).join();
      times = content === latest ? times + 1 : 1;
      latest = content;
      if (rows.length > 0 && times >= mostTimes) throw failure();
    },
    place(rows, start) {
      const first = idOfFirst(rows);
      const known = (first === undefined ? undefined : starts.get(first)) ?? start;
      if (rows.length >= 3 && Math.abs(known - start) >= rows.length - 1) throw failure();
      if (first !== undefined) starts.set(first, start);
      const isAgain = rows.length > 0 && contents.has(latest);
      contents.add(latest);
      return isAgain;
    },
  };
}
