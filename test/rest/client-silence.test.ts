import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientGoneError, type WaitingScope } from '../../src/rest/scope.ts';
import { waitUntil } from '../support/wait-until.ts';
import {
  closeAll,
  createScope,
  createTestClient,
  failureOf,
  startServer,
  transports,
  type TestClient,
} from './test-client.ts';

afterEach(closeAll);

const breaker = { failureRatio: 0.8, minCalls: 10, windowMs: 10_000, openMs: 300, silenceMs: 300 };

type Mood = 'well' | 'silent' | 'reset';

/** A source whose mood can change; its good answers take a time. */
async function startMoody(answerMs = 0) {
  const state: { mood: Mood } = { mood: 'well' };
  const server = await startServer((_request, response) => {
    const { mood } = state;
    if (mood === 'silent') return;
    if (mood === 'reset') return void response.socket?.resetAndDestroy();
    setTimeout(
      () => response.writeHead(200, { 'content-type': 'application/json' }).end('[1]'),
      answerMs,
    ).unref();
  });
  return { state, server };
}

function createPatientScope(more: Partial<WaitingScope> = {}): WaitingScope {
  return createScope({ deadlineMs: Date.now() + 10_000, ...more });
}

/** A request that asks for less time than the server gives. */
function createHastyScope(timeoutMs: number): WaitingScope {
  return createScope({
    signal: AbortSignal.timeout(timeoutMs),
    deadlineMs: Date.now() + timeoutMs,
    hasOwnDeadline: true,
  });
}

const stateOf = (client: TestClient) => client.status(createScope()).state;

const settle = (client: TestClient, paths: readonly string[], createEach = createPatientScope) =>
  Promise.allSettled(paths.map((path) => client.read(path, createEach())));

const paths = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `/${name}/${index}`);

describe.each(transports)('a source over %s', (transport) => {
  it('that resets connections after good times is closed off by what is recent', async () => {
    const { state, server } = await startMoody();
    const client = createTestClient(server.url, transport, { breaker: { ...breaker, openMs: 60_000 } });
    await settle(client, paths('good', 300));
    state.mood = 'reset';
    for (const path of paths('bad', 100)) await client.read(path).catch(() => {});
    expect(stateOf(client)).toBe('OPEN');
    expect(server.calls.length - 300).toBeLessThanOrEqual(5 * breaker.minCalls);
  });

  it('that falls silent is found out long before its calls are out of time, and those that wait are told', async () => {
    const { state, server } = await startMoody();
    const client = createTestClient(server.url, transport, {
      breaker: { ...breaker, openMs: 60_000 },
      maxConcurrency: 12,
      headersTimeoutMs: 20_000,
      timeoutMs: 20_000,
    });
    const controller = new AbortController();
    await settle(client, paths('good', 30));
    state.mood = 'silent';
    const startMs = performance.now();
    const underWay = settle(client, paths('silent', 12), () =>
      createPatientScope({ signal: controller.signal }),
    );
    const waiting = await Promise.all(
      paths('waiting', 40).map((path) => failureOf(client.read(path, createPatientScope()))),
    );
    expect(performance.now() - startMs).toBeLessThan(10_000);
    for (const failure of waiting)
      expect(failure).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 60 });
    expect(stateOf(client)).toBe('OPEN');
    controller.abort();
    await underWay;
    expect(server.calls).toHaveLength(42);
  });

  it('that is silent is tried by one call in each period, and by all once it answers', async () => {
    const { state, server } = await startMoody();
    const client = createTestClient(server.url, transport, { breaker, headersTimeoutMs: 600 });
    state.mood = 'silent';
    await settle(client, paths('silent', 16));
    const before = server.calls.length;
    const startMs = performance.now();
    let periods = 0;
    for (; periods < 3; periods += 1) {
      await waitUntil(() => client.status(createScope()).state === 'OPEN');
      await sleep(breaker.openMs + 20);
      await settle(client, paths(`period-${periods}`, 10));
    }
    expect(server.calls.length - before).toBe(periods);
    expect(performance.now() - startMs).toBeGreaterThan(periods * breaker.openMs);
    state.mood = 'well';
    await sleep(breaker.openMs + 20);
    await expect(client.read('/probe', createPatientScope())).resolves.toEqual([1]);
    expect(await settle(client, paths('again', 20))).toEqual(
      Array.from({ length: 20 }, () => ({ status: 'fulfilled', value: [1] })),
    );
  });
});

