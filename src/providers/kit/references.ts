import { Kind, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';
import { isIncluded } from './is-included.ts';
import { idOf } from './native-ids.ts';
import type { Loaders, Row, Session } from '../provider.ts';
import type { RecordLoader } from './record-loaders.ts';

/** Fields that the id alone answers. */
const keyFields: ReadonlySet<string> = new Set(['__typename', 'id', 'nativeId', 'source']);

/**
 * The record that an id in a payload points to; null where there is no id, or no record. Where only its id and
 * source are selected nothing is fetched: the id is taken at its word then.
 */
export async function loadReference<T extends { readonly id?: unknown }, L extends Loaders>(
  session: Session<L>,
  loader: RecordLoader<T, L>,
  key: T,
  info: GraphQLResolveInfo,
): Promise<Row<T, L> | null> {
  const id = idOf(key.id);
  if (id === null) return null;
  return selectsKeysOnly(info) ? { session, data: key, complete: () => loader.load(id) } : loader.load(id);
}

function selectsKeysOnly({ fieldNodes, fragments, variableValues }: GraphQLResolveInfo): boolean {
  const hasKeysOnly = ({ selections }: SelectionSetNode): boolean =>
    selections.every((selection) => {
      if (!isIncluded(selection, variableValues)) return true;
      if (selection.kind === Kind.FIELD) return keyFields.has(selection.name.value);
      if (selection.kind === Kind.INLINE_FRAGMENT) return hasKeysOnly(selection.selectionSet);
      const fragment = fragments[selection.name.value];
      return fragment !== undefined && hasKeysOnly(fragment.selectionSet);
    });
  return fieldNodes.every(({ selectionSet }) => selectionSet === undefined || hasKeysOnly(selectionSet));
}
