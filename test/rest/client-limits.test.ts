import { afterEach, describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { UpstreamError } from '../../src/rest/errors.ts';
import { measure } from '../support/starvation.ts';
import {
  closeAll,
  createScope,
  createTestClient,
  startRawServer,
  startServer,
  startStub,
  transports,
} from './test-client.ts';

afterEach(closeAll);

/** Far below the limits that would end the calls otherwise. */
const promptMs = 500;
const promptEnd = { code: 'UPSTREAM_TIMEOUT', isPrompt: true };
const patient = { connectTimeoutMs: 20_000, headersTimeoutMs: 20_000, timeoutMs: 20_000 };
const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(transports)('a call over %s', (transport) => {
  describe('is given up', () => {
    it('when its headers take too long', async () => {
      const server = await startServer(() => {});
      const client = createTestClient(server.url, transport, { ...patient, headersTimeoutMs: 200 });
      const failure = await client.readFailure();
      expect(failure).toMatchObject({
        code: 'UPSTREAM_TIMEOUT',
        retryable: true,
        reason: 'no answer within 200 ms',
      });
    });

    it('when its body stops', async () => {
      const server = await startRawServer((socket) => socket.write(`${head}[1,`));
      const client = createTestClient(server.url, transport, { ...patient, timeoutMs: 300 });
      const failure = await client.readFailure();
      expect(failure).toMatchObject({ code: 'UPSTREAM_TIMEOUT', reason: 'no complete answer within 300 ms' });
    });

    it('when its body trickles past the limit of the whole call', async () => {
      const server = await startServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const timer = setInterval(() => response.write(' '), 20);
        response.once('close', () => clearInterval(timer));
      });
      const client = createTestClient(server.url, transport, {
        ...patient,
        headersTimeoutMs: 600,
        timeoutMs: 1_200,
      });
      const failure = await client.readFailure();
      expect(failure).toMatchObject({
        code: 'UPSTREAM_TIMEOUT',
        reason: 'no complete answer within 1200 ms',
      });
    });

    it('when no connection can be made in time', async () => {
      // Takes connections and is silent where a TLS handshake is due.
      const server = await startRawServer(() => {});
      const client = createTestClient(server.url.replace('http:', 'https:'), transport, {
        ...patient,
        connectTimeoutMs: 300,
      });
      const failure = await client.readFailure();
      expect(failure).toMatchObject({ code: 'UPSTREAM_TIMEOUT', retryable: true });
      expect(failure.reason).toMatch(/^connection not made in time/);
    });

    it('when the connection is refused', async () => {
      const client = createTestClient(`http://127.0.0.1:${await findClosedPort()}`, transport);
      await expect(client.readFailure()).resolves.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        retryable: true,
      });
    });

    it('when the whole call is over before the connection is made', async () => {
      const server = await startRawServer(() => {});
      const client = createTestClient(server.url.replace('http:', 'https:'), transport, {
        ...patient,
        timeoutMs: 300,
      });
      const { result, durationMs } = await measure(() => client.readFailure());
      expect(result).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
      expect(durationMs).toBeLessThan(300 + promptMs);
    });
  });

  it('may be slow as long as it stays below its limits', async () => {
    const server = await startServer((_request, response) => {
      setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).write('['), 200);
      setTimeout(() => response.end(']'), 600);
    });
    const client = createTestClient(server.url, transport, {
      ...patient,
      connectTimeoutMs: 100,
      headersTimeoutMs: 400,
    });
    await expect(client.read()).resolves.toEqual([]);
  });

  it('whose time is over leaves its place to the next', async () => {
    const server = await startServer((request, response) => {
      if (request.url === '/slow') return;
      response.writeHead(200, { 'content-type': 'application/json' }).end('[1]');
    });
    const client = createTestClient(server.url, transport, { timeoutMs: 300, maxConcurrency: 1 });
    const [slow, fast] = await Promise.allSettled([client.read('/slow'), client.read('/fast')]);
    expect(slow).toMatchObject({ status: 'rejected', reason: { code: 'UPSTREAM_TIMEOUT' } });
    expect(fast).toEqual({ status: 'fulfilled', value: [1] });
  });

  it('whose request is over leaves its place to the next', async () => {
    const server = await startServer((request, response) => {
      if (request.url === '/slow') return;
      response.writeHead(200, { 'content-type': 'application/json' }).end('[1]');
    });
    const client = createTestClient(server.url, transport, { ...patient, maxConcurrency: 1 });
    const controller = new AbortController();
    const slow = client.readFailure('/slow', createScope({ signal: controller.signal }));
    const fast = client.read('/fast');
    await wait(100);
    expect(await abort(controller, slow)).toEqual(promptEnd);
    await expect(fast).resolves.toEqual([1]);
    expect(server.requests[0]?.socket.destroyed).toBe(true);
  });

  describe('ends at once with the request that it is for', () => {
    const stages = [
      ['while the server is silent', () => startServer(() => {})],
      ['in the middle of the body', () => startRawServer((socket) => socket.write(`${head}[1,`))],
    ] as const;

    it.each(stages)('%s', async (_case, start) => {
      const server = await start();
      const client = createTestClient(server.url, transport, patient);
      const controller = new AbortController();
      const failure = client.readFailure(undefined, createScope({ signal: controller.signal }));
      await wait(200);
      expect(await abort(controller, failure)).toEqual(promptEnd);
    });

    it('before its connection is made', async () => {
      const server = await startRawServer(() => {});
      const client = createTestClient(server.url.replace('http:', 'https:'), transport, patient);
      const controller = new AbortController();
      const failure = client.readFailure(undefined, createScope({ signal: controller.signal }));
      await wait(200);
      expect(await abort(controller, failure)).toEqual(promptEnd);
    });

    it('while it waits for its turn, and is not sent', async () => {
      const server = await startServer(() => {});
      const client = createTestClient(server.url, transport, { ...patient, maxConcurrency: 1 });
      const first = new AbortController();
      const second = new AbortController();
      const underWay = client.readFailure('/first', createScope({ signal: first.signal }));
      const waiting = client.readFailure('/second', createScope({ signal: second.signal }));
      await wait(200);
      expect(await abort(second, waiting)).toEqual(promptEnd);
      expect(await abort(first, underWay)).toEqual(promptEnd);
      expect(server.calls).toEqual(['GET /first']);
    });

    it('and is not sent at all when that was over before', async () => {
      const server = await startStub(() => ({ body: [] }));
      const client = createTestClient(server.url, transport);
      await expect(
        client.readFailure(undefined, createScope({ signal: AbortSignal.abort() })),
      ).resolves.toMatchObject({
        code: 'UPSTREAM_TIMEOUT',
      });
      expect(server.calls).toEqual([]);
    });

    it('without harm to the others', async () => {
      const server = await startServer((request, response) => {
        setTimeout(
          () => response.writeHead(200, { 'content-type': 'application/json' }).end('[1]'),
          request.url === '/other' ? 300 : 5_000,
        ).unref();
      });
      const client = createTestClient(server.url, transport, { maxConcurrency: 2 });
      const controller = new AbortController();
      const ended = client.readFailure('/ended', createScope({ signal: controller.signal }));
      const other = client.read('/other');
      await wait(100);
      expect(await abort(controller, ended)).toEqual(promptEnd);
      await expect(other).resolves.toEqual([1]);
    });
  });

  it('leaves nothing attached to the signal of its request', async () => {
    const server = await startStub((url) => (url.pathname === '/good' ? { body: [] } : { status: 500 }));
    const client = createTestClient(server.url, transport, { maxConcurrency: 2 });
    const { signal } = new AbortController();
    const paths = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? '/good' : '/bad'));
    await Promise.allSettled(paths.map((path) => client.read(path, createScope({ signal }))));
    await wait(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

/** Ends the request that a call is for, and tells how the call took it. */
async function abort(
  controller: AbortController,
  failure: Promise<UpstreamError>,
): Promise<{ code: string; isPrompt: boolean }> {
  const { result, durationMs } = await measure(() => {
    controller.abort();
    return failure;
  });
  return { code: result.code, isPrompt: durationMs < promptMs };
}

/** A port of loopback that nothing listens on. */
async function findClosedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address: AddressInfo | string | null = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 1;
}
