import {
  getNamedType,
  getVariableValues,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { isIncluded } from '../providers/kit/is-included.ts';
import type { Selection } from '../providers/provider.ts';
import type { PayloadReads } from './schema.ts';

export interface SelectedOperation {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The payload keys that an operation reads, wherever in it they are selected. Told for the whole operation, so
 * that all its calls for one kind of record ask for the same and can be one.
 */
export function createSelection(
  schema: GraphQLSchema,
  payloadReads: PayloadReads,
  selected: SelectedOperation,
): Selection {
  let keys: ReadonlySet<string> | undefined;
  return {
    reads(provider, shape, key) {
      keys ??= collectReads(schema, payloadReads, selected);
      return keys.has(`${provider}/${shape}.${key}`);
    },
  };
}

function collectReads(
  schema: GraphQLSchema,
  payloadReads: PayloadReads,
  { operation, fragments, variables }: SelectedOperation,
): Set<string> {
  const keys = new Set<string>();
  // With the defaults that the operation declares; variables that are wrong end it before anything is read.
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  const visitedFragments = new Set<string>();

  function visitSelections({ selections }: SelectionSetNode, type: GraphQLNamedType): void {
    for (const selection of selections) {
      if (isIncluded(selection, coerced)) visitSelection(selection, type);
    }
  }

  function visitSelection(selection: SelectionNode, type: GraphQLNamedType): void {
    if (selection.kind === Kind.FIELD) return visitField(selection.name.value, selection.selectionSet, type);
    const isSpread = selection.kind === Kind.FRAGMENT_SPREAD;
    if (isSpread && visitedFragments.has(selection.name.value)) return;
    if (isSpread) visitedFragments.add(selection.name.value);
    const node = isSpread ? fragments.get(selection.name.value) : selection;
    const narrowed = node?.typeCondition === undefined ? type : schema.getType(node.typeCondition.name.value);
    if (node !== undefined && narrowed !== undefined) visitSelections(node.selectionSet, narrowed);
  }

  function visitField(
    name: string,
    selectionSet: SelectionSetNode | undefined,
    type: GraphQLNamedType,
  ): void {
    for (const objectType of isAbstractType(type) ? schema.getPossibleTypes(type) : [type]) {
      for (const key of payloadReads.get(`${objectType.name}.${name}`) ?? []) keys.add(key);
      // A type that narrows an interface's field (`[ElevateAddress]` for `[Address]`) has children of its own.
      const field =
        isObjectType(objectType) || isInterfaceType(objectType) ? objectType.getFields()[name] : undefined;
      const fieldType = field === undefined ? undefined : getNamedType(field.type);
      if (selectionSet !== undefined && isCompositeType(fieldType)) visitSelections(selectionSet, fieldType);
    }
  }

  const root = schema.getRootType(operation.operation);
  if (root) visitSelections(operation.selectionSet, root);
  return keys;
}
