import { randomUUID } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';
import type { Config } from '../config/load-config.ts';
import type { Metrics } from './metrics.ts';
import type { Refusals } from './refusals.ts';

/** Larger request bodies are refused; 200 ids or 1,000 references take a quarter of it. */
const maxBodyBytes = 256 * 1_024;

/** A request that takes longer to arrive is not waited for. */
const arrivalTimeoutMs = 10_000;

/** A client that reads nothing of its answer for so long is not waited for either: it would keep its place from others. */
const unreadTimeoutMs = 20_000;

/** An HTTP host without routes, in which every request has an id and every failure an answer. */
export function createHost(
  server: Config['server'],
  refusals: Refusals,
  isDraining: () => boolean,
): FastifyInstance {
  const app = fastify({
    bodyLimit: maxBodyBytes,
    genReqId: readRequestId,
    forceCloseConnections: 'idle',
    requestTimeout: arrivalTimeoutMs,
    // Nothing passes over a connection while an operation is worked on.
    connectionTimeout: server.requestTimeoutMs + unreadTimeoutMs,
    frameworkErrors: (error, request, reply) =>
      void refusals.sendError(error, request, reply.header('x-request-id', request.id)),
    http: {
      headersTimeout: arrivalTimeoutMs,
      requestTimeout: arrivalTimeoutMs,
      connectionsCheckingInterval: 1_000,
    },
  });
  app.addHook('onSend', async (request, reply, payload) => {
    reply.header('x-request-id', request.id);
    // Clients that keep their connection would not notice that another server is to be asked.
    if (isDraining()) reply.header('connection', 'close');
    return reply.statusCode >= 400 ? refusals.complete(request, payload) : payload;
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
  return app;
}

/** Health and metrics need no token, are no operations and ask no source. */
export function registerHealth(app: FastifyInstance, metrics: Metrics, isDraining: () => boolean): void {
  app.get('/health/live', async () => ({ status: 'ok' }));
  app.get('/health/ready', async (_request, reply) => {
    return isDraining() ? reply.code(503).send({ status: 'draining' }) : reply.send({ status: 'ok' });
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
