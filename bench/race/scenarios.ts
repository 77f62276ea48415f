import type { GraphqlRequest, Operations } from './operations.ts';
import { apis, customerCount } from './records.ts';
import type { UpstreamKind } from './upstream.ts';

/** How a contestant is set up: without a cache, or with one that keeps answers for a second. */
export type Setup = 'plain' | 'cached';

/** What the contestants are asked in one part of the race. */
export interface Scenario {
  readonly title: string;
  /** The ids of the customers that one operation is for; `turn` counts the operations. */
  idsAt(turn: number): readonly string[];
  /** Undefined where a contestant has nothing like it. */
  ask(operations: Operations, ids: readonly string[]): GraphqlRequest | undefined;
  /** Clients at the same time, each with one connection. */
  readonly clients: number;
  readonly upstream: UpstreamKind;
  readonly setup: Setup;
}

/** Ids of the APIs in turn, other ones for every turn. */
function takeIds(turn: number, count: number, from: readonly string[] = apis): readonly string[] {
  const perApi = Math.ceil(count / from.length);
  return Array.from({ length: count }, (_, index) => {
    const api = from[(turn + index) % from.length];
    return `${api}:${1 + ((turn * perApi + Math.floor(index / from.length)) % customerCount)}`;
  });
}

const one: Scenario = {
  title: 'one customer',
  idsAt: (turn) => takeIds(turn, 1),
  ask: (operations, [id = '']) => operations.customer(id),
  clients: 32,
  upstream: 'files',
  setup: 'plain',
};

/** So few customers that an answer kept for a second is of use. */
const hotCustomers = 99;
const hot: Scenario = {
  ...one,
  title: `one of ${hotCustomers} customers`,
  idsAt: (turn) => takeIds(turn % hotCustomers, 1),
};

const entities: Scenario = {
  title: '50 entities',
  idsAt: (turn) => takeIds(turn, 50),
  ask: (operations, ids) => operations.entities?.(ids),
  clients: 32,
  upstream: 'files',
  setup: 'plain',
};

/** In the order of the race: those with the same REST APIs and set-up follow each other. */
export const scenarios = {
  one,
  sixty: {
    ...one,
    title: '60 customers with contacts, addresses and sites',
    idsAt: (turn: number) => takeIds(turn, 60),
    ask: (operations: Operations, ids: readonly string[]) => operations.customers(ids),
  },
  'entities-50': entities,
  'entities-1000': {
    ...entities,
    title: '1,000 entities',
    idsAt: (turn: number) => takeIds(turn, 1_000),
    clients: 4,
  },
  lookups: {
    ...one,
    title: '50 customers of Sage 200 with four lookups each',
    idsAt: (turn: number) => takeIds(turn, 50, ['sage200']),
    ask: (operations: Operations, ids: readonly string[]) => operations.lookups?.(ids),
    upstream: 'filters',
  },
  list: {
    ...one,
    title: 'the first 100 customers of all APIs',
    idsAt: () => takeIds(0, 96),
    ask: (operations: Operations) => operations.list?.(),
    upstream: 'filters',
  },
  'slow-1': { ...one, clients: 1, upstream: 'slow' },
  'slow-32': { ...one, upstream: 'slow' },
  'slow-256': { ...one, clients: 256, upstream: 'slow' },
  'cached-entities-50': { ...entities, idsAt: (turn: number) => takeIds(turn % 6, 50), setup: 'cached' },
  'cached-1': { ...hot, clients: 1, upstream: 'slow', setup: 'cached' },
  'cached-32': { ...hot, upstream: 'slow', setup: 'cached' },
  'cached-256': { ...hot, clients: 256, upstream: 'slow', setup: 'cached' },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;

/** Of which kind the REST APIs are, in a reader's words. */
export const upstreamTitles: Readonly<Record<UpstreamKind, string>> = {
  files: 'REST APIs that answer at once',
  slow: 'REST APIs that take 50 ms',
  filters: 'REST APIs with lists, filters and lookups',
};
