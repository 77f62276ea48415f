import {
  getArgumentValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isIntrospectionType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import type { Guard, Guards } from '../guards/guards.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** One field of a selection: what is the same each time that it is executed. */
export interface PlannedField<Complete> {
  readonly responseName: string;
  readonly field: GraphQLField<unknown, unknown>;
  readonly parentType: GraphQLObjectType;
  readonly nodes: readonly FieldNode[];
  /** What its readers need; undefined where it is open. */
  readonly guard: Guard | undefined;
  /** Whether it is a part of the schema's description of itself. */
  readonly isIntrospection: boolean;
  /** @throws GraphQLError when a variable does not fit */
  readonly readArguments: (variables: Variables) => Record<string, unknown>;
  /** What is selected of a value of this type. */
  readonly selectionOf: (type: GraphQLObjectType) => Selection<Complete>;
  /** Turns what the resolver gave into what is answered. */
  readonly complete: Complete;
}

/** The fields to execute of an object of one type, in their order. */
export type Selection<Complete> = readonly PlannedField<Complete>[];

/** @param field a planned field without what this makes */
export type CreateCompleter<Complete> = (field: Omit<PlannedField<Complete>, 'complete'>) => Complete;

export interface OperationPlan<Complete> {
  readonly operation: OperationDefinitionNode;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  /** The fields of the root, as `@skip` and `@include` leave them. */
  readonly selectionFor: (variables: Variables) => Selection<Complete>;
}

/** A schema, and what its fields need of those who read them. */
export interface GuardedSchema {
  readonly schema: GraphQLSchema;
  readonly guards: Guards;
}

/** More combinations of `@skip` and `@include` than this are planned anew each time. */
const mostCombinations = 16;

/**
 * Plans an operation: which fields are to be executed depends on types and on the variables of its `@skip` and
 * `@include` alone. Collecting them for each object anew is most of what graphql-js does for a list.
 */
export function planOperation<Complete>(
  { schema, guards }: GuardedSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  createCompleter: CreateCompleter<Complete>,
): OperationPlan<Complete> {
  const fragments = fragmentsOf(document);
  const conditions = conditionsOf(document);
  const selections = new Map<string, Selection<Complete>>();
  const rootType = schema.getRootType(operation.operation);

  function planRoot(variables: Variables): Selection<Complete> {
    if (!rootType) return [];
    const fields = collectFields(schema, fragments, variables, rootType, operation.selectionSet);
    const planning = { schema, guards, fragments, variables: pick(variables, conditions), createCompleter };
    return planFields(planning, rootType, fields);
  }

  return {
    operation,
    fragments,
    selectionFor(variables) {
      const key = conditions.map((name) => String(variables[name])).join();
      const known = selections.get(key);
      if (known !== undefined) return known;
      const planned = planRoot(variables);
      if (selections.size < mostCombinations) selections.set(key, planned);
      return planned;
    },
  };
}

interface Planning<Complete> extends GuardedSchema {
  readonly fragments: Record<string, FragmentDefinitionNode>;
  /** Those of `@skip` and `@include` alone: a plan outlives the request that it was made for. */
  readonly variables: Record<string, unknown>;
  readonly createCompleter: CreateCompleter<Complete>;
}

function planFields<Complete>(
  planning: Planning<Complete>,
  parentType: GraphQLObjectType,
  fields: ReadonlyMap<string, readonly FieldNode[]>,
): Selection<Complete> {
  return [...fields].flatMap(([responseName, nodes]) => {
    const [node] = nodes;
    const field = node === undefined ? undefined : findField(planning.schema, parentType, node.name.value);
    if (node === undefined || field === undefined) return [];
    const planned = {
      responseName,
      field,
      parentType,
      nodes,
      guard: planning.guards.of(parentType.name, field.name),
      isIntrospection:
        field === SchemaMetaFieldDef || field === TypeMetaFieldDef || isIntrospectionType(parentType),
      readArguments: createArgumentReader(field, node),
      selectionOf: createSubselection(planning, nodes),
    };
    return [{ ...planned, complete: planning.createCompleter(planned) }];
  });
}

function createSubselection<Complete>(
  planning: Planning<Complete>,
  nodes: readonly FieldNode[],
): PlannedField<Complete>['selectionOf'] {
  const { schema, fragments, variables } = planning;
  const byType = new Map<GraphQLObjectType, Selection<Complete>>();
  return (type) => {
    const known = byType.get(type);
    if (known !== undefined) return known;
    const planned = planFields(planning, type, collectSubfields(schema, fragments, variables, type, nodes));
    byType.set(type, planned);
    return planned;
  };
}

/** Arguments without variables are the same each time. */
function createArgumentReader(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
): PlannedField<unknown>['readArguments'] {
  if (field.args.length === 0) return () => noArguments;
  if (hasVariables(node)) return (variables) => getArgumentValues(field, node, variables);
  let known: Record<string, unknown> | undefined;
  return () => (known ??= Object.freeze(getArgumentValues(field, node)));
}

const noArguments: Record<string, unknown> = Object.freeze({});

function hasVariables({ arguments: given = [] }: FieldNode): boolean {
  let found = false;
  for (const argument of given) visit(argument, { [Kind.VARIABLE]: () => void (found = true) });
  return found;
}

function findField(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (type === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return type.getFields()[name];
}

function fragmentsOf({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> {
  // Without a prototype: a fragment may be called `constructor`.
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const node of definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node;
  return fragments;
}

/** The variables that decide what is selected, in the order of their names. */
function conditionsOf(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    [Kind.DIRECTIVE](node) {
      if (node.name.value !== GraphQLSkipDirective.name && node.name.value !== GraphQLIncludeDirective.name)
        return;
      for (const { value } of node.arguments ?? [])
        if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names].toSorted();
}

function pick(variables: Variables, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (name in variables ? [[name, variables[name]]] : [])));
}
