import { listStart } from '../../providers/kit/list-places.ts';
import type { ListPlace } from '../../providers/provider.ts';

/** How far a list over several sources has come. */
export interface ListPosition {
  /** By source; one that is not named has not been begun. */
  readonly reached: ReadonlyMap<string, ListPlace>;
  /** Sources of which nothing follows. */
  readonly finished: ReadonlySet<string>;
  /** Those of them whose list changed so that the place in it was lost. */
  readonly lost: ReadonlySet<string>;
}

export const noPosition: ListPosition = { reached: new Map(), finished: new Set(), lost: new Set() };

/** Where the list of a source goes on. */
export function placeIn({ reached }: ListPosition, source: string): ListPlace {
  return reached.get(source) ?? listStart;
}

export function copyPosition({ reached, finished, lost }: ListPosition): ListPosition {
  return { reached: new Map(reached), finished: new Set(finished), lost: new Set(lost) };
}
