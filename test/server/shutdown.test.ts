import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startProductOn, type ProductProcess } from '../support/processes.ts';
import { postQuery } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { restartUnderLoad } from './support/restart-under-load.ts';

/** What a busy machine may take for what should take no time; far less than what would hold a product up here. */
const marginMs = 10_000;

const hangs = new Promise<never>(() => {});

describe('SIGTERM under load', () => {
  it('loses no request of clients that look at readiness or at "connection: close"', async () => {
    const { answers, exitCodes } = await restartUnderLoad(400, [100, 200]);
    expect(answers.filter((answer) => answer !== 'served')).toEqual([]);
    expect(exitCodes).toEqual([0, 0, 0, 0]);
  });
});

describe('a product that stops', () => {
  let api: RecordingServer;
  /** Undefined to hang. */
  let answer: object | undefined;

  beforeAll(async () => {
    api = await startStubServer(() => (answer === undefined ? hangs : { body: answer }));
  });

  afterAll(() => api.close());

  function start(
    server: Record<string, unknown>,
    source: Record<string, unknown> = {},
  ): Promise<ProductProcess> {
    return startProductOn({
      sources: { elevate: entryFor.elevate(api.url, { timeoutMs: 60_000, ...source }) },
      server,
    });
  }

  it('says so where platforms look, and serves until they have', async () => {
    const product = await start({ drainMs: 1_500 });
    const status = async (path: string) => (await fetch(product.url + path)).status;
    expect([await status('/health/ready'), await status('/health/live')]).toEqual([200, 200]);
    const ended = product.stop('SIGTERM');
    await sleep(300);
    const ready = await fetch(`${product.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'draining' }]);
    expect(await status('/health/live')).toBe(200);
    const served = await fetch(`${product.url}/graphql?query={sources{name}}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect([served.headers.get('connection'), await served.json()]).toEqual([
      'close',
      { data: { sources: [{ name: 'elevate' }] } },
    ]);
    expect((await ended).exitCode).toBe(0);
    await expect(fetch(product.url)).rejects.toThrow();
  });

  it('is not held up by an API that hangs; its callers get what there is', async () => {
    answer = undefined;
    const product = await start({ drainMs: 100, graceMs: 700, requestTimeoutMs: 60_000, maxOperations: 1 });
    const [working, queued] = [1, 2].map((id) =>
      postQuery(product.url, `{ customer(id: "elevate:${id}") { name } sources { name } }`),
    );
    await sleep(300);
    const startMs = performance.now();
    const { exitCode } = await product.stop('SIGTERM');
    expect(exitCode).toBe(0);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(800);
    expect(performance.now() - startMs).toBeLessThan(800 + 500 + marginMs);
    const { data, errors } = (await working) ?? {};
    expect(data).toEqual({ customer: null, sources: [{ name: 'elevate' }] });
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['customer'],
        extensions: expect.objectContaining({ code: 'UPSTREAM_TIMEOUT' }),
      }),
    ]);
    expect(await queued).toMatchObject({ status: 503, errors: [{ extensions: { code: 'OVERLOADED' } }] });
  });

  it('is not held up by a call that refreshes an answer behind its request', async () => {
    answer = { id: 1, customerName: 'Harbour Ltd' };
    const cache = { customersSeconds: 1, staleWhileRevalidateSeconds: 600 };
    const product = await start({ drainMs: 0, graceMs: 300 }, { cache, headersTimeoutMs: 60_000 });
    const query = () => postQuery(product.url, '{ customer(id: "elevate:1") { name } }');
    expect((await query()).errors).toEqual([]);
    await sleep(1_100);
    answer = undefined;
    expect((await query()).data).toEqual({ customer: { name: 'Harbour Ltd' } });
    const startMs = performance.now();
    expect((await product.stop('SIGTERM')).exitCode).toBe(0);
    expect(performance.now() - startMs).toBeLessThan(1_300 + marginMs);
  });

  it('is not held up by connections without a request, nor by ones with half of it', async () => {
    const product = await start({ graceMs: 60_000 });
    const sockets = [
      '',
      'GET /health/live HTTP/1.1\r\nhost: localhost\r\n',
      'POST /graphql HTTP/1.1\r\ncontent-length: 9\r\n\r\n{',
    ].map((text) => {
      const socket = connect(Number(new URL(product.url).port), '127.0.0.1');
      socket.on('error', () => {}).write(text);
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    await sleep(100);
    const startMs = performance.now();
    expect((await product.stop('SIGINT')).exitCode).toBe(0);
    expect(performance.now() - startMs).toBeLessThan(500 + marginMs);
    for (const socket of sockets) socket.destroy();
  });

  it.each([
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGTERM', 'SIGINT', 130],
    ['SIGINT', 'SIGINT', 130],
  ] as const)('by %s ends at once on %s', async (first, second, exitCode) => {
    answer = undefined;
    const product = await start({ drainMs: 60_000, graceMs: 60_000, requestTimeoutMs: 60_000 });
    const cut = postQuery(product.url, '{ customer(id: "elevate:1") { name } }').catch(() => 'cut');
    await sleep(200);
    const ended = product.stop(first);
    await sleep(1_000);
    const startMs = performance.now();
    void product.stop(second);
    expect((await ended).exitCode).toBe(exitCode);
    expect(performance.now() - startMs).toBeLessThan(marginMs);
    expect(await cut).toBe('cut');
  });

  it('takes a signal that comes twice, as under npm, for one', async () => {
    const product = await start({ drainMs: 0 });
    void product.stop('SIGINT');
    await sleep(20);
    expect((await product.stop('SIGINT')).exitCode).toBe(0);
  });
});
