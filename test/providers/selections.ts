import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  type GraphQLSchema,
} from 'graphql';

export interface SelectionOptions {
  /** Objects within objects. */
  readonly depth: number;
  /** The leaf fields to select; all by default. */
  readonly only?: readonly string[];
}

/** A selection of the fields of a type and of the types below it, as far as they need no argument. */
export function selectFields(
  schema: GraphQLSchema,
  typeName: string,
  { depth, only }: SelectionOptions,
): string {
  const type = schema.getType(typeName);
  if (!isObjectType(type) && !isInterfaceType(type)) throw new TypeError(`${typeName} has no fields`);
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type);
    if (field.args.some(isRequiredArgument)) return [];
    if (!isCompositeType(inner)) return only === undefined || only.includes(field.name) ? [field.name] : [];
    return depth === 0
      ? []
      : [`${field.name} ${selectFields(schema, inner.name, { depth: depth - 1, ...(only && { only }) })}`];
  });
  return `{ __typename ${fields.join(' ')} }`;
}

/** Every object of an answer, at whatever depth. */
export function collectObjects(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(collectObjects);
  if (typeof value !== 'object' || value === null) return [];
  return [{ ...value }, ...Object.values(value).flatMap(collectObjects)];
}