it('nobody waits for a silent source while its old calls hold all places', async () => {
  const { state, server } = await startMoody();
  const client = createTestClient(server.url, 'undici', {
    breaker,
    headersTimeoutMs: 30_000,
    timeoutMs: 30_000,
  });
  const controller = new AbortController();
  state.mood = 'silent';
  const hanging = settle(client, paths('silent', 16), () =>
    createPatientScope({ signal: controller.signal }),
  );
  await waitUntil(() => stateOf(client) === 'OPEN');
  await sleep(breaker.openMs + 20);
  const failures = await Promise.all(
    paths('later', 20).map((path) => failureOf(client.read(path, createPatientScope()))),
  );
  for (const failure of failures)
    expect(failure).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', reason: 'not called: breaker' });
  expect(server.calls).toHaveLength(16);
  controller.abort();
  await hanging;
});

it('a source that is as slow as it was before is not silent', async () => {
  const { server } = await startMoody(400);
  const client = createTestClient(server.url, 'undici', { breaker });
  await client.read('/first');
  const results = await settle(client, paths('slow', 32));
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['fulfilled']));
  expect(stateOf(client)).toBe('CLOSED');
});

it('a source that answers some of its calls is not silent while others hang', async () => {
  const server = await startServer((request, response) => {
    if (request.url?.startsWith('/hanging') === true) return;
    response.writeHead(200, { 'content-type': 'application/json' }).end('[1]');
  });
  const client = createTestClient(server.url, 'undici', { breaker, headersTimeoutMs: 1_000 });
  const hanging = settle(client, paths('hanging', 12));
  for (const path of paths('good', 40)) {
    await client.read(path, createPatientScope());
    await sleep(20);
  }
  expect(stateOf(client)).toBe('CLOSED');
  await hanging;
});

describe('a client in haste', () => {
  it('says nothing of a source that needs longer, however often it comes', async () => {
    const { server } = await startMoody(500);
    const client = createTestClient(server.url, 'undici', { breaker: { ...breaker, minCalls: 5 } });
    for (let round = 0; round < 2; round += 1) {
      const hasty = await settle(client, paths(`hasty-${round}`, 12), () => createHastyScope(400));
      expect(new Set(hasty.map(({ status }) => status))).toEqual(new Set(['rejected']));
    }
    expect(client.status(createScope())).toMatchObject({
      state: 'CLOSED',
      lastError: undefined,
      latency: undefined,
    });
    await expect(client.read('/patient', createPatientScope())).resolves.toEqual([1]);
  });

  it('helps to find out that a source is silent that was quick before', async () => {
    const { state, server } = await startMoody();
    const client = createTestClient(server.url, 'undici', {
      breaker: { ...breaker, minCalls: 5, silenceMs: 200 },
    });
    await client.read('/before', createPatientScope());
    state.mood = 'silent';
    const hasty = await settle(client, paths('hasty', 6), () => createHastyScope(2_000));
    expect(hasty.map(({ status }) => status)).toEqual(hasty.map(() => 'rejected'));
    expect(stateOf(client)).toBe('OPEN');
  });

  it.each<[string, () => WaitingScope]>([
    ['has no time for it', () => createHastyScope(50)],
    [
      'leaves',
      () => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(new ClientGoneError()), 50);
        return createPatientScope({ signal: controller.signal });
      },
    ],
  ])(
    'whose call finds out that a source is back %s: it is found out all the same',
    async (_why, createEach) => {
      const { state, server } = await startMoody(200);
      const client = createTestClient(server.url, 'undici', { breaker });
      state.mood = 'reset';
      for (const path of paths('bad', 10)) await client.read(path).catch(() => {});
      expect(stateOf(client)).toBe('OPEN');
      state.mood = 'well';
      await sleep(breaker.openMs + 20);
      const before = server.calls.length;
      await client.readFailure('/probe', createEach());
      await waitUntil(() => stateOf(client) === 'CLOSED');
      expect(server.calls.length - before).toBe(1);
      await expect(client.read('/next', createPatientScope())).resolves.toEqual([1]);
    },
  );

  it('may be one of many whose time the server has set: those count when they waited in vain for long', async () => {
    const { state, server } = await startMoody();
    const client = createTestClient(server.url, 'undici', {
      breaker: { ...breaker, minCalls: 5, silenceMs: 200 },
    });
    state.mood = 'silent';
    for (const path of paths('served-by-a-short-deadline', 6))
      await client.read(path, createScope({ signal: AbortSignal.timeout(300) })).catch(() => {});
    expect(stateOf(client)).toBe('OPEN');
  });
});
