import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Row } from '../provider.ts';
import type { FieldCall } from './fields.ts';
import type { RecordLoader } from './record-loaders.ts';

/** Fields that the id alone answers. */
const keyFields: ReadonlySet<string> = new Set(['__typename', 'id', 'nativeId', 'source']);

/**
 * The record that an id in a payload points to; null where there is no id, or no record. Where only its id and
 * source are selected, or what the caller may not read, nothing is fetched: the id is taken at its word then.
 *
 * @param key what is known of the record: its id
 * @param idKey the key that such records have their id under
 */
export async function loadReference<T extends object>(
  field: FieldCall,
  loader: RecordLoader<T>,
  key: T,
  idKey = field.at.ids.key,
): Promise<Row<T> | null> {
  const { at } = field;
  const own = idKey === at.ids.key ? at : { ...at, ids: at.ids.under(idKey) };
  const id = own.ids.of(key);
  if (id === undefined) return null;
  return needsKeysOnly(field) ? { at: own, data: key, complete: () => loader.load(id) } : loader.load(id);
}

/** The record with an id in a payload; null where there is no id, or no record. */
export async function loadById<T extends object>(
  { at }: FieldCall,
  loader: RecordLoader<T>,
  id: unknown,
): Promise<Row<T> | null> {
  const nativeId = at.ids.read(id);
  return nativeId === null ? null : loader.load(nativeId);
}

/** What the caller may not read is not needed. */
function needsKeysOnly(field: FieldCall): boolean {
  const { fieldNodes, fragments, variableValues } = field.info;
  const isKnown = (name: string) => keyFields.has(name) || !field.mayRead(name);
  const hasKeysOnly = ({ selections }: SelectionSetNode): boolean =>
    selections.every((selection) => {
      if (!isIncluded(selection, variableValues)) return true;
      if (selection.kind === Kind.FIELD) return isKnown(selection.name.value);
      if (selection.kind === Kind.INLINE_FRAGMENT) return hasKeysOnly(selection.selectionSet);
      const fragment = fragments[selection.name.value];
      return fragment !== undefined && hasKeysOnly(fragment.selectionSet);
    });
  return fieldNodes.every(({ selectionSet }) => selectionSet === undefined || hasKeysOnly(selectionSet));
}

/** Whether a part of an operation is selected, as far as its own `@skip` and `@include` say. */
export function isIncluded(node: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] !== false;
}
