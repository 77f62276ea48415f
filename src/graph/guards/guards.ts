import {
  Kind,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLError,
  type ObjectTypeDefinitionNode,
} from 'graphql';
import { forbidden } from '../errors.ts';
import { namedType } from '../mapping/names.ts';

/** What a caller has to bring to read a field, as the SDL says; equal guards are one object. */
export interface Guard {
  /** Of each a caller needs all scopes of one set. None: a caller only has to be known. */
  readonly requirements: readonly ScopeSets[];
  /** What those get who do not bring it, without a place. */
  readonly denial: GraphQLError;
}

export type ScopeSets = readonly (readonly string[])[];

export interface Guards {
  /** The guard of a field of an object type; undefined where everybody may read it who is let in. */
  of(type: string, field: string): Guard | undefined;
  /** The guards of fields within each other, from one of an object type on. */
  along(type: string, fields: readonly string[]): readonly Guard[];
  /** Each one. */
  readonly all: readonly Guard[];
}

/** Of a schema in which everything is open. */
export const noGuards: Guards = { of: () => undefined, along: () => [], all: [] };

/**
 * Reads the guards of an SDL. What stands on a type holds for its fields, and for the fields that lead to it: what
 * nothing may be read of is not fetched.
 */
export function createGuards(document: DocumentNode): Guards {
  const types = objectTypesOf(document);
  const known = new Map<string, Guard>();
  const byField = new Map<string, Guard>();
  for (const type of types.values()) {
    for (const field of type.fields ?? []) {
      const guarded = guardingNodes(types, type, field);
      const requirements = guarded.flatMap(readRequirements);
      if (guarded.length === 0) continue;
      const key = JSON.stringify([...new Set(requirements.map((sets) => JSON.stringify(sets)))].toSorted());
      const guard = known.get(key) ?? createGuard(requirements);
      known.set(key, guard);
      byField.set(`${type.name.value}.${field.name.value}`, guard);
    }
  }
  const of: Guards['of'] = (type, field) => byField.get(`${type}.${field}`);
  const along: Guards['along'] = (type, [name, ...inner]) => {
    const field = types.get(type)?.fields?.find((candidate) => candidate.name.value === name);
    if (name === undefined || field === undefined) return [];
    const guard = of(type, name);
    const rest = along(namedType(field.type), inner);
    return guard === undefined ? rest : [guard, ...rest];
  };
  return { of, along, all: [...known.values()] };
}

export type ObjectTypes = ReadonlyMap<string, ObjectTypeDefinitionNode>;

export function objectTypesOf({ definitions }: DocumentNode): ObjectTypes {
  return new Map(
    definitions.flatMap((node) =>
      node.kind === Kind.OBJECT_TYPE_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
}

/** The guards that hold for a field: its own, its type's and that of the type it leads to. */
export function guardingNodes(
  types: ObjectTypes,
  type: ObjectTypeDefinitionNode,
  field: FieldDefinitionNode,
): ConstDirectiveNode[] {
  return [field, type, types.get(namedType(field.type))].flatMap((node) =>
    (node?.directives ?? []).filter(isGuard),
  );
}

export const guardNames = ['authenticated', 'requiresScopes'] as const;

export function isGuard({ name }: Pick<ConstDirectiveNode, 'name'>): boolean {
  return guardNames.some((guard) => guard === name.value);
}

export function isScopeGuard({ name }: Pick<ConstDirectiveNode, 'name'>): boolean {
  return name.value === 'requiresScopes';
}

function readRequirements(directive: ConstDirectiveNode): ScopeSets[] {
  if (!isScopeGuard(directive)) return [];
  const value = directive.arguments?.find(({ name }) => name.value === 'scopes')?.value;
  const sets = value?.kind === Kind.LIST ? value.values : [];
  return [
    sets.map((set) =>
      set.kind === Kind.LIST
        ? set.values.flatMap((scope) => (scope.kind === Kind.STRING ? [scope.value] : []))
        : [],
    ),
  ];
}

function createGuard(requirements: readonly ScopeSets[]): Guard {
  const wanted = requirements.map((sets) => sets.map((set) => set.join(' and ')).join(' or ')).join(', ');
  const message =
    requirements.length === 0
      ? 'This field needs a token.'
      : `This field needs a token with the scope ${wanted}.`;
  return { requirements, denial: forbidden(message) };
}
