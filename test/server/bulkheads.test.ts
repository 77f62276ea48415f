import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readCounter } from '../support/metrics.ts';
import { startTestProduct, type QueryResult, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { waitUntil } from '../support/wait-until.ts';
import { askFrom } from './support/ask-from.ts';

const maxOperations = 8;

/** What hangs is not to be given up meanwhile. */
const patience = { headersTimeoutMs: 60_000, timeoutMs: 60_000 };

/** From then on the source counts as slow. */
const slowMs = 510;

let api: RecordingServer;
let product: TestProduct;
/** Paths that are not answered before `release`. */
const hanging = new Set<string>();
const held: (() => void)[] = [];
/** Operations that were sent for sources that hang. */
const waiting: Promise<QueryResult>[] = [];

beforeAll(async () => {
  api = await startStubServer(async ({ pathname }) => {
    const [, name = '', , id] = pathname.split('/');
    if (hanging.has(name)) await new Promise<void>((resolve) => held.push(resolve));
    return { body: { id: Number(id), customerName: 'Harbour Ltd', name: 'Harbour Ltd' } };
  });
});

beforeEach(async () => {
  product = await startTestProduct(
    {
      elevate: entryFor.elevate(api.url, { ...patience, cache: { customersSeconds: 60 } }),
      sage200: entryFor.sage200(api.url, patience),
      cro: entryFor.cro(`${api.url}/cro`, patience),
    },
    undefined,
    { server: { maxOperations, maxQueuedOperations: 0, requestTimeoutMs: 60_000 } },
  );
});

afterEach(async () => {
  hanging.clear();
  for (const resolve of held.splice(0)) resolve();
  await Promise.all(waiting.splice(0));
  await product.close();
});

afterAll(() => api.close());

function askFor(source: string, id: number): Promise<QueryResult> {
  return product.query(`{ customer(id: "${source}:${id}") { name } }`);
}

const served = { status: 200, data: { customer: { name: 'Harbour Ltd' } }, errors: [] };

function withoutCustomer(source: string) {
  return {
    status: 200,
    data: { customer: null },
    errors: [
      expect.objectContaining({
        path: ['customer'],
        extensions: expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE', source, retryable: true }),
      }),
    ],
  };
}

/** Sends so many operations for a source that hangs, and waits until it has been found to be slow. */
async function fillUp(source: string, firstId: number, count: number): Promise<void> {
  hanging.add(source === 'elevate' ? 'v1' : source);
  const before = held.length;
  for (let index = 0; index < count; index += 1) {
    waiting.push(askFor(source, firstId + index));
    await waitUntil(() => held.length === before + index + 1);
  }
  await sleep(slowMs);
}

/** All answer again. */
async function release(): Promise<void> {
  hanging.clear();
  for (const resolve of held.splice(0)) resolve();
  expect(await Promise.all(waiting)).toEqual(waiting.map(() => expect.objectContaining(served)));
}

async function countRefusals(source: string): Promise<number> {
  return readCounter(product.url, 'upstream_refusals_total', { source, by: 'share' });
}

describe('operations that wait for a source', () => {
  it('take half of the places at most; what else is asked of it fails at once', async () => {
    await fillUp('elevate', 1, 4);
    for (let id = 100; id < 120; id += 1)
      expect(await askFor('elevate', id)).toMatchObject(withoutCustomer('elevate'));
    expect(held).toHaveLength(4);
    expect(await countRefusals('elevate')).toBe(20);

    // There is room for those who need another.
    expect(await Promise.all([1, 2].map((id) => askFor('cro', id)))).toEqual(
      [1, 2].map(() => expect.objectContaining(served)),
    );
    expect(await readCounter(product.url, 'operations_refused_total')).toBe(0);

    await release();
    expect(await askFor('elevate', 100)).toMatchObject(served);
  });

  it('leave room when several sources hang', async () => {
    await fillUp('elevate', 1, 4);
    await fillUp('cro', 1, 2);
    expect(await askFor('elevate', 100)).toMatchObject(withoutCustomer('elevate'));
    expect(await askFor('cro', 100)).toMatchObject(withoutCustomer('cro'));
    expect(await askFor('sage200', 1)).toMatchObject(served);
    await release();
  });

  it('get what other sources have', async () => {
    await fillUp('elevate', 1, 4);
    const { data, errors } = await product.query(
      '{ elevate: customer(id: "elevate:100") { name } cro: customer(id: "cro:1") { name } }',
    );
    expect(data).toEqual({ elevate: null, cro: { name: 'Harbour Ltd' } });
    expect(errors).toEqual([expect.objectContaining({ path: ['elevate'] })]);
  });

  it('count once, however many calls they wait for', async () => {
    hanging.add('v1');
    const waiting = Array.from({ length: 4 }, (_, index) =>
      product.query(
        `{ customersByIds(ids: [${[1, 2, 3].map((id) => `"elevate:${10 * index + id}"`).join(', ')}]) { name } }`,
      ),
    );
    await waitUntil(() => held.length === 12);
    await sleep(slowMs);
    expect(await askFor('elevate', 100)).toMatchObject(withoutCustomer('elevate'));
    for (const resolve of held.splice(0)) resolve();
    for (const { errors } of await Promise.all(waiting)) expect(errors).toEqual([]);
  });

  it('do not keep others from what is kept', async () => {
    expect(await askFor('elevate', 50)).toMatchObject(served);
    await fillUp('elevate', 1, 4);
    expect(await askFor('elevate', 50)).toMatchObject(served);
    expect(await countRefusals('elevate')).toBe(0);
  });

  it('do not keep out the callers with fewer of them', async () => {
    await fillUp('elevate', 1, 4);
    const other = askFrom(product.url, '127.0.0.2', '{ customer(id: "elevate:100") { name } }');
    await waitUntil(() => held.length === 5);
    for (const resolve of held.splice(0)) resolve();
    expect(await other).toBe(200);
    expect(await countRefusals('elevate')).toBe(0);
  });

  it('give their places up when their clients leave', async () => {
    hanging.add('v1');
    const leaving = new AbortController();
    const left = [1, 2, 3, 4].map((id) =>
      fetch(`${product.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: `{ customer(id: "elevate:${id}") { name } }` }),
        signal: leaving.signal,
      }).catch(() => 'left'),
    );
    await waitUntil(() => held.length === 4);
    leaving.abort();
    expect(await Promise.all(left)).toEqual(['left', 'left', 'left', 'left']);
    await waitUntil(
      async () => (await readCounter(product.url, 'upstream_calls_total', { outcome: 'ABORTED' })) === 4,
    );
    await fillUp('elevate', 100, 4);
    await release();
  });
});
