import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A REST API made for one test: real HTTP on loopback that remembers what it was asked. */
export interface RecordingServer {
  readonly url: string;
  /** `GET /v1/customers/1`, in the order of arrival. */
  readonly calls: string[];
  readonly requests: IncomingMessage[];
  close(): Promise<void>;
}

export interface StubAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

/** Answers each request with what `answer` returns for its path and query. */
export function startStubServer(
  answer: (url: URL, request: IncomingMessage) => StubAnswer | Promise<StubAnswer>,
): Promise<RecordingServer> {
  return startRecordingServer((request, response) => {
    void respond(request, response, answer);
  });
}

export async function startRecordingServer(listener: RequestListener): Promise<RecordingServer> {
  const calls: string[] = [];
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${decodeURIComponent(request.url ?? '')}`);
    requests.push(request);
    listener(request, response);
  });
  server.listen(0, '127.0.0.1').unref();
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    calls,
    requests,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (url: URL, request: IncomingMessage) => StubAnswer | Promise<StubAnswer>,
): Promise<void> {
  const { status = 200, headers = {}, body = null } = await answer(new URL(request.url ?? '/', 'http://stub'), request);
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function portOf(address: string | AddressInfo | null): number {
  if (typeof address === 'object' && address !== null) return address.port;
  throw new TypeError('the server does not listen on a port');
}
