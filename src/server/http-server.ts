import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Refusals } from './refusals.ts';

/** A request that takes longer to arrive is not waited for. */
const arrivalTimeoutMs = 10_000;

/** A connection is kept for so long between requests: longer than load balancers usually keep theirs. */
const keepAliveMs = 72_000;

/** A client that reads nothing of its answer for so long is not waited for either. */
const unreadTimeoutMs = 20_000;

/** The event of the server for a request that is to be handled. Those that there is no room for cause none. */
export const requestEvent = 'request to handle';

/** What it takes to refuse a request without having it handled. */
export interface ExcessOptions {
  readonly isForOperation: (url: string) => boolean;
  /** Whether there is room for one more operation of a client. */
  readonly hasRoom: (request: IncomingMessage) => boolean;
  readonly readRequestId: (request: IncomingMessage) => string;
  /** What every answer has. */
  readonly createHeaders: (requestId: string) => Readonly<Record<string, string>>;
  readonly refusals: Pick<Refusals, 'describeOverload'>;
}

/** The HTTP server under the framework. @param handle handles a request, whatever it is */
export function createHttpServer(
  handle: RequestListener,
  { requestTimeoutMs, ...excess }: ExcessOptions & { readonly requestTimeoutMs: number },
): Server {
  const server = createServer({
    headersTimeout: arrivalTimeoutMs,
    requestTimeout: arrivalTimeoutMs,
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: keepAliveMs,
    // Refused by the host, in our own form.
    requireHostHeader: false,
  });
  // Nothing passes over a connection while an operation is worked on.
  server.setTimeout(requestTimeoutMs + unreadTimeoutMs);
  server.on(requestEvent, handle);
  const refuse = createExcessRefusal(excess);
  server.on('request', (request, response) => {
    if (!refuse(request, response)) server.emit(requestEvent, request, response);
  });
  return server;
}

/**
 * Refuses requests for operations that there is no room for. In a flood these are most of all requests: what each costs
 * is not left for operations, so nothing else is done for them.
 */
function createExcessRefusal({
  isForOperation,
  hasRoom,
  readRequestId,
  createHeaders,
  refusals,
}: ExcessOptions): (...exchange: Parameters<RequestListener>) => boolean {
  return (request, response) => {
    if (!isForOperation(request.url ?? '') || hasRoom(request)) return false;
    const requestId = readRequestId(request);
    const { status, headers, body } = refusals.describeOverload(requestId);
    const length = String(Buffer.byteLength(body));
    response.writeHead(status, { ...headers, ...createHeaders(requestId), 'content-length': length });
    // What is still to come of the request is not read: Node.js drops it.
    response.end(body);
    return true;
  };
}
