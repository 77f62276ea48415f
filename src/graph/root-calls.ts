import { getArgumentValues, type GraphQLSchema } from 'graphql';
import type { Source } from '../providers/provider.ts';
import { isJsonObject } from '../rest/json.ts';
import { groupFields } from './grouped-fields.ts';
import { readGlobalId } from './ids.ts';
import { filterNames } from './lists/filter.ts';
import { maxIds } from './resolvers/query.ts';
import type { SelectedOperation } from './selection.ts';
import type { Sources } from './sources.ts';

/** What an operation asks for at its top. */
export interface RootDemand {
  /** The least REST calls that this takes, known from the operation and its variables alone. */
  readonly calls: number;
  /** References in `_entities`. */
  readonly references: number;
}

/**
 * Counts what an operation asks for at its top: customers by their ids, as many in a call as their source takes, other
 * records, and a call of each source for each list. What is asked for twice counts once; a malformed id, for nothing.
 */
export function countRootDemand(
  schema: GraphQLSchema,
  sources: Sources,
  { operation, fragments, variables }: SelectedOperation,
): RootDemand {
  const customers = new Map<Source, Set<string>>();
  const others = new Set<string>();
  let references = 0;

  function addId(id: unknown): void {
    const { source: name = '', kind, nativeId = '' } = readGlobalId(id) ?? {};
    const source = sources.get(name);
    if (source?.provider.ids.isId(nativeId) !== true) return;
    if (kind !== undefined) return void others.add(`${name}:${kind}:${nativeId}`);
    const ids = customers.get(source) ?? new Set();
    customers.set(source, ids.add(nativeId));
  }

  function addLists(key: string, names: unknown, filter: Arguments): void {
    for (const { name, listing } of sources.values()) {
      const isAsked = !Array.isArray(names) || names.includes(name);
      if (listing === undefined || !isAsked) continue;
      const isNarrowable = filterNames.every(
        (given) => !isGiven(filter[given]) || listing.unsupportedFilters[given] === undefined,
      );
      if (isNarrowable) others.add(`${name} ${key} ${JSON.stringify(filter)}`);
    }
  }

  function addField(name: string, given: Arguments): void {
    switch (name) {
      case 'customer':
      case 'node':
        return addId(given['id']);
      case 'customersByIds': {
        const ids = listOf(given['ids']);
        return ids.length > maxIds ? undefined : ids.forEach(addId);
      }
      case '_entities': {
        const representations = listOf(given['representations']);
        references += representations.length;
        return representations.forEach((reference) => isJsonObject(reference) && addId(reference['id']));
      }
      case 'customers': {
        const { sources: names, ...filter } = isJsonObject(given['filter']) ? given['filter'] : {};
        // Behind a cursor there may be sources of which nothing is left.
        return isGiven(given['after']) ? undefined : addLists('', names, filter);
      }
      case 'search':
        return addLists('search', given['sources'], { name: given['text'] });
    }
  }

  const fields = schema.getQueryType()?.getFields() ?? {};
  for (const [node] of groupFields([operation.selectionSet], { fragments, variables }).values()) {
    const field = fields[node?.name.value ?? ''];
    if (node !== undefined && field !== undefined)
      addField(field.name, getArgumentValues(field, node, variables));
  }
  const batches = [...customers].map(([{ provider }, ids]) =>
    Math.ceil(ids.size / provider.capabilities.customersPerCall),
  );
  return { calls: batches.reduce((sum, count) => sum + count, others.size), references };
}

type Arguments = Readonly<Record<string, unknown>>;

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
