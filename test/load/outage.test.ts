import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startSteadyLoad, type SteadyLoad } from '../support/load.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { providerNames as providers, type ProviderName } from '../support/provider-names.ts';
import { entryFor } from '../support/sources.ts';
import { waitUntil } from '../support/wait-until.ts';
import { startFragileApi, type FragileApi } from '../resilience/support/fragile-api.ts';

const operationsPerSecond = 50;
const openMs = 1_000;
/** A busy machine may tell a second too late. */
const toleranceMs = 1_500;

/** A fifth of the calls before, and ten a second, as far as they can be saved up. */
const savedRetries = 20;

/** What became of an operation at each source. */
interface Operation {
  readonly atMs: number;
  readonly failed: readonly string[];
}

/** An HTTP call that failed, or a breaker that changed, as the product logged it. */
interface LoggedEvent {
  readonly atMs: number;
  readonly source: string;
  readonly state: string | undefined;
}

const logLine = z.looseObject({
  time: z.number(),
  source: z.string(),
  state: z.string().optional(),
  durationMs: z.number().default(0),
  code: z.string().optional(),
});

let apis: Readonly<Record<ProviderName, FragileApi>>;
let product: TestProduct;
let load: SteadyLoad;
/** When operations began, epoch ms. */
let begun: number[];
/** Those that have ended. */
let operations: Operation[];

beforeEach(async () => {
  const [elevate, sage200, cro] = [await startFragileApi(), await startFragileApi(), await startFragileApi()];
  apis = { elevate, sage200, cro };
  const breaker = { windowMs: 2_000, openMs };
  product = await startTestProduct({
    elevate: entryFor.elevate(elevate.url, { breaker }),
    sage200: entryFor.sage200(sage200.url, { breaker }),
    cro: entryFor.cro(`${cro.url}/cro`, { breaker }),
  });
  begun = [];
  operations = [];
  load = startSteadyLoad(
    operationsPerSecond,
    async (index) => void operations.push(await operate(index + 1)),
  );
});

afterEach(async () => {
  await load.stop();
  await product.close();
  await Promise.all(providers.map((provider) => apis[provider].leave()));
});

/** Asks every source for a customer that nobody else asks for. */
async function operate(id: number): Promise<Operation> {
  const atMs = Date.now();
  begun.push(atMs);
  const ids = providers.map((provider) => `${provider}:${id}`);
  const { data, errors } = await product.query(
    'query ($ids: [ID!]!) { customersByIds(ids: $ids) { name } }',
    { variables: { ids } },
  );
  expect(data['customersByIds']).toHaveLength(providers.length);
  return { atMs, failed: errors.map(({ extensions }) => String(extensions['source'])) };
}

function readEvents(source: string): LoggedEvent[] {
  return product.logLines
    .map((line) => logLine.parse(JSON.parse(line)))
    .filter((line) => line.source === source)
    .map(({ time, durationMs, state }) => ({ atMs: time - durationMs, source, state }));
}

function findOpening(source: string, afterMs: number): LoggedEvent | undefined {
  return readEvents(source).find(({ state, atMs }) => state === 'OPEN' && atMs >= afterMs);
}

/** Waits until the source is closed off, and checks what it had to bear until then. */
async function expectGentleOpening(source: string, outageAtMs: number): Promise<number> {
  await waitUntil(() => findOpening(source, outageAtMs) !== undefined);
  const openedAtMs = findOpening(source, outageAtMs)?.atMs ?? 0;
  const seconds = (openedAtMs - outageAtMs) / 1_000;
  const asked = begun.filter((atMs) => atMs >= outageAtMs && atMs <= openedAtMs).length;
  const calls = readEvents(source).filter(
    ({ state, atMs }) => state === undefined && atMs >= outageAtMs && atMs <= openedAtMs,
  ).length;
  expect(calls).toBeGreaterThanOrEqual(10);
  expect(calls).toBeLessThanOrEqual(1.2 * asked + 10 * seconds + savedRetries);
  return openedAtMs;
}

/** While a source is closed off it gets one call in each of the breaker's periods. */
function expectProbesOnly(source: string, openedAtMs: number): void {
  const events = readEvents(source).filter(({ atMs }) => atMs > openedAtMs);
  const calls = events.filter(({ state }) => state === undefined).length;
  const periods = events.filter(({ state }) => state === 'HALF_OPEN').length;
  expect(calls).toBeGreaterThan(0);
  expect(calls).toBeLessThanOrEqual(periods);
  expect(periods).toBeLessThanOrEqual((Date.now() - openedAtMs) / openMs + 1);
}

/** Waits until the source is asked again. */
async function expectRecovery(source: string): Promise<void> {
  const before = operations.length;
  const tookMs = await waitUntil(() => operations.slice(before).some(({ failed }) => failed.length === 0));
  expect(tookMs).toBeLessThan(openMs + toleranceMs);
  const recoveredAtMs = Date.now();
  await sleep(500);
  const later = operations.filter(({ atMs }) => atMs > recoveredAtMs);
  expect(later.length).toBeGreaterThan(0);
  expect(later.flatMap(({ failed }) => failed)).toEqual([]);
  expect(readEvents(source).at(-1)?.state).toBe('CLOSED');
}

describe.each(providers)('while %s is down, the product', (down) => {
  it('leaves it in peace, asks the others as before, and has it back soon after its return', async () => {
    await sleep(1_500);
    expect(operations.flatMap(({ failed }) => failed)).toEqual([]);

    const refusedAtMs = Date.now();
    await apis[down].leave();
    let openedAtMs = await expectGentleOpening(down, refusedAtMs);
    await sleep(2.5 * openMs);
    expectProbesOnly(down, openedAtMs);
    apis[down].failWith(503);
    await apis[down].comeBack();
    await sleep(1.5 * openMs);
    expectProbesOnly(down, openedAtMs);
    apis[down].failWith(undefined);
    await expectRecovery(down);

    const failingAtMs = Date.now();
    apis[down].failWith(503);
    openedAtMs = await expectGentleOpening(down, failingAtMs);
    await sleep(1.5 * openMs);
    expectProbesOnly(down, openedAtMs);
    apis[down].failWith(undefined);
    await expectRecovery(down);

    await load.stop();
    expect(operations.length).toBeGreaterThan(5 * operationsPerSecond);
    expect(operations.flatMap(({ failed }) => failed).filter((source) => source !== down)).toEqual([]);
  }, 40_000);
});
