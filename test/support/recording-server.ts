import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { serve } from './loopback.ts';

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
  return { ...(await serve(server)), calls, requests };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (url: URL, request: IncomingMessage) => StubAnswer | Promise<StubAnswer>,
): Promise<void> {
  const {
    status = 200,
    headers = {},
    body = null,
  } = await answer(new URL(request.url ?? '/', 'http://stub'), request);
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
