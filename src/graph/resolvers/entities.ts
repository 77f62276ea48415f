import type { GraphQLFieldResolver } from 'graphql';
import type { AnyRow, Provider } from '../../providers/provider.ts';
import { isJsonObject } from '../../rest/json.ts';
import type { GraphContext } from '../context.ts';
import { badUserInput } from '../errors.ts';
import { quoteInput } from '../ids.ts';
import { loadCustomer, locateNode } from './load.ts';

/** Finds the record that a gateway refers to by its type and key. */
type ReferenceResolver = (id: string, context: GraphContext) => Promise<AnyRow | null>;

type EntitiesResolver = GraphQLFieldResolver<
  unknown,
  GraphContext,
  { readonly representations: readonly unknown[] }
>;

/** Resolvers that say which type a record has. */
export const typeResolvers = {
  Node: { __resolveType: typeOf },
  Customer: { __resolveType: typeOf },
  _Entity: { __resolveType: typeOf },
};

/**
 * `Query._entities`: finds records again for a gateway. All references are looked up at once, so that each source
 * makes one pass of them, and each fails for itself. The library's own resolver would let a reference to an unknown
 * type cost the gateway all the others.
 */
export function createEntitiesResolver(providers: readonly Provider[]): EntitiesResolver {
  const resolvers = createReferenceResolvers(providers);
  return (_root, { representations }, context) =>
    representations.map((reference) => resolveReference(reference, resolvers, context));
}

function createReferenceResolvers(providers: readonly Provider[]): ReadonlyMap<string, ReferenceResolver> {
  const types = providers.flatMap(({ customerType, nodeTypes }) => [
    customerType,
    ...Object.values(nodeTypes),
  ]);
  return new Map<string, ReferenceResolver>([
    // What a subgraph with `Customer` as an interface object knows of a customer: the id, not the type.
    ['Customer', loadCustomer],
    ...types.map(
      (type) => [type, (id: string, context: GraphContext) => loadNodeOf(type, id, context)] as const,
    ),
  ]);
}

async function resolveReference(
  reference: unknown,
  resolvers: ReadonlyMap<string, ReferenceResolver>,
  context: GraphContext,
): Promise<AnyRow | null> {
  const { __typename: type, id } = isJsonObject(reference) ? reference : {};
  const resolve = typeof type === 'string' ? resolvers.get(type) : undefined;
  if (resolve === undefined) {
    throw badUserInput(
      `A representation has ${describe(type)} as __typename: expected one of ${[...resolvers.keys()].join(', ')}.`,
    );
  }
  if (typeof id !== 'string')
    throw badUserInput(`A representation of ${describe(type)} has ${describe(id)} as id: expected a string.`);
  return resolve(id, context);
}

/** A record of another type than the gateway thinks would be taken for one that it is not. */
async function loadNodeOf(type: string, id: string, context: GraphContext): Promise<AnyRow | null> {
  const place = locateNode(id, context);
  if (place.type !== type)
    throw badUserInput(
      `${quoteInput(id)} is the id of type ${place.type}, but the representation says ${type}.`,
    );
  return place.load();
}

function typeOf({ kind, at }: AnyRow): string | undefined {
  const { customerType, nodeTypes } = at.source.provider;
  return kind === undefined ? customerType : nodeTypes[kind];
}

/** Not what is in an object: it may be as large as a request, and deeper than can be written. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return quoteInput(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : quoteInput(JSON.stringify(value));
}
