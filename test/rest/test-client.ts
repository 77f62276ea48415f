import { expect } from '@jest/globals';
import { setMaxListeners } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { z } from 'zod';
import { upstreamExtensions } from '../../src/graph/errors.ts';
import { createRestClient, type RestClient } from '../../src/rest/client.ts';
import { UpstreamError } from '../../src/rest/errors.ts';
import type { WaitingScope } from '../../src/rest/scope.ts';
import { restSettings } from '../../src/rest/settings.ts';
import { startRecordingServer, startStubServer, type RecordingServer } from '../support/recording-server.ts';

export const transports = ['undici', 'fetch'] as const;
export type TransportName = (typeof transports)[number];

/** Stand in a URL, a header, a credential and a body, and may stand in no error and in nothing that an observer is told. */
export const secrets = {
  path: '/secret-path',
  header: 'secret-header-value',
  token: 'secret-token',
  body: 'secret-body',
  clientSecret: 'secret-of-the-client',
  refreshToken: 'secret-refresh-token',
} as const;

export interface TestClient extends RestClient {
  /** What the client told its observer, as JSON. */
  readonly events: string[];
  /** The body of a GET below the base URL. */
  read(path?: string, scope?: WaitingScope): Promise<unknown>;
  /** The failure of such a GET, once neither it nor what the observer was told says what they must not. */
  readFailure(path?: string, scope?: WaitingScope): Promise<UpstreamError>;
}

const north = { name: 'north', provider: { name: 'stub', title: 'Stub CRM' } };

const closers: (() => Promise<unknown>)[] = [];

/** Ends every client and server that this module started; goes into `afterEach`. */
export async function closeAll(): Promise<void> {
  await Promise.all(closers.splice(0).map((close) => close()));
}

export function createTestClient(
  baseUrl: string,
  transport: TransportName,
  settings: Partial<z.input<typeof restSettings>> = {},
  headers: Readonly<Record<string, string>> = { 'x-key': secrets.header },
): TestClient {
  const events: string[] = [];
  const record =
    (event: string) =>
    (...details: readonly unknown[]) =>
      void events.push(JSON.stringify([event, ...details]));
  const client = createRestClient({
    source: north,
    settings: restSettings.parse({
      baseUrl,
      transport,
      auth: { type: 'bearer', token: secrets.token },
      // A machine that has other work as well may be slow.
      headersTimeoutMs: 30_000,
      timeoutMs: 30_000,
      breaker: { failureRatio: 1, minCalls: 1_000 },
      ...settings,
    }),
    headers,
    userAgent: 'customer-graph/test',
    observer: {
      callEnded: record('callEnded'),
      retried: record('retried'),
      refused: record('refused'),
      served: record('served'),
      warned: record('warned'),
      breakerChanged: record('breakerChanged'),
    },
  });
  // A test may have closed it already.
  closers.push(() => client.close().catch(() => {}));
  const read = async (path: string = secrets.path, scope = createScope()) =>
    (await client.get({ url: client.urlOf(path), decode: acceptAnswer, resource: 'customers' }, scope)).body;
  return {
    ...client,
    events,
    read,
    async readFailure(path, scope) {
      const failure = await failureOf(read(path, scope));
      expectNoSecrets(failure.message, [baseUrl, new URL(baseUrl).host]);
      expectNoSecrets(JSON.stringify(upstreamExtensions(failure)), [baseUrl, new URL(baseUrl).host]);
      expectNoSecrets(JSON.stringify(failure), [baseUrl, new URL(baseUrl).host]);
      expectNoSecrets(events.join('\n'), [baseUrl, new URL(baseUrl).host]);
      return failure;
    },
  };
}

/** Decodes any body to itself. */
export function acceptAnswer(body: unknown): unknown {
  return body;
}

/** Finds every answer to be another than the one that was asked for. */
export function refuseAnswer(): never {
  throw new UpstreamError('UPSTREAM_BAD_RESPONSE', north, { reason: 'another record' });
}

function expectNoSecrets(text: string, addresses: readonly string[]): void {
  for (const secret of [...Object.values(secrets), ...addresses]) expect(text).not.toContain(secret);
}

/** A request that has no time for a second attempt at a failed call, so that each read is a single call. */
export function createScope(more: Partial<WaitingScope> = {}): WaitingScope {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return {
    requestId: 'request-1',
    signal,
    deadlineMs: Date.now(),
    hasOwnDeadline: false,
    caller: 'caller',
    beginWait: () => async () => {},
    callerHeader: () => undefined,
    ...more,
  };
}

export async function failureOf(promise: Promise<unknown>): Promise<UpstreamError> {
  const failure = await promise.then(
    () => new Error('the call succeeded'),
    (error: unknown) => error,
  );
  if (failure instanceof UpstreamError) return failure;
  throw failure;
}

export async function startServer(
  ...listener: Parameters<typeof startRecordingServer>
): Promise<RecordingServer> {
  const server = await startRecordingServer(...listener);
  closers.push(() => server.close());
  return server;
}

export async function startStub(...answer: Parameters<typeof startStubServer>): Promise<RecordingServer> {
  const server = await startStubServer(...answer);
  closers.push(() => server.close());
  return server;
}

export interface RawServer {
  readonly url: string;
  /** Connections that were made, closed ones included. */
  readonly sockets: Socket[];
}

/** A server below HTTP: hands over each connection, with the bytes of its first request read unless told otherwise. */
export async function startRawServer(onRequest: (socket: Socket) => void): Promise<RawServer> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => onRequest(socket));
  });
  server.listen(0, '127.0.0.1').unref();
  await new Promise((resolve) => server.once('listening', resolve));
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null)
    throw new TypeError('the server does not listen on a port');
  return { url: `http://127.0.0.1:${address.port}`, sockets };
}

/** How many distinct connections the requests of a server came by. */
export function countConnections({ requests }: RecordingServer): number {
  return new Set(requests.map((request) => request.socket)).size;
}
