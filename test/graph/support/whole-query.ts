import {
  buildClientSchema,
  getIntrospectionQuery,
  getNamedType,
  isObjectType,
  isRequiredArgument,
  type GraphQLSchema,
} from 'graphql';
import type { IntrospectionQuery } from 'graphql';
import type { TestProduct } from '../../support/product.ts';

/** The schema that a running server publishes. */
export async function readPublishedSchema(product: TestProduct): Promise<GraphQLSchema> {
  const { text } = await product.query(getIntrospectionQuery());
  const { data }: { data: IntrospectionQuery } = JSON.parse(text);
  return buildClientSchema(data);
}

/** How often a type may stand inside itself: a head office is a customer in a customer. */
const maxNesting = 2;

/** Selects every field of a type, and of the types below it; all but its source, which no payload has. */
export function selectEverything(
  schema: GraphQLSchema,
  typeName: string,
  outer: readonly string[] = [],
): string {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new TypeError(`${typeName} is no object type`);
  const within = [...outer, typeName];
  const selections = Object.values(type.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type);
    if (field.args.some(isRequiredArgument) || inner.name === 'Source') return [];
    if (!isObjectType(inner)) return [field.name];
    const isDeepEnough = within.filter((name) => name === inner.name).length >= maxNesting;
    return isDeepEnough ? [] : [`${field.name} ${selectEverything(schema, inner.name, within)}`];
  });
  return `{ __typename ${selections.join(' ')} }`;
}
