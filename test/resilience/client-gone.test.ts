import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCounter } from '../support/metrics.ts';
import type { TestProduct } from '../support/product.ts';
import { measure, sumStarvation, watchStarvation, type Starvation } from '../support/starvation.ts';
import { waitUntil } from '../support/wait-until.ts';
import { answerWith, ask, closeAll, startProduct, startSilentStub, type Stub } from './support/leaving.ts';

afterEach(closeAll);

/** Time in which nobody's call has to be over. */
const promptMs = 100;
/** What a busy machine may make of it now and then. */
const busyMs = 500;
const tries = 9;

/** Lets clients go several times, and measures how long the connections of their calls stay open. */
async function expectPromptEnd(stub: Stub, leave: () => Promise<number>): Promise<void> {
  const tookMs: number[] = [];
  const starved: Starvation[] = [];
  // Clients, product and source are all in this process.
  const stopWatching = watchStarvation((each) => void starved.push(each));
  for (let attempt = 0; attempt < tries; attempt += 1) {
    stub.closedAtMs.length = 0;
    const before = stub.calls.length;
    const leftAtMs = await leave();
    await waitUntil(() => stub.closedAtMs.length === stub.calls.length - before);
    const endedAtMs = Math.max(...stub.closedAtMs);
    await sleep(20);
    const [fromMs, toMs] = [performance.timeOrigin + leftAtMs, performance.timeOrigin + endedAtMs];
    tookMs.push(endedAtMs - leftAtMs - sumStarvation(starved, fromMs, toMs));
  }
  stopWatching();
  const sorted = tookMs.toSorted((a, b) => a - b);
  const [median = Infinity, longest = Infinity] = [sorted[(tries - 1) / 2], sorted.at(-1)];
  process.stdout.write(
    `client gone: calls were over in ${median.toFixed(1)} ms, ${longest.toFixed(1)} ms at most, of ${tries} tries\n`,
  );
  expect(median).toBeLessThan(promptMs);
  expect(longest).toBeLessThan(busyMs);
}

const countRefusals = (product: TestProduct, by: string) =>
  readCounter(product.url, 'upstream_refusals_total', { by });

