import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How long a client may take to read the last answer before its connection is cut. */
const lastAnswerMs = 1_000;

/** Something that is not a request, or only the beginning of one. */
interface Malformed {
  readonly status: number;
  readonly message: string;
}

export interface MalformedRequests {
  count(status: number): void;
  describe(message: string): { readonly body: string; readonly requestId: string };
}

/** A request and its answer. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Answers, in our own form, what Node.js could not read as a request, and closes the connection. Requests that came
 * before on the same connection get their answers first.
 */
export function createMalformedAnswers(malformed: MalformedRequests) {
  const latest = new WeakMap<Socket, Exchange>();
  const queued = new WeakMap<Socket, Set<ServerResponse>>();
  const broken = new WeakSet<Socket>();

  const answer = (socket: Socket, { status, message }: Malformed, headers: readonly string[] = []): void =>
    sendLast(socket, status, malformed.describe(message), headers);

  /** Closes answers that wait behind others when their connection ends. Node.js does not, and listeners would wait for ever. */
  function queue(socket: Socket, response: ServerResponse): void {
    let waiting = queued.get(socket);
    if (waiting === undefined) {
      const responses = new Set<ServerResponse>();
      socket.once('close', () => responses.forEach(closeUnsent));
      queued.set(socket, responses);
      waiting = responses;
    }
    waiting.add(response);
    response.once('close', () => waiting.delete(response));
  }

  return {
    /** Of every request, before it is handled. */
    onRequest: (request: IncomingMessage, response: ServerResponse): void => {
      const { socket } = request;
      const before = latest.get(socket);
      latest.set(socket, { request, response });
      if (before !== undefined && !before.response.closed) queue(socket, response);
    },

    onClientError: (error: NodeJS.ErrnoException, socket: Duplex): void => {
      if (!(socket instanceof Socket)) return void socket.destroy();
      if (broken.has(socket)) return;
      broken.add(socket);
      const found = describeError(error);
      if (found === undefined || !socket.writable) return void socket.destroy();
      malformed.count(found.status);
      const last = latest.get(socket);
      if (last === undefined || last.response.closed) return answer(socket, found);
      if (!last.request.complete) return failBody(last, found, socket);
      last.response.once('close', () => answer(socket, found));
    },

    /** `CONNECT`, which asks for a tunnel. */
    onConnect: (_request: IncomingMessage, socket: Duplex): void => {
      if (!(socket instanceof Socket)) return void socket.destroy();
      malformed.count(405);
      answer(socket, { status: 405, message: 'This server is not a proxy.' }, ['allow: GET, POST']);
    },
  };
}

/** Undefined where the connection is gone, with nobody left to answer. */
function describeError({ code = '' }: NodeJS.ErrnoException): Malformed | undefined {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, message: 'The request took too long to arrive.' };
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, message: 'The URL and headers are too large.' };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, message: 'The chunk extensions are too large.' };
    default:
      return code.startsWith('HPE_') ? { status: 400, message: 'This is not an HTTP request.' } : undefined;
  }
}

function closeUnsent(response: ServerResponse): void {
  if (response.closed) return;
  response.destroy();
  response.emit('close');
}

/** Fails the rest of a body for the route that waits for it, so that the route answers. */
function failBody({ request, response }: Exchange, { status, message }: Malformed, socket: Socket): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
  response.once('close', () => socket.destroySoon());
  const fail = (): boolean =>
    request.listenerCount('error') > 0 &&
    request.emit('error', Object.assign(new Error(message), { statusCode: status }));
  if (fail()) return;
  // The route has not begun to read the body.
  const onListener = (event: string | symbol) => {
    if (event !== 'error') return;
    request.off('newListener', onListener);
    process.nextTick(fail);
  };
  request.on('newListener', onListener);
}

function sendLast(
  socket: Socket,
  status: number,
  { body, requestId }: ReturnType<MalformedRequests['describe']>,
  headers: readonly string[],
): void {
  if (!socket.writable) return void socket.destroy();
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'x-content-type-options: nosniff',
    `x-request-id: ${requestId}`,
    ...headers,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // Destroyed at once, the connection would be reset, and a client that is still sending would lose the answer.
  const timer = setTimeout(() => socket.destroy(), lastAnswerMs).unref();
  socket.once('close', () => clearTimeout(timer));
}
