import { afterEach, describe, expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import type { WaitingScope } from '../../src/rest/scope.ts';
import {
  closeAll,
  createScope,
  createTestClient,
  failureOf,
  refuseAnswer,
  startRawServer,
  startServer,
  startStub,
  transports,
} from './test-client.ts';
import type { StubAnswer } from '../support/recording-server.ts';
import { measure } from '../support/starvation.ts';

afterEach(closeAll);

/** A request that has time for a second attempt. */
function createPatientScope(more: Partial<WaitingScope> = {}): WaitingScope {
  return createScope({ deadlineMs: Date.now() + 5_000, ...more });
}

const good: StubAnswer = { body: { id: 1 } };

/** Answers the first call in one way and the others well. */
function startRecovering(first: StubAnswer) {
  let count = 0;
  return startStub(() => {
    count += 1;
    return count === 1 ? first : good;
  });
}

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

describe('a failure that may pass', () => {
  it.each<[string, StubAnswer]>([
    ...[500, 502, 503, 504, 599].map((status): [string, StubAnswer] => [`status ${status}`, { status }]),
    ['status 503 with a short Retry-After', { status: 503, headers: { 'retry-after': '0' } }],
    ['status 429 with a short Retry-After', { status: 429, headers: { 'retry-after': '0' } }],
    ['JSON that is cut short in a list', { body: '[{"id": 1}' }],
    ['JSON that is cut short in a string', { body: '{"id": 1, "name": "Jo' }],
    ['JSON that is cut short between a key and its value', { body: '{"id":' }],
  ])('is tried once more: %s', async (_what, first) => {
    const server = await startRecovering(first);
    await expect(createTestClient(server.url, 'undici').read('/1', createPatientScope())).resolves.toEqual({
      id: 1,
    });
    expect(server.calls).toEqual(['GET /1', 'GET /1']);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['a reset instead of an answer', (socket) => socket.resetAndDestroy()],
    ['an end instead of an answer', (socket) => socket.end()],
    [
      'a reset in the body',
      (socket) => socket.write(`${head}content-length: 9\r\n\r\n{"id"`, () => socket.resetAndDestroy()),
    ],
    ['an end in the body', (socket) => socket.end(`${head}content-length: 9\r\n\r\n{"id"`)],
    [
      'a chunk without a length',
      (socket) => socket.end(`${head}transfer-encoding: chunked\r\n\r\n5\r\n{"id"\r\nno length\r\n`),
    ],
  ])('is tried once more: %s', async (_what, fail) => {
    const server = await startRawServer((socket) => {
      if (server.sockets.length === 1) fail(socket);
      else socket.end(`${head}content-length: 8\r\n\r\n{"id":1}`);
    });
    await expect(createTestClient(server.url, 'undici').read('/1', createPatientScope())).resolves.toEqual({
      id: 1,
    });
    expect(server.sockets).toHaveLength(2);
  });

  it('is tried once more only', async () => {
    const server = await startStub(() => ({ status: 500 }));
    const client = createTestClient(server.url, 'undici');
    await expect(client.readFailure('/1', createPatientScope())).resolves.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      status: 500,
    });
    expect(server.calls).toHaveLength(2);
    expect(client.events.filter((event) => event.startsWith('["retried"'))).toHaveLength(1);
  });

  it.each([0, 60, 100])('is final when %i ms are left', async (leftMs) => {
    const server = await startStub(() => ({ status: 500 }));
    const scope = createScope({ deadlineMs: Date.now() + leftMs });
    await expect(createTestClient(server.url, 'undici').readFailure('/1', scope)).resolves.toMatchObject({
      status: 500,
    });
    expect(server.calls.length).toBe(1);
  });

  it.each([503, 429])(
    'is told at once when the source asks for more time than is left (status %i)',
    async (status) => {
      const server = await startStub(() => ({ status, headers: { 'retry-after': '3600' } }));
      const client = createTestClient(server.url, 'undici');
      const { result, durationMs } = await measure(() => client.readFailure('/1', createPatientScope()));
      expect(result).toMatchObject({ status, retryAfterSeconds: 3_600 });
      expect(durationMs).toBeLessThan(1_000);
      expect(server.calls).toHaveLength(1);
    },
  );

  it.each([503, 429])(
    'is waited out when the source asks for less time than is left (status %i)',
    async (status) => {
      const server = await startRecovering({ status, headers: { 'retry-after': '1' } });
      const startMs = performance.now();
      const { result, durationMs } = await measure(() =>
        createTestClient(server.url, 'undici').read('/1', createPatientScope()),
      );
      expect(result).toEqual({ id: 1 });
      expect(performance.now() - startMs).toBeGreaterThanOrEqual(1_000);
      expect(durationMs).toBeLessThan(2_000);
      expect(server.calls).toHaveLength(2);
    },
  );

  it.each([
    ['one caller', { type: 'bearer', token: 'token' }],
    ['as many callers as there are calls', { type: 'forward' }],
  ] as const)(
    'burdens a source that is down with a fifth more calls and ten a second, for %s',
    async (_who, auth) => {
      const server = await startStub(() => ({ status: 500 }));
      const client = createTestClient(server.url, 'undici', { auth });
      const startMs = performance.now();
      await Promise.all(
        Array.from({ length: 300 }, (_, index) => {
          const scope = createPatientScope({
            deadlineMs: Date.now() + 10_000,
            callerHeader: () => `Bearer ${index}`,
          });
          return client.readFailure(`/${index}`, scope);
        }),
      );
      const seconds = (performance.now() - startMs) / 1_000;
      expect(server.calls.length).toBeGreaterThan(300);
      expect(server.calls.length).toBeLessThanOrEqual(300 * 1.2 + 10 * seconds + 10);
    },
  );
});

