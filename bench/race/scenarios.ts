import type { GraphqlRequest, Operations } from './operations.ts';
import { apis, recordCount } from './records.ts';

/** What the contestants are asked in one part of the race. */
export interface Scenario {
  readonly title: string;
  /** The ids that one operation asks for; `turn` counts the operations. */
  idsAt(turn: number): readonly string[];
  ask(operations: Operations, ids: readonly string[]): GraphqlRequest;
  /** Clients at the same time, each with one connection. */
  readonly clients: number;
  /** How long the REST APIs wait before each answer. */
  readonly delayMs: number;
}

export type ScenarioName = 'one' | 'sixty';

/** Ids of the three APIs in turn, other ones for every turn. */
function takeIds(turn: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const api = apis[(turn + index) % apis.length];
    const nativeId =
      1 + ((turn * Math.ceil(count / apis.length) + Math.floor(index / apis.length)) % recordCount);
    return `${api}:${nativeId}`;
  });
}

export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  one: {
    title: 'one customer',
    idsAt: (turn) => takeIds(turn, 1),
    ask: (operations, [id = '']) => operations.customer(id),
    clients: 32,
    delayMs: 0,
  },
  sixty: {
    title: '60 customers with contacts, addresses and sites',
    idsAt: (turn) => takeIds(turn, 60),
    ask: (operations, ids) => operations.customers(ids),
    clients: 32,
    delayMs: 0,
  },
};
