import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { isIncluded } from '../providers/kit/references.ts';
import type { Selection } from '../providers/provider.ts';
import type { Denied } from './guards/access.ts';
import type { Graph } from './schema.ts';

/** The fragments of a document by name. */
export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

export function fragmentsOf(definitions: DocumentNode['definitions']): Fragments {
  return new Map(
    definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
}

export interface SelectedOperation {
  readonly operation: OperationDefinitionNode;
  readonly fragments: Fragments;
  /** As they were coerced, with the defaults that the operation declares. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The payload keys that an operation reads, wherever in it they are selected. Told for the whole operation, so
 * that all its calls for one kind of record ask for the same and can be one. What its caller may not read is not read.
 */
export type Select = (selected: SelectedOperation, denied: Denied | undefined) => Selection;

export function createSelector(graph: Graph): Select {
  /** Of operations that read the same whoever asks and with any variables. */
  const kept = new WeakMap<OperationDefinitionNode, ReadonlySet<string>>();

  function findKeys(selected: SelectedOperation, denied: Denied | undefined): ReadonlySet<string> {
    const known = denied === undefined ? kept.get(selected.operation) : undefined;
    if (known !== undefined) return known;
    const { keys, isConditional } = collectReads(graph, selected, denied);
    if (denied === undefined && !isConditional) kept.set(selected.operation, keys);
    return keys;
  }

  return (selected, denied) => {
    let keys: ReadonlySet<string> | undefined;
    return {
      reads(provider, shape, key) {
        keys ??= findKeys(selected, denied);
        return keys.has(`${provider}/${shape}.${key}`);
      },
    };
  };
}

interface PayloadKeys {
  readonly keys: ReadonlySet<string>;
  /** Whether anything is selected by `@skip` or `@include`. */
  readonly isConditional: boolean;
}

function collectReads(
  { schema, payloadReads, guards }: Graph,
  { operation, fragments, variables }: SelectedOperation,
  denied: Denied | undefined,
): PayloadKeys {
  const keys = new Set<string>();
  let isConditional = false;
  // Interfaces within interfaces would multiply the work with each.
  const visited = new Map<SelectionSetNode, Set<GraphQLNamedType>>();

  function visitSelections(set: SelectionSetNode, type: GraphQLNamedType): void {
    const types = visited.get(set) ?? new Set();
    if (types.has(type)) return;
    visited.set(set, types.add(type));
    for (const selection of set.selections) {
      if (selection.directives?.length !== 0) isConditional = true;
      if (isIncluded(selection, variables)) visitSelection(selection, type);
    }
  }

  function visitSelection(selection: SelectionNode, type: GraphQLNamedType): void {
    if (selection.kind === Kind.FIELD) return visitField(selection.name.value, selection.selectionSet, type);
    const node = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
    const narrowed = node?.typeCondition === undefined ? type : schema.getType(node.typeCondition.name.value);
    if (node !== undefined && narrowed !== undefined) visitSelections(node.selectionSet, narrowed);
  }

  function visitField(
    name: string,
    selectionSet: SelectionSetNode | undefined,
    type: GraphQLNamedType,
  ): void {
    for (const objectType of isAbstractType(type) ? schema.getPossibleTypes(type) : [type]) {
      const guard = guards.of(objectType.name, name);
      if (guard !== undefined && denied?.has(guard) === true) continue;
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
  return { keys, isConditional };
}