describe('when the client goes away', () => {
  it('all calls for it end', async () => {
    const stub = await startSilentStub();
    const product = await startProduct(stub);
    await expectPromptEnd(stub, async () => {
      const before = stub.calls.length;
      const operation = ask(product, 'elevate:1', 'elevate:2', 'sage200:1', 'cro:1', 'cro:2');
      await waitUntil(() => stub.calls.length === before + 5);
      return operation.leave();
    });
    expect(await readCounter(product.url, 'upstream_calls_total', { outcome: 'ABORTED' })).toBe(5 * tries);
    expect(product.logLines.filter((line) => line.includes('upstream call failed'))).toEqual([]);
  });

  it('a call ends in the middle of its body', async () => {
    const stub = await startSilentStub((response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":1,'),
    );
    const product = await startProduct(stub);
    await expectPromptEnd(stub, async () => {
      const before = stub.calls.length;
      const operation = ask(product, 'elevate:1');
      await waitUntil(() => stub.calls.length === before + 1);
      await sleep(50);
      return operation.leave();
    });
    expect(stub.calls).toHaveLength(tries);
  });

  it('no call is made again that failed', async () => {
    const stub = await startSilentStub((response) => response.writeHead(503, { 'retry-after': '1' }).end());
    const operation = ask(await startProduct(stub), 'elevate:1', 'sage200:1', 'cro:1');
    await waitUntil(() => stub.calls.length === 3);
    await sleep(100);
    operation.leave();
    await sleep(1_400);
    expect(stub.calls).toHaveLength(3);
  });

  it('no call is made that waits for a pause of the source to end', async () => {
    const stub = await startSilentStub((response) => response.writeHead(429, { 'retry-after': '1' }).end());
    const product = await startProduct(stub);
    const first = ask(product, 'elevate:1');
    await waitUntil(() => stub.calls.length === 1);
    await sleep(50);
    const second = ask(product, 'elevate:2');
    await sleep(100);
    first.leave();
    second.leave();
    await sleep(1_400);
    expect(stub.calls).toEqual(['GET /v1/customers/1']);
    // Both waited: neither was refused.
    expect(await countRefusals(product, 'hold')).toBe(0);
  });

  it('no call is made that waits for the quota, and its place in that is free again', async () => {
    const stub = await startSilentStub((response, count) => answerWith(response, count === 1 ? 1 : 3));
    const product = await startProduct(stub, { quota: { calls: 1, perMs: 1_000 } });
    await product.query('{ customer(id: "elevate:1") { name } }');
    const operation = ask(product, 'elevate:2');
    await sleep(200);
    operation.leave();
    await sleep(1_000);
    const { result, durationMs } = await measure(() =>
      product.query('{ customer(id: "elevate:3") { name } }'),
    );
    expect(result.data['customer']).toEqual({ name: 'North 3' });
    expect(durationMs).toBeLessThan(900);
    expect(stub.calls).toEqual(['GET /v1/customers/1', 'GET /v1/customers/3']);
  });

  it('no call is made that waits for another to end', async () => {
    const stub = await startSilentStub();
    const product = await startProduct(stub, { maxConcurrency: 1 });
    const staying = ask(product, 'elevate:1');
    await waitUntil(() => stub.calls.length === 1);
    const leaving = ask(product, 'elevate:2');
    await sleep(100);
    leaving.leave();
    await sleep(50);
    const next = product.query('{ customer(id: "elevate:3") { name } }');
    for (const response of stub.open.slice()) answerWith(response, 1);
    await waitUntil(() => stub.open.length === 2);
    for (const response of stub.open.slice(1)) answerWith(response, 3);
    expect((await next).data['customer']).toEqual({ name: 'North 3' });
    expect(stub.calls).toEqual(['GET /v1/customers/1', 'GET /v1/customers/3']);
    staying.leave();
  });

  it('its operation is not begun if it waits to be let in, and takes no place from others', async () => {
    const stub = await startSilentStub();
    const product = await startProduct(stub, {}, { maxOperations: 1, maxQueuedOperations: 10 });
    const first = ask(product, 'elevate:1');
    await waitUntil(() => stub.calls.length === 1);
    const queued = Array.from({ length: 10 }, () => ask(product, 'elevate:2'));
    await sleep(100);
    for (const operation of queued) operation.leave();
    await sleep(100);
    const next = product.query('{ customer(id: "elevate:3") { name } }');
    await sleep(50);
    first.leave();
    await waitUntil(() => stub.open.length === 2);
    for (const response of stub.open.slice(1)) answerWith(response, 3);
    expect((await next).data['customer']).toEqual({ name: 'North 3' });
    expect(stub.calls).toEqual(['GET /v1/customers/1', 'GET /v1/customers/3']);
    expect(await readCounter(product.url, 'operations_refused_total')).toBe(0);
  });

  it('places are free again however many come and go at once', async () => {
    const stub = await startSilentStub(
      (response) => void setTimeout(() => response.destroyed || answerWith(response, 1), 20),
    );
    const product = await startProduct(stub, {}, { maxOperations: 4, maxQueuedOperations: 100 });
    for (let round = 0; round < 20; round += 1) {
      const operations = Array.from({ length: 30 }, () => ask(product, 'elevate:1'));
      await sleep(round);
      for (const operation of operations) operation.leave();
    }
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => product.query('{ customer(id: "elevate:1") { name } }')),
    );
    expect(answers.map(({ data }) => data['customer'])).toEqual(answers.map(() => ({ name: 'North 1' })));
  });
});

describe('a call that several operations share', () => {
  it('goes on while one of them waits', async () => {
    const stub = await startSilentStub();
    const product = await startProduct(stub);
    const first = ask(product, 'elevate:1');
    await waitUntil(() => stub.calls.length === 1);
    const staying = product.query('{ customer(id: "elevate:1") { name } }');
    await waitUntil(
      async () => (await readCounter(product.url, 'upstream_answers_shared_total', { from: 'flight' })) === 1,
    );
    first.leave();
    await sleep(200);
    expect(stub.closedAtMs).toEqual([]);
    for (const response of stub.open) answerWith(response, 1);
    expect((await staying).data['customer']).toEqual({ name: 'North 1' });
    expect(stub.calls).toHaveLength(1);
  });

  it('ends with the last of them', async () => {
    const stub = await startSilentStub();
    const product = await startProduct(stub);
    const countShared = () => readCounter(product.url, 'upstream_answers_shared_total', { from: 'flight' });
    await expectPromptEnd(stub, async () => {
      const before = await countShared();
      const operations = Array.from({ length: 5 }, () => ask(product, 'elevate:1'));
      await waitUntil(async () => (await countShared()) === before + 4);
      for (const operation of operations.slice(1)) operation.leave();
      await sleep(100);
      expect(stub.closedAtMs).toEqual([]);
      return operations[0]?.leave() ?? 0;
    });
    expect(stub.calls).toHaveLength(tries);
  });
});
