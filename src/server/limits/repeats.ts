import type { SelectionSetNode } from 'graphql';
import { groupFields, selectionsWithin } from '../../graph/grouped-fields.ts';
import type { Fragments } from '../../graph/selection.ts';

/**
 * Counts fields that are selected again in the same place, as where fragments overlap. Validation compares all fields
 * of one place under one name with each other. The work grows with the selections, those of a fragment each time that it
 * is used: they must have been counted, and no fragment may be within itself.
 */
export function countRepeats(selectionSet: SelectionSetNode, fragments: Fragments): number {
  let repeats = 0;
  const countIn = (sets: readonly SelectionSetNode[]): void => {
    for (const fields of groupFields(sets, { fragments }).values()) {
      repeats += fields.length - 1;
      const below = selectionsWithin(fields);
      if (below.length > 0) countIn(below);
    }
  };
  countIn([selectionSet]);
  return repeats;
}
