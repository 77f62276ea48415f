import { idOfFirst } from '../../providers/kit/native-ids.ts';
import type { ListPage } from '../../providers/provider.ts';

/** How far a list over several sources has come. */
export interface ListPosition {
  /** By source; one that is not named has not been begun. */
  readonly reached: ReadonlyMap<string, SourcePosition>;
  /** Sources whose last row is passed. */
  readonly finished: ReadonlySet<string>;
}

/** How far the list of one source has come. */
export interface SourcePosition {
  /** Rows passed. */
  readonly offset: number;
  /** The native id of the first row of its list; null where that has none. No later page may begin with it. */
  readonly firstId: string | null;
}

export const sourceStart: SourcePosition = { offset: 0, firstId: null };

export const listStart: ListPosition = { reached: new Map(), finished: new Set() };

/** The position behind some rows. */
export function advance({ offset, firstId }: SourcePosition, rows: ListPage['rows']): SourcePosition {
  const found = offset === 0 ? idOfFirst(rows.map((listed) => listed?.row)) : undefined;
  return { offset: offset + rows.length, firstId: found ?? firstId };
}
