import type {
  ConstDirectiveNode,
  DocumentNode,
  FieldDefinitionNode,
  ObjectTypeDefinitionNode,
} from 'graphql';
import { Kind } from 'graphql';
import { namedType } from '../mapping/names.ts';
import { guardingNodes, isGuard, objectTypesOf, type ObjectTypes } from './guards.ts';

/**
 * Finds the fields of an SDL for which nobody has decided who may read them, and decisions that cannot be meant: every
 * field of an object type is under a guard or `@open`.
 */
export function findUndecided(document: DocumentNode): string[] {
  const types = objectTypesOf(document);
  return [...types.values()].flatMap((type) => [
    ...checkType(type),
    ...(type.fields ?? []).flatMap((field) => checkField(types, type, field)),
  ]);
}

function checkType(type: ObjectTypeDefinitionNode): string[] {
  const name = type.name.value;
  if (!isOpen(type)) return [];
  if (isGuarded(type)) return [`${name} is both @open and under a guard.`];
  const guarded = (type.fields ?? []).filter(isGuarded).map((field) => field.name.value);
  if (guarded.length === 0 && name !== 'Query') return [];
  return [
    name === 'Query'
      ? 'Query cannot be @open as a whole: each of its fields needs a decision.'
      : `${name} cannot be @open as a whole, because of guards on ${guarded.join(', ')}: each other field needs a decision.`,
  ];
}

function checkField(
  types: ObjectTypes,
  type: ObjectTypeDefinitionNode,
  field: FieldDefinitionNode,
): string[] {
  const place = `${type.name.value}.${field.name.value}`;
  const isBehindGuard = guardingNodes(types, type, field).length > 0;
  if (!isBehindGuard && !isOpen(type) && !isOpen(field))
    return [
      `${place} has no decision on who may read it: put it under @requiresScopes or @authenticated, or mark it @open.`,
    ];
  if (isBehindGuard && isOpen(field)) return [`${place} is both @open and under a guard.`];
  // What is denied is null, and only that.
  const target = types.get(namedType(field.type));
  if (
    field.type.kind === Kind.NON_NULL_TYPE &&
    (isGuarded(field) || (target !== undefined && isGuarded(target)))
  )
    return [
      `${place} is under a guard and cannot be null: whoever may not read it would lose what is around it.`,
    ];
  return [];
}

interface Decided {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

function isOpen({ directives = [] }: Decided): boolean {
  return directives.some(({ name }) => name.value === 'open');
}

function isGuarded({ directives = [] }: Decided): boolean {
  return directives.some(isGuard);
}
