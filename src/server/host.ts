import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { Config } from '../config/load-config.ts';
import { createMalformedAnswers } from './client-errors.ts';
import { compressAnswers } from './compression.ts';
import { createHttpServer, requestEvent } from './http-server.ts';
import type { Metrics } from './metrics.ts';
import type { Refusals } from './refusals.ts';
import { createRequestCheck, toOwnPath } from './request-check.ts';

/** Larger request bodies are refused; 200 ids or 1,000 references take a quarter of it. */
export const maxBodyBytes = 256 * 1_024;

const shuttingDown = 'The server is shutting down. Try again in a moment.';

export interface HostOptions {
  readonly refusals: Refusals;
  /** Whether there is room for one more operation of a client. */
  readonly hasRoom: (request: IncomingMessage) => boolean;
  readonly isDraining: () => boolean;
}

/** An HTTP host without routes, in which every request has an id and every failure an answer. */
export function createHost(
  server: Config['server'],
  { refusals, hasRoom, isDraining }: HostOptions,
): FastifyInstance {
  const prefix = server.path.replace(/\/$/, '');
  const malformed = createMalformedAnswers(refusals.malformed);
  const createHeaders = (requestId: string) => ({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
    // Clients that keep their connection would not notice that another server is to be asked.
    ...(isDraining() ? { connection: 'close' } : {}),
  });
  const app = fastify({
    bodyLimit: maxBodyBytes,
    genReqId: readRequestId,
    forceCloseConnections: 'idle',
    // Refused by `refuseEarly` instead, in our own form.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true },
    rewriteUrl: ({ url = '' }) => toOwnPath(url, prefix),
    clientErrorHandler: malformed.onClientError,
    frameworkErrors: (error, request, reply) =>
      void refusals.sendError(error, request, addHeaders(reply, createHeaders(request.id))),
    serverFactory: (handle) =>
      createHttpServer(handle, {
        requestTimeoutMs: server.requestTimeoutMs,
        isForOperation: (url) => /^\/graphql\/?(\?|$)/.test(toOwnPath(url, prefix)),
        hasRoom,
        readRequestId,
        createHeaders,
        refusals,
      }),
  });
  app.server.prependListener(requestEvent, malformed.onRequest);
  app.server.on('connect', malformed.onConnect);
  // Refused by `refuseEarly`, like any other request that cannot be served.
  app.server.on('checkExpectation', (request, response) => app.routing(request, response));
  refuseEarly(app, createRequestCheck(server), refusals);
  completeAnswers(app, refusals, createHeaders);
  compressAnswers(app);
  return app;
}

/** Refuses requests for which no route has to be found. */
function refuseEarly(
  app: FastifyInstance,
  checkRequest: ReturnType<typeof createRequestCheck>,
  refusals: Refusals,
): void {
  let isClosing = false;
  app.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  app.addHook('onRequest', (request, reply, done) => {
    const problem = checkRequest(request.raw, request.originalUrl);
    if (problem !== undefined)
      return void refusals.send(request, reply.code(problem.status), 'BAD_REQUEST', problem.message);
    if (isClosing) return void refusals.sendOverloaded(request, reply, shuttingDown);
    // HTTP/1.0 allows for none, and Apollo's integration makes a URL of it.
    request.raw.headers.host ??= 'localhost';
    done();
  });
}

/** Gives every answer its headers, and every failure its body. */
function completeAnswers(
  app: FastifyInstance,
  refusals: Refusals,
  createHeaders: (requestId: string) => Record<string, string>,
): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    addHeaders(reply, createHeaders(request.id));
    done(null, reply.statusCode >= 400 ? refusals.complete(request, payload) : payload);
  });
  app.setNotFoundHandler((request, reply) =>
    refusals.send(
      request,
      reply.code(404),
      'BAD_REQUEST',
      'There is nothing here. Queries go to /graphql by POST.',
    ),
  );
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) =>
    refusals.sendError(error, request, reply),
  );
}

/** A route may say otherwise: files of the page may be kept. */
function addHeaders(reply: FastifyReply, headers: Record<string, string>): FastifyReply {
  for (const [name, value] of Object.entries(headers)) if (!reply.hasHeader(name)) reply.header(name, value);
  return reply;
}

/**
 * Health and metrics need no token, are no operations and ask no source.
 *
 * @param exposure added to what is told of health
 */
export function registerHealth(
  app: FastifyInstance,
  metrics: Metrics,
  isDraining: () => boolean,
  exposure: { readonly exposed?: true },
): void {
  app.get('/health/live', { config: { isPublic: true } }, async () => ({ status: 'ok' }));
  for (const path of ['/health', '/health/ready'])
    app.get(path, async (_request, reply) => {
      return isDraining()
        ? reply.code(503).send({ status: 'draining', ...exposure })
        : reply.send({ status: 'ok', ...exposure });
    });
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await metrics.write();
    return reply.type(contentType).send(text);
  });
}

/** A caller's own request id is kept when it is a UUID: CRO takes no other. */
function readRequestId({ headers }: { headers: Record<string, unknown> }): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given)
    ? given
    : randomUUID();
}
