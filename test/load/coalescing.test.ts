import { afterEach, expect, it } from '@jest/globals';
import { Pool } from 'undici';
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
