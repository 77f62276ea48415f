import { afterEach, describe, expect, it } from '@jest/globals';
import type { WaitingScope } from '../../src/rest/scope.ts';
import { measure } from '../support/starvation.ts';
import { closeAll, createScope, createTestClient, startServer, startStub } from './test-client.ts';

afterEach(closeAll);

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function createPatientScope(more: Partial<WaitingScope> = {}): WaitingScope {
  return createScope({ deadlineMs: Date.now() + 5_000, ...more });
}

/** A request of a caller who brings credentials of their own. */
function createScopeOf(caller: string, more: Partial<WaitingScope> = {}): WaitingScope {
  return createPatientScope({
    callerHeader: (name) => (name === 'x-north-authorization' ? `Bearer ${caller}` : undefined),
    ...more,
  });
}

const forward = { auth: { type: 'forward' } } as const;
const refusedBy = (by: string) => JSON.stringify(['refused', 'north', by]);

describe('a source that asks to be left alone (429)', () => {
  const limit = (seconds: number) => ({ status: 429, headers: { 'retry-after': String(seconds) } });

  it('is not called again before its time, and its callers are told when that is', async () => {
    const server = await startStub(() => limit(3_600));
    const client = createTestClient(server.url, 'undici');
    await client.readFailure('/1', createPatientScope());
    const failures = await Promise.all(
      Array.from({ length: 20 }, (_, index) => client.readFailure(`/${index}`, createPatientScope())),
    );
    for (const failure of failures) {
      expect(failure).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryable: true });
      expect(failure.retryAfterSeconds).toBeGreaterThan(3_590);
      expect(failure.retryAfterSeconds).toBeLessThanOrEqual(3_600);
    }
    expect(server.calls).toHaveLength(1);
    expect(client.events).toContain(refusedBy('hold'));
  });

  it('is waited for by those who have the time', async () => {
    const server = await startStub(() => (server.calls.length === 1 ? limit(1) : { body: [1] }));
    const client = createTestClient(server.url, 'undici');
    await client.readFailure('/1', createScope());
    const startMs = performance.now();
    await expect(client.read('/2', createPatientScope())).resolves.toEqual([1]);
    expect(performance.now() - startMs).toBeGreaterThan(900);
  });

  it('is not called by those either who wait in the queue when it says so', async () => {
    const server = await startStub(async () => {
      await wait(50);
      return limit(3_600);
    });
    const client = createTestClient(server.url, 'undici', { maxConcurrency: 1 });
    const failures = await Promise.all(
      ['/1', '/2', '/3', '/4'].map((path) => client.readFailure(path, createPatientScope())),
    );
    expect(failures.map(({ code }) => code)).toEqual(failures.map(() => 'UPSTREAM_RATE_LIMITED'));
    expect(server.calls).toEqual(['GET /1']);
  });

  it('is not called before the later of two times', async () => {
    const server = await startStub(async ({ pathname }) => {
      if (pathname === '/short') await wait(100);
      return limit(pathname === '/short' ? 1 : 3_600);
    });
    const client = createTestClient(server.url, 'undici');
    await Promise.all(['/short', '/long'].map((path) => client.readFailure(path, createScope())));
    expect((await client.readFailure('/other', createScope())).retryAfterSeconds).toBeGreaterThan(3_590);
    expect(server.calls).toHaveLength(2);
  });

  it('is called by other callers meanwhile', async () => {
    const server = await startStub((_url, { headers }) =>
      headers.authorization === 'Bearer first' ? limit(3_600) : { body: [1] },
    );
    const client = createTestClient(server.url, 'undici', forward);
    await client.readFailure('/1', createScopeOf('first'));
    await expect(client.read('/1', createScopeOf('second'))).resolves.toEqual([1]);
    await expect(client.readFailure('/1', createScopeOf('first'))).resolves.toMatchObject({
      code: 'UPSTREAM_RATE_LIMITED',
    });
    expect(server.calls).toHaveLength(2);
  });
});

