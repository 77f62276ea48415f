import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientGoneError, type WaitingScope } from '../../src/rest/scope.ts';
import type { StubAnswer } from '../support/recording-server.ts';
import { measure } from '../support/starvation.ts';
import {
  closeAll,
  createScope,
  createTestClient,
  failureOf,
  refuseAnswer,
  startServer,
  startStub,
  type TestClient,
} from './test-client.ts';

afterEach(closeAll);

const breaker = { failureRatio: 0.8, minCalls: 5, windowMs: 10_000, openMs: 400 };
const down: StubAnswer = { status: 503 };

/** A source that can be taken down and brought back. */
async function startPatient(settings: Parameters<typeof createTestClient>[2] = {}) {
  const state: { answer: StubAnswer; delayMs: number } = { answer: down, delayMs: 0 };
  const server = await startStub(async () => {
    await sleep(state.delayMs);
    return state.answer;
  });
  return { state, server, client: createTestClient(server.url, 'undici', { breaker, ...settings }) };
}

function createScopeOf(caller: string): WaitingScope {
  return createScope({
    callerHeader: (name) => (name === 'x-north-authorization' ? `Bearer ${caller}` : undefined),
  });
}

function abortLater(reason: Error): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 100);
  return controller.signal;
}

async function fail(client: TestClient, count: number, scope?: WaitingScope): Promise<void> {
  for (let index = 0; index < count; index += 1) await client.readFailure(`/fail/${index}`, scope);
}

describe('a source that fails', () => {
  it('is left alone after as many calls as are set, and its callers are told at once', async () => {
    const { server, client } = await startPatient();
    await fail(client, 5);
    const { result: failures, durationMs } = await measure(() =>
      Promise.all(Array.from({ length: 100 }, (_, index) => failureOf(client.read(`/${index}`)))),
    );
    expect(durationMs).toBeLessThan(800);
    for (const failure of failures)
      expect(failure).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryable: true, retryAfterSeconds: 1 });
    expect(server.calls).toHaveLength(5);
    expect(client.events).toContain(JSON.stringify(['breakerChanged', 'north', 'OPEN']));
    expect(
      client.events.filter((event) => event === JSON.stringify(['refused', 'north', 'breaker'])),
    ).toHaveLength(100);
  });

  it('is not asked a second time by the call that has opened the breaker, which says what it met', async () => {
    const { server, client } = await startPatient({ breaker: { ...breaker, minCalls: 1, openMs: 60_000 } });
    const scope = createScope({ deadlineMs: Date.now() + 5_000 });
    const { result: failure, durationMs } = await measure(() => client.readFailure('/1', scope));
    expect(failure).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', status: 503 });
    expect(durationMs).toBeLessThan(800);
    expect(server.calls).toHaveLength(1);
    expect(client.events.filter((event) => event.startsWith('["retried"'))).toEqual([]);
  });

  it('is tried by one call after a while, while the others are refused at once', async () => {
    const { state, server, client } = await startPatient();
    await fail(client, 5);
    await sleep(450);
    state.delayMs = 300;
    state.answer = { body: [1] };
    const startMs = performance.now();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const result = await client.read(`/${index}`).catch(() => 'refused');
        return { result, durationMs: performance.now() - startMs };
      }),
    );
    const refused = outcomes.filter(({ result }) => result === 'refused');
    expect(refused).toHaveLength(49);
    const probeMs = outcomes.find(({ result }) => result !== 'refused')?.durationMs ?? 0;
    expect(Math.max(...refused.map(({ durationMs }) => durationMs))).toBeLessThan(probeMs);
    expect(server.calls).toHaveLength(6);
    expect(client.status(createScope()).state).toBe('CLOSED');
    await expect(client.read('/again')).resolves.toEqual([1]);
  });

  it('is left alone again when that call fails', async () => {
    const { server, client } = await startPatient();
    await fail(client, 5);
    await sleep(450);
    await client.readFailure('/probe');
    await fail(client, 20);
    expect(server.calls).toHaveLength(6);
    expect(client.status(createScope()).state).toBe('OPEN');
  });

  it.each<[string, () => AbortSignal]>([
    ['its client goes away', () => abortLater(new ClientGoneError())],
    ['its request has little time', () => AbortSignal.timeout(100)],
  ])('is left alone again when that call is given up because %s', async (_why, createSignal) => {
    const { state, server, client } = await startPatient();
    await fail(client, 5);
    await sleep(450);
    state.delayMs = 400;
    state.answer = { body: [1] };
    await client.readFailure('/probe', createScope({ signal: createSignal() }));
    await fail(client, 20);
    expect(server.calls).toHaveLength(6);
    expect(client.status(createScope()).state).toBe('OPEN');
    await sleep(450);
    await expect(client.read('/next')).resolves.toEqual([1]);
    expect(client.status(createScope()).state).toBe('CLOSED');
  });

  it('is tried by another call when that one had no credentials, and was not sent', async () => {
    let canHaveToken = true;
    const endpoint = await startStub(() =>
      canHaveToken
        ? { body: { access_token: 'a', token_type: 'Bearer', expires_in: 1 } }
        : { status: 503, headers: { 'retry-after': '1' } },
    );
    const auth = {
      type: 'oauth2',
      tokenUrl: endpoint.url,
      clientId: 'client',
      clientSecret: 'secret',
      refreshToken: 'token',
    } as const;
    const { state, server, client } = await startPatient({ auth });
    await fail(client, 5);
    await sleep(1_050);
    canHaveToken = false;
    await expect(client.readFailure('/probe')).resolves.toMatchObject({
      reason: expect.stringContaining('no access token'),
    });
    canHaveToken = true;
    await sleep(1_050);
    state.answer = { body: [1] };
    await expect(client.read('/next')).resolves.toEqual([1]);
    expect(server.calls).toHaveLength(6);
  });

  it('is left alone when it hangs', async () => {
    const server = await startServer(() => {});
    const client = createTestClient(server.url, 'undici', { breaker, timeoutMs: 100 });
    await fail(client, 8);
    expect(server.calls).toHaveLength(5);
  });

  it('is left alone when it refuses connections', async () => {
    const server = await startStub(() => ({}));
    await server.close();
    const client = createTestClient(server.url, 'undici', { breaker });
    await fail(client, 8);
    expect(client.events.filter((event) => event.startsWith('["callEnded"'))).toHaveLength(5);
  });
});

