import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestProduct } from '../../support/product.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { ask, type Stub } from './leaving.ts';

type Answer = (response: ServerResponse, count: number) => void;

/** Something that happens, and the counter that it moves. */
export interface CounterCase {
  readonly what: string;
  /** How the source answers; good customers by default. */
  readonly answer?: Answer;
  readonly settings?: object;
  readonly server?: object;
  /** What is done; one customer is asked for by default. */
  readonly act?: (product: TestProduct, stub: Stub) => Promise<unknown>;
  readonly counter: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly count?: number;
}

export const source = { source: 'elevate' };
export const askFor = (product: TestProduct, id = 1) =>
  product.query(`{ customer(id: "elevate:${id}") { name } }`);
const json = { 'content-type': 'application/json' };

export const good: Answer = (response) => {
  const id = Number(/\d+$/.exec(response.req.url ?? '')?.[0]);
  response.writeHead(200, { ...json, etag: '"1"' }).end(JSON.stringify({ id, customerName: 'North' }));
};
export const status =
  (code: number, headers = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end();
const silent: Answer = () => {};
const goodAtFirst =
  (later: Answer): Answer =>
  (response, count) =>
    count === 1 ? good(response, count) : later(response, count);

/** Asks for several customers, one after the other. */
const askInTurn = (count: number) => async (product: TestProduct) => {
  for (let id = 1; id <= count; id += 1) await askFor(product, id);
};
/** Asks again when the answer has just become stale. */
const askAgainLater = async (product: TestProduct) => {
  await askFor(product);
  await sleep(1_050);
  await askFor(product);
};

const outcomes: readonly (readonly [outcome: string, answer: Answer, settings?: object])[] = [
  ['OK', good],
  ['NOT_FOUND', status(404)],
  ['UPSTREAM_TIMEOUT', silent, { timeoutMs: 100 }],
  ['UPSTREAM_UNAVAILABLE', status(503, { 'retry-after': '3600' })],
  ['UPSTREAM_RATE_LIMITED', status(429)],
  ['UPSTREAM_UNAUTHORIZED', status(401)],
  ['UPSTREAM_FORBIDDEN', status(403)],
  ['UPSTREAM_REJECTED', status(422)],
  ['UPSTREAM_BAD_RESPONSE', status(302)],
];

const calls: readonly CounterCase[] = [
  ...outcomes.map(([outcome, answer, settings = {}]) => ({
    what: `a call with the outcome ${outcome}`,
    answer,
    settings,
    counter: 'upstream_calls_total',
    labels: { ...source, outcome },
  })),
  ...outcomes
    .filter(([outcome]) => outcome.startsWith('UPSTREAM'))
    .map(([code, answer, settings = {}]) => ({
      what: `an error with the code ${code}`,
      answer,
      settings,
      counter: 'errors_total',
      labels: { ...source, code },
    })),
  {
    what: 'a call that finds nothing new',
    answer: goodAtFirst((response) => void response.writeHead(304).end()),
    settings: { cache: { customersSeconds: 1 } },
    act: askAgainLater,
    counter: 'upstream_calls_total',
    labels: { ...source, outcome: 'NOT_MODIFIED' },
  },
  {
    what: 'a call that its client has left',
    answer: silent,
    async act(product, stub) {
      const operation = ask(product, 'elevate:1');
      await waitUntil(() => stub.calls.length === 1);
      operation.leave();
      await waitUntil(() => stub.closedAtMs.length === 1);
      await sleep(50);
    },
    counter: 'upstream_calls_total',
    labels: { ...source, outcome: 'ABORTED' },
  },
  { what: 'the time of a call', counter: 'upstream_call_seconds_count', labels: source },
  {
    what: 'a call that is made again',
    answer: status(503),
    counter: 'upstream_retries_total',
    labels: source,
  },
];

function refusal(by: string, more: Partial<CounterCase>): CounterCase {
  return {
    ...more,
    what: `a call that is refused: ${by}`,
    counter: 'upstream_refusals_total',
    labels: { ...source, by },
  };
}

const refusals: readonly CounterCase[] = [
  refusal('breaker', {
    answer: status(500),
    settings: { breaker: { minCalls: 1 } },
    act: askInTurn(3),
    count: 2,
  }),
  refusal('quota', { settings: { quota: { calls: 1, perMs: 3_600_000 } }, act: askInTurn(3), count: 2 }),
  refusal('hold', { answer: status(429, { 'retry-after': '3600' }), act: askInTurn(3), count: 2 }),
  refusal('queue', {
    answer: silent,
    settings: { maxConcurrency: 1, maxQueued: 0, timeoutMs: 300 },
    act: (product) => Promise.all([askFor(product, 1), askFor(product, 2)]),
  }),
];

function sharing(from: string, more: Partial<CounterCase>): CounterCase {
  const what = `an answer without a call of its own: ${from}`;
  return { ...more, what, counter: 'upstream_answers_shared_total', labels: { ...source, from } };
}

const shared: readonly CounterCase[] = [
  sharing('cache', {
    settings: { cache: { customersSeconds: 60 } },
    act: (product) => askFor(product).then(() => askFor(product)),
  }),
  sharing('stale', {
    answer: goodAtFirst((response) => void response.writeHead(500).end()),
    settings: { cache: { customersSeconds: 1, staleIfErrorSeconds: 60 } },
    act: askAgainLater,
  }),
  sharing('flight', {
    answer: (response, count) => void setTimeout(() => good(response, count), 300),
    act: (product) => Promise.all([askFor(product), askFor(product)]),
  }),
];

function overload(counted: Pick<CounterCase, 'counter' | 'labels'>): CounterCase {
  return {
    ...counted,
    what: `an operation that is refused: ${counted.counter}`,
    answer: (response, count) => void setTimeout(() => good(response, count), 300),
    server: { maxOperations: 1, maxQueuedOperations: 0 },
    act: (product) =>
      Promise.all([product.query('{ customer(id: "elevate:1") { name } }'), product.query('{ __typename }')]),
  };
}

const operations: readonly CounterCase[] = [
  { what: 'an operation that is answered in full', counter: 'operations_total', labels: { outcome: 'ok' } },
  { what: 'the time of an operation', counter: 'operation_seconds_count' },
  {
    what: 'an operation without any data',
    answer: status(422),
    counter: 'operations_total',
    labels: { outcome: 'failed' },
  },
  {
    what: 'an operation with a part of its data',
    answer: (response, count) =>
      (response.req.url?.endsWith('/2') === true ? status(422) : good)(response, count),
    act: (product) =>
      product.query('{ one: customer(id: "elevate:1") { name } other: customer(id: "elevate:2") { name } }'),
    counter: 'operations_total',
    labels: { outcome: 'partial' },
  },
  overload({ counter: 'operations_refused_total' }),
  overload({ counter: 'errors_total', labels: { code: 'OVERLOADED' } }),
  overload({ counter: 'errors_total' }),
  {
    what: 'a mistake in an operation',
    act: (product) => product.query('{ customer(id: "nothing") { name } }'),
    counter: 'errors_total',
    labels: { code: 'BAD_USER_INPUT' },
  },
  {
    what: 'an operation that is none',
    act: (product) => product.query('{ nothing }'),
    counter: 'errors_total',
    labels: { code: 'GRAPHQL_VALIDATION_FAILED' },
  },
];

export const counterCases: readonly CounterCase[] = [...calls, ...refusals, ...shared, ...operations];
