import { Kind, type FieldNode, type SelectionSetNode } from 'graphql';
import { isIncluded } from '../providers/kit/references.ts';
import type { Fragments } from './selection.ts';

export interface Grouping {
  readonly fragments: Fragments;
  /** Of the operation, to leave out what `@skip` and `@include` do. Without them everything counts. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The fields of one place by the names that they have in the answer, whatever the fragments in which they are. */
export function groupFields(
  sets: readonly SelectionSetNode[],
  { fragments, variables }: Grouping,
): Map<string, FieldNode[]> {
  const groups = new Map<string, FieldNode[]>();
  const used = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const node of selections) {
      if (variables !== undefined && !isIncluded(node, variables)) continue;
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

/** What is selected within some fields of one place. */
export function selectionsWithin(fields: readonly FieldNode[]): SelectionSetNode[] {
  return fields.flatMap(({ selectionSet }) => selectionSet ?? []);
}
