import type { AnyRow, Provider } from '../../providers/provider.ts';
import type { GraphContext } from '../context.ts';
import { badUserInput } from '../errors.ts';
import { quoteInput } from '../ids.ts';
import { loadNode } from './load.ts';

interface Representation {
  readonly id: string;
}

/** Resolvers that say which type a record has, and that find it again for a gateway. */
export function createEntityResolvers(providers: readonly Provider[]): Record<string, object> {
  const customers = { __resolveType: typeOf };
  const types = providers.flatMap(({ customerType, nodeTypes }) => [customerType, ...Object.values(nodeTypes)]);
  return {
    Node: { __resolveType: typeOf },
    Customer: { ...customers, __resolveReference: resolveReference },
    ...Object.fromEntries(
      types.map((type) => [
        type,
        { __resolveReference: (reference: Representation, context: GraphContext) => resolveReferenceOf(type, reference, context) },
      ]),
    ),
  };
}

function typeOf({ kind, session }: AnyRow): string | undefined {
  const { customerType, nodeTypes } = session.source.provider;
  return kind === undefined ? customerType : nodeTypes[kind];
}

/** Async, because one reference resolver that throws at once costs a gateway all its entities. */
async function resolveReference({ id }: Representation, context: GraphContext): Promise<AnyRow | null> {
  return loadNode(id, context);
}

async function resolveReferenceOf(type: string, { id }: Representation, context: GraphContext): Promise<AnyRow | null> {
  const row = await loadNode(id, context);
  if (row === null || typeOf(row) === type) return row;
  throw badUserInput(`${quoteInput(id)} is the id of a ${typeOf(row)}: the representation says ${type}.`);
}
