import { afterEach, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { readCounter } from '../support/metrics.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function startStub(...answer: Parameters<typeof startStubServer>): Promise<RecordingServer> {
  const stub = await startStubServer(...answer);
  closers.push(() => stub.close());
  return stub;
}

async function startProduct(...options: Parameters<typeof startTestProduct>): Promise<TestProduct> {
  const product = await startTestProduct(...options);
  closers.push(() => product.close());
  return product;
}

/** A source that answers when it is told to, with the caller's own credentials in the customer's name. */
async function startHeldSource() {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const stub = await startStub(async ({ pathname }, { headers }) => {
    await released;
    return { body: { id: Number(pathname.split('/').at(-1)), customerName: `of ${headers.authorization}` } };
  });
  const product = await startProduct({ elevate: entryFor.elevate(stub.url, { auth: { type: 'forward' } }) });
  const ask = async (caller: string) => {
    const { data } = await product.query('{ customer(id: "elevate:1") { name } }', {
      headers: { 'x-elevate-authorization': caller },
    });
    return data['customer'];
  };
  const waitForShared = async (count: number) => {
    while ((await readCounter(product.url, 'upstream_answers_shared_total', { from: 'flight' })) < count)
      await sleep(20);
  };
  return { stub, ask, release, waitForShared };
}

it('200 operations at the same time for the same customer and credentials take one call', async () => {
  const { stub, ask, release, waitForShared } = await startHeldSource();
  const answers = Promise.all(Array.from({ length: 200 }, () => ask('Bearer first')));
  await waitForShared(199);
  release();
  expect(new Set((await answers).map((answer) => JSON.stringify(answer)))).toEqual(
    new Set([JSON.stringify({ name: 'of Bearer first' })]),
  );
  expect(stub.calls).toEqual(['GET /v1/customers/1']);
});

it('200 operations at the same time for the same customer with two credentials take two calls', async () => {
  const { stub, ask, release, waitForShared } = await startHeldSource();
  const callers = Array.from({ length: 200 }, (_, index) =>
    index % 2 === 0 ? 'Bearer first' : 'Bearer second',
  );
  const answers = Promise.all(callers.map((caller) => ask(caller)));
  await waitForShared(198);
  release();
  await expect(answers).resolves.toEqual(callers.map((caller) => ({ name: `of ${caller}` })));
  expect(stub.calls).toHaveLength(2);
});

it.each([
  ['without a cache', 0],
  ['with a cache', 60],
])(
  '10,000 interleaved operations of two callers %s never give one what is the other’s',
  async (_how, customersSeconds) => {
    const stub = await startStub(({ pathname }, { headers }) => ({
      headers: { 'cache-control': 'public, max-age=60', etag: '"same"', 'content-type': 'application/json' },
      body: { id: Number(pathname.split('/').at(-1)), customerName: `of ${headers.authorization}` },
    }));
    const auth = { type: 'forward' };
    const product = await startProduct({
      elevate: entryFor.elevate(stub.url, { auth, cache: { customersSeconds } }),
    });
    const pool = new Pool(product.url, { connections: 32 });
    closers.push(() => pool.close());
    const callers = ['Bearer first', 'Bearer second'];
    let next = 0;
    let count = 0;
    const crossed: string[] = [];

    async function askOn(): Promise<void> {
      for (let turn = next; turn < 10_000; turn = next) {
        next += 1;
        const caller = callers[turn % 2] ?? '';
        const id = 1 + (Math.floor(turn / 2) % 7);
        const expected = JSON.stringify({
          data: { customer: { id: `elevate:${id}`, name: `of ${caller}` } },
        });
        const { body } = await pool.request({
          path: '/graphql',
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-elevate-authorization': caller },
          body: JSON.stringify({ query: `{ customer(id: "elevate:${id}") { id name } }` }),
        });
        const text = (await body.text()).trim();
        count += 1;
        if (text !== expected) crossed.push(text);
      }
    }

    await Promise.all(Array.from({ length: 32 }, askOn));
    expect({ count, crossed }).toEqual({ count: 10_000, crossed: [] });
    expect(stub.calls.length).toBeGreaterThanOrEqual(14);
  },
  60_000,
);