describe('a source is not left alone', () => {
  it.each<[number, StubAnswer]>([
    ...[400, 401, 403, 404, 410, 422, 429, 302].map((status): [number, StubAnswer] => [status, { status }]),
    [200, { body: '<html>' }],
  ])('for what it answers with status %i', async (_status, answer) => {
    const { state, server, client } = await startPatient();
    state.answer = answer;
    await Promise.allSettled(Array.from({ length: 30 }, (_, index) => client.read(`/${index}`)));
    expect(server.calls).toHaveLength(30);
    expect(client.status(createScope()).state).toBe('CLOSED');
  });

  it('for answers that are not what was asked for', async () => {
    const { state, server, client } = await startPatient();
    state.answer = { body: [1] };
    const ask = (index: number) =>
      failureOf(client.get({ url: client.urlOf(`/${index}`), decode: refuseAnswer }, createScope()));
    for (let index = 0; index < 20; index += 1) await ask(index);
    expect(server.calls).toHaveLength(20);
    expect(client.status(createScope())).toMatchObject({
      state: 'CLOSED',
      lastError: { code: 'UPSTREAM_BAD_RESPONSE' },
    });
  });

  it('for calls that went out without credentials, or rather did not', async () => {
    const { client } = await startPatient({ auth: { type: 'forward' } });
    await fail(client, 30);
    expect(client.status(createScope()).state).toBe('CLOSED');
  });

  it('for clients that go away', async () => {
    const server = await startServer(() => {});
    const client = createTestClient(server.url, 'undici', { breaker });
    for (let index = 0; index < 20; index += 1) {
      const controller = new AbortController();
      const failure = client.readFailure(`/${index}`, createScope({ signal: controller.signal }));
      while (server.calls.length <= index) await sleep(2);
      controller.abort(new ClientGoneError());
      await failure;
    }
    expect(client.status(createScope())).toMatchObject({
      state: 'CLOSED',
      lastError: undefined,
      latency: undefined,
    });
  });

  it('by one caller for what another has met', async () => {
    const server = await startStub((_url, { headers }) =>
      headers.authorization === 'Bearer first' ? down : { body: [1] },
    );
    const client = createTestClient(server.url, 'undici', { breaker, auth: { type: 'forward' } });
    await fail(client, 10, createScopeOf('first'));
    expect(server.calls).toHaveLength(5);
    await expect(client.read('/1', createScopeOf('second'))).resolves.toEqual([1]);
    expect(client.status(createScopeOf('first')).state).toBe('OPEN');
    expect(client.status(createScopeOf('second'))).toMatchObject({ state: 'CLOSED', lastError: undefined });
  });
});

it('the status of a source tells since when it is so, what went wrong last and how long calls took', async () => {
  const { state, client } = await startPatient();
  const startMs = Date.now();
  expect(client.status(createScope())).toMatchObject({
    state: 'CLOSED',
    lastError: undefined,
    latency: undefined,
  });
  state.answer = { body: [1] };
  await client.read('/1');
  state.delayMs = 60;
  state.answer = down;
  await client.readFailure('/1');
  const { lastError, latency } = client.status(createScope());
  expect(lastError?.code).toBe('UPSTREAM_UNAVAILABLE');
  expect(lastError?.atMs).toBeGreaterThanOrEqual(startMs);
  expect(latency?.calls).toBe(2);
  expect(latency?.p99Ms).toBeGreaterThanOrEqual(55);
  state.delayMs = 0;
  await fail(client, 5);
  const { state: opened, sinceMs } = client.status(createScope());
  expect(opened).toBe('OPEN');
  expect(sinceMs).toBeGreaterThanOrEqual(lastError?.atMs ?? Infinity);
});
