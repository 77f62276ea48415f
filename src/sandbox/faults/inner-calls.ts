import { createServer, request as sendRequest, type IncomingMessage, type Server } from 'node:http';
import { duplexPair } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import type { Answer } from './answer.ts';

/** Headers of one connection, which say nothing about another. */
const connectionHeaders = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
]);

/** The way to an app past the faults: HTTP over connections that never leave the process. */
export type InnerServer = Server;

/** Asks the app what a request asks for. */
export interface InnerCalls {
  /** The app sees the request itself once, however often its answer is asked for. */
  readonly answer: () => Promise<Answer>;
  /** The answer to the same request for another path and query. */
  readonly answerTo: (url: string) => Promise<Answer>;
  /** Whether the body of the request is used up. */
  readonly isAsked: () => boolean;
}

export function createInnerServer(app: FastifyInstance): InnerServer {
  return createServer((request, response) => app.routing(request, response));
}

export function createInnerCalls(server: InnerServer, request: IncomingMessage): InnerCalls {
  let body: Promise<Buffer> | undefined;
  let answered: Promise<Answer> | undefined;
  const answerTo = async (url: string): Promise<Answer> =>
    askInside(server, request, url, await (body ??= buffer(request)));
  return {
    answerTo,
    answer: () => (answered ??= answerTo(request.url ?? '/')),
    isAsked: () => answered !== undefined,
  };
}

async function askInside(
  server: InnerServer,
  { method, headers }: IncomingMessage,
  path: string,
  body: Buffer,
): Promise<Answer> {
  const [near, far] = duplexPair();
  server.emit('connection', far);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const length = body.length > 0 ? { 'content-length': body.length } : {};
    const sent = sendRequest(
      { method, path, headers: { ...dropConnection(headers), ...length }, createConnection: () => near },
      resolve,
    );
    sent.once('error', reject).end(body);
  });
  const { statusCode: status = 0, statusMessage = '' } = response;
  return { status, statusMessage, headers: dropConnection(response.headers), body: await buffer(response) };
}

function dropConnection(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !connectionHeaders.has(name)));
}
