import type { AnyRow } from '../../providers/provider.ts';
import type { GraphContext } from '../context.ts';
import { badUserInput } from '../errors.ts';
import { parseGlobalId, quoteInput } from '../ids.ts';

/**
 * The customer behind a global id; null when its source has none.
 *
 * @throws GraphQLError BAD_USER_INPUT for anything that is not the id of a customer of a configured source
 */
export async function loadCustomer(id: string, context: GraphContext): Promise<AnyRow | null> {
  const { source, kind, nativeId } = parseGlobalId(id);
  if (kind !== undefined)
    throw badUserInput(
      `${quoteInput(id)} is the id of a ${quoteInput(kind)}: expected the id of a customer, "<source>:<number>".`,
    );
  return openSession(source, id, context).loaders.customers.load(nativeId);
}

/**
 * The record behind a global id of any kind; null when its source has none.
 *
 * @throws GraphQLError BAD_USER_INPUT for anything that is not an id of a configured source
 */
export async function loadNode(id: string, context: GraphContext): Promise<AnyRow | null> {
  return locateNode(id, context).load();
}

/** Where the record of a global id is kept; nothing is fetched yet. */
export interface NodePlace {
  /** The GraphQL type that the record has, if it exists. */
  readonly type: string;
  load(): Promise<AnyRow | null>;
}

/** @throws GraphQLError BAD_USER_INPUT for anything that is not an id of a configured source */
export function locateNode(id: string, context: GraphContext): NodePlace {
  const { source, kind, nativeId } = parseGlobalId(id);
  const session = openSession(source, id, context);
  const { customerType, nodeTypes } = session.source.provider;
  if (kind === undefined) return { type: customerType, load: () => session.loaders.customers.load(nativeId) };
  const type = Object.hasOwn(nodeTypes, kind) ? nodeTypes[kind] : undefined;
  if (type === undefined) {
    const kinds = Object.keys(nodeTypes);
    throw badUserInput(
      `${quoteInput(id)} is of kind ${quoteInput(kind)}: of source "${source}" only customers${kinds.map((known) => ` and "${known}"`).join('')} can be fetched by id.`,
    );
  }
  return {
    type,
    async load() {
      const row = await session.loadNode(kind, nativeId);
      return row === null ? null : { ...row, kind };
    },
  };
}

function openSession(source: string, id: string, context: GraphContext) {
  const session = context.session(source);
  if (session !== undefined) return session;
  throw badUserInput(
    `${quoteInput(id)} names the source "${source}": expected one of ${describeList([...context.sources.keys()])}.`,
  );
}

function describeList(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