describe('a failure that will not pass', () => {
  it.each<[string, StubAnswer]>([
    ...[302, 400, 401, 403, 405, 409, 422].map((status): [string, StubAnswer] => [
      `status ${status}`,
      { status },
    ]),
    ['status 429 without a time to wait', { status: 429 }],
    ['another media type', { headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['an empty body', { body: '' }],
    ['what is no JSON', { body: '{"id": NaN}' }],
    ['what is no JSON, with quotes in it', { body: String.raw`{"name": "a \" b", "id": Infinity}` }],
    ['too many bytes', { body: JSON.stringify('x'.repeat(2_000)) }],
    ['broken compression', { headers: { 'content-encoding': 'gzip' }, body: 'no gzip' }],
  ])('is not tried again: %s', async (_what, answer) => {
    const server = await startStub(() => answer);
    const client = createTestClient(server.url, 'undici', { maxResponseBytes: 1_024 });
    await client.readFailure('/1', createPatientScope());
    expect(server.calls).toHaveLength(1);
  });

  it('is not tried again: an answer that takes too long', async () => {
    const server = await startServer(() => {});
    const client = createTestClient(server.url, 'undici', { headersTimeoutMs: 200 });
    await expect(client.readFailure('/1', createPatientScope())).resolves.toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
    });
    expect(server.calls).toHaveLength(1);
  });

  it.each(transports)(
    'is not tried again: a server that does not speak TLS where it should (%s)',
    async (transport) => {
      const server = await startRawServer((socket) => socket.end('220 ready\r\n'));
      const client = createTestClient(server.url.replace('http:', 'https:'), transport);
      await expect(client.readFailure('/1', createPatientScope())).resolves.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
      });
      expect(server.sockets).toHaveLength(1);
    },
  );

  it('is not tried again: a record that is not what was asked for', async () => {
    const server = await startStub(() => good);
    const client = createTestClient(server.url, 'undici');
    const failure = await failureOf(
      client.get({ url: client.urlOf('/1'), decode: refuseAnswer }, createPatientScope()),
    );
    expect(failure.reason).toBe('another record');
    expect(server.calls).toHaveLength(1);
  });

  it.each([204, 404, 410])('is not tried again: status %i, which is an answer', async (status) => {
    const server = await startStub(() => ({ status, body: '' }));
    await expect(createTestClient(server.url, 'undici').read('/1', createPatientScope())).resolves.toBeNull();
    expect(server.calls).toHaveLength(1);
  });
});

it('a request that ends while it waits to try again makes no further call', async () => {
  const server = await startStub(() => ({ status: 503, headers: { 'retry-after': '1' } }));
  const controller = new AbortController();
  const answer = createTestClient(server.url, 'undici').read(
    '/1',
    createPatientScope({ signal: controller.signal }),
  );
  setTimeout(() => controller.abort(new Error('over')), 300);
  const { result, durationMs } = await measure(() => failureOf(answer));
  expect(result.code).toBe('UPSTREAM_TIMEOUT');
  expect(durationMs).toBeLessThan(600);
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(server.calls).toHaveLength(1);
});
