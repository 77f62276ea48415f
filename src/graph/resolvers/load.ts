import type { AnyRow } from '../../providers/provider.ts';
import { sourcesOpenTo, type GraphContext } from '../context.ts';
import { badUserInput } from '../errors.ts';
import { parseGlobalId, quoteInput, refuseId } from '../ids.ts';

/**
 * The customer behind a global id; null when its source has none.
 *
 * @throws GraphQLError BAD_USER_INPUT for anything that is not the id of a customer of a configured source
 */
export async function loadCustomer(id: string, context: GraphContext): Promise<AnyRow | null> {
  const { session, kind, nativeId } = locate(id, context);
  if (kind === undefined) return session.loaders.customers.load(nativeId);
  const { noun } = session.source.provider.ids;
  throw badUserInput(
    `${quoteInput(id)} is the id of a ${quoteInput(kind)}: expected the id of a customer, "<source>:<${noun}>".`,
  );
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
  const { session, kind, nativeId } = locate(id, context);
  const { customerType, nodeTypes } = session.source.provider;
  if (kind === undefined) return { type: customerType, load: () => session.loaders.customers.load(nativeId) };
  const type = Object.hasOwn(nodeTypes, kind) ? nodeTypes[kind] : undefined;
  if (type === undefined) {
    const kinds = Object.keys(nodeTypes);
    throw badUserInput(
      `${quoteInput(id)} is of kind ${quoteInput(kind)}: of source "${session.source.name}" only customers${kinds.map((known) => ` and "${known}"`).join('')} can be fetched by id.`,
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

/** The parts of a global id, with this request's session at its source. */
function locate(id: string, context: GraphContext) {
  const { source, kind, nativeId } = parseGlobalId(id);
  const session = context.session(source);
  if (session !== undefined) {
    const { ids } = session.source.provider;
    if (ids.isId(nativeId)) return { session, kind, nativeId };
    throw refuseId(id, ids.noun);
  }
  throw badUserInput(
    `${quoteInput(id)} names the source "${source}": expected one of ${describeList(sourcesOpenTo(context).map(({ name }) => name))}.`,
  );
}

function describeList(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