describe('a source with a quota', () => {
  const quota = { calls: 2, perMs: 1_000 };

  it('is called no more often; the others wait', async () => {
    const calledAtMs: number[] = [];
    const server = await startStub(() => {
      calledAtMs.push(performance.now());
      return { body: [1] };
    });
    const client = createTestClient(server.url, 'undici', { quota });
    const startMs = performance.now();
    const { durationMs } = await measure(() =>
      Promise.all(Array.from({ length: 5 }, (_, index) => client.read(`/${index}`, createPatientScope()))),
    );
    const earliestMs = [0, 0, 500, 1_000, 1_500];
    const early = calledAtMs.filter((atMs, index) => atMs - startMs < (earliestMs[index] ?? Infinity) - 5);
    expect({ calls: calledAtMs.length, early }).toEqual({ calls: 5, early: [] });
    expect(durationMs).toBeLessThan(2_000);
  });

  it('refuses those who have not the time to wait, and tells them how long it would be', async () => {
    const server = await startStub(() => ({ body: [1] }));
    const client = createTestClient(server.url, 'undici', { quota: { calls: 1, perMs: 60_000 } });
    await client.read('/1', createPatientScope());
    const failure = await client.readFailure('/2', createPatientScope());
    expect(failure).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryable: true, retryAfterSeconds: 60 });
    expect(server.calls).toEqual(['GET /1']);
    expect(client.events).toContain(refusedBy('quota'));
  });

  it('has one for all callers', async () => {
    const server = await startStub(() => ({ body: [1] }));
    const client = createTestClient(server.url, 'undici', {
      ...forward,
      quota: { calls: 1, perMs: 60_000 },
    });
    await client.read('/1', createScopeOf('first'));
    await expect(client.readFailure('/1', createScopeOf('second'))).resolves.toMatchObject({
      code: 'UPSTREAM_RATE_LIMITED',
    });
  });

  it('gets back the calls of those who leave before they are called for', async () => {
    const server = await startServer((_request, response) => {
      setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end('[1]'), 200);
    });
    const client = createTestClient(server.url, 'undici', {
      quota: { calls: 3, perMs: 600_000 },
      maxConcurrency: 1,
    });
    const controller = new AbortController();
    const first = client.read('/1', createPatientScope());
    const leaving = client.readFailure('/2', createPatientScope({ signal: controller.signal }));
    await wait(50);
    controller.abort();
    await leaving;
    await first;
    await expect(
      Promise.all(['/3', '/4'].map((path) => client.read(path, createPatientScope()))),
    ).resolves.toEqual([[1], [1]]);
    expect(server.calls).toEqual(['GET /1', 'GET /3', 'GET /4']);
  });
});

describe('a source of few places', () => {
  it('refuses at once what cannot even wait', async () => {
    const server = await startServer(() => {});
    const client = createTestClient(server.url, 'undici', {
      maxConcurrency: 1,
      maxQueued: 1,
      headersTimeoutMs: 300,
    });
    const ended: string[] = [];
    const read = async (path: string) => {
      const failure = await client.readFailure(path, createPatientScope());
      ended.push(path);
      return failure;
    };
    const waiting = ['/1', '/2'].map(read);
    expect(await read('/3')).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryable: true });
    expect(ended).toEqual(['/3']);
    expect(client.events).toContain(refusedBy('queue'));
    await Promise.all(waiting);
  });

  it('has them for all callers together, whose waiting does not count as slowness of the source', async () => {
    const callers = Array.from({ length: 40 }, (_, index) => `caller-${index}`);
    const server = await startServer((_request, response) => {
      setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end('[1]'), 50);
    });
    const client = createTestClient(server.url, 'undici', {
      ...forward,
      maxConcurrency: 2,
      headersTimeoutMs: 400,
      timeoutMs: 400,
    });
    const answers = await Promise.all(callers.map((caller) => client.read('/1', createScopeOf(caller))));
    expect(answers).toEqual(callers.map(() => [1]));
    expect(server.calls).toHaveLength(40);
  });

  it('gives them to callers in turn: one with many calls does not keep another waiting for all of them', async () => {
    const server = await startStub(async () => {
      await wait(20);
      return { body: [1] };
    });
    const client = createTestClient(server.url, 'undici', { ...forward, maxConcurrency: 4 });
    const many = Array.from({ length: 64 }, (_, index) =>
      client.read(`/many/${index}`, createScopeOf('many')),
    );
    const few = ['/few/1', '/few/2'].map((path) => client.read(path, createScopeOf('few')));
    await Promise.all([...many, ...few]);
    expect(server.calls.indexOf('GET /few/1')).toBeLessThan(8);
    expect(server.calls.indexOf('GET /few/2')).toBeLessThan(10);
    expect(server.calls).toHaveLength(66);
  });
});
