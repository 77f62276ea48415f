import { afterEach, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCounter } from '../support/metrics.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { interleaveTwoCallers } from './support/two-callers.ts';

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

it('interleaved operations of two callers never give one what is the other’s', async () => {
  const { count, crossed, calls } = await interleaveTwoCallers(420, 60);
  expect({ count, crossed }).toEqual({ count: 420, crossed: [] });
  // Each of the seven customers once for each caller, whoever asked again.
  expect(calls.toSorted()).toEqual(
    [1, 2, 3, 4, 5, 6, 7].flatMap((id) => Array(2).fill(`GET /v1/customers/${id}`)),
  );
});
