import { Kind, type FieldNode, type SelectionSetNode } from 'graphql';
import type { Fragments } from '../../graph/selection.ts';

/**
 * Counts fields that are selected again in the same place, as where fragments overlap. Validation compares all fields
 * of one place under one name with each other. The work grows with the selections, those of a fragment each time that it
 * is used: they must have been counted, and no fragment may be within itself.
 */
export function countRepeats(selectionSet: SelectionSetNode, fragments: Fragments): number {
  let repeats = 0;
  const countIn = (sets: readonly SelectionSetNode[]): void => {
    for (const fields of groupFields(sets, fragments).values()) {
      repeats += fields.length - 1;
      const below = fields.flatMap((field) => field.selectionSet ?? []);
      if (below.length > 0) countIn(below);
    }
  };
  countIn([selectionSet]);
  return repeats;
}

/** The fields of one place by the names that they have in the answer, whatever the fragments in which they are. */
function groupFields(sets: readonly SelectionSetNode[], fragments: Fragments): Map<string, FieldNode[]> {
  const groups = new Map<string, FieldNode[]>();
  const used = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const node of selections) {
      if (node.kind === Kind.FIELD) {
        const name = (node.alias ?? node.name).value;
        const group = groups.get(name);
        if (group === undefined) groups.set(name, [node]);
        else group.push(node);
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        collect(node.selectionSet);
      } else if (!used.has(node.name.value)) {
        used.add(node.name.value);
        const fragment = fragments.get(node.name.value);
        if (fragment !== undefined) collect(fragment.selectionSet);
      }
    }
  };
  sets.forEach(collect);
  return groups;
}
