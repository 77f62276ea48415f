import { Kind, type TypeNode } from 'graphql';
import type { PayloadProperty, PayloadShapes } from './json-schema.ts';
import { namedType } from './names.ts';

/** Types of the SDL that nothing leads to. */
export function describeUnmapped(
  definitions: ReadonlyMap<string, { kind: Kind }>,
  types: ReadonlyMap<string, unknown>,
): string[] {
  return [...definitions]
    .filter(([name, node]) => node.kind === Kind.OBJECT_TYPE_DEFINITION && !types.has(name))
    .map(
      ([name]) =>
        `The type ${name} stands for no object of the JSON Schema: no $defs entry has its name and no field leads to it.`,
    );
}

/** Keys of the JSON Schema that no field is made of. */
export function describeUnreached(shapes: PayloadShapes, reached: ReadonlySet<string>): string[] {
  return [...shapes].flatMap(([shape, properties]) =>
    [...properties.keys()]
      .filter((key) => !reached.has(`${shape}.${key}`))
      .map((key) => `The JSON Schema's $defs/${shape} has "${key}", which no field of the SDL exposes.`),
  );
}

const jsonTypesOfScalars: Readonly<Record<string, readonly string[]>> = {
  ID: ['string', 'integer'],
  String: ['string'],
  Int: ['integer'],
  Float: ['number', 'integer'],
  Decimal: ['number', 'integer'],
  Boolean: ['boolean'],
  Date: ['string'],
  DateTime: ['string'],
  LocalDateTime: ['string'],
};

/** Why a field cannot be read from a property; nothing when it can. */
export function describeMismatch(type: TypeNode, { types }: PayloadProperty, place: string): string[] {
  const isList = unwrapNonNull(type).kind === Kind.LIST_TYPE;
  if (isList !== types.includes('array')) {
    return [`${place} is ${isList ? 'a' : 'no'} list, but the JSON Schema has ${types.join(' or ')} there.`];
  }
  const expected = jsonTypesOfScalars[namedType(type)];
  if (
    isList ||
    (expected === undefined ? types.includes('object') : types.every((name) => expected.includes(name)))
  )
    return [];
  return [`${place} is a ${namedType(type)}, which cannot be read from ${types.join(' or ')}.`];
}

function unwrapNonNull(type: TypeNode): TypeNode {
  return type.kind === Kind.NON_NULL_TYPE ? type.type : type;
}
