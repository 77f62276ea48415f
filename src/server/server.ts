import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config/load-config.ts';
import { createContext } from '../graph/create-context.ts';
import type { GraphContext } from '../graph/context.ts';
import type { ErrorCode } from '../graph/errors.ts';
import { createGraph, type Graph } from '../graph/schema.ts';
import type { Sources } from '../graph/sources.ts';
import type { Provider } from '../providers/provider.ts';
import { ClientGoneError } from '../rest/scope.ts';
import { createAdmission } from './admission.ts';
import { createCallerCheck } from './callers.ts';
import { formatError, internalErrorMessage } from './format-error.ts';
import type { Metrics } from './metrics.ts';
import { registerPage } from './page.ts';
import { createRequestPlugin } from './request-plugin.ts';
import { stopServing } from './stop.ts';

/** A running server. */
export interface RunningServer {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  /**
   * Stops in an orderly way: says that it is not ready, takes requests for `drainMs` more, lets those under way
   * finish for `graceMs`, then ends them with what they have.
   */
  drain(): Promise<void>;
  /** The same without waiting for others to take notice. However often it is called, it happens once. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly server: Config['server'];
  readonly auth: Config['auth'];
  readonly sources: Sources;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Larger request bodies are refused; 200 ids or 1,000 references take a quarter of it. */
const maxBodyBytes = 256 * 1_024;

/** A request that takes longer to arrive is not waited for. */
const arrivalTimeoutMs = 10_000;

/** A client that reads nothing of its answer for so long is not waited for either: it would keep its place from others. */
const unreadTimeoutMs = 20_000;

/** Serves the graph of some providers. */
export async function startServer({
  providers,
  ...options
}: ServerOptions & { readonly providers: readonly Provider[] }): Promise<RunningServer> {
  return serveGraph(createGraph(providers), options);
}

/** Serves a graph. */
export async function serveGraph(graph: Graph, { server, auth, sources, log, metrics }: ServerOptions): Promise<RunningServer> {
  const app = fastify({
    bodyLimit: maxBodyBytes,
    genReqId: readRequestId,
    forceCloseConnections: 'idle',
    requestTimeout: arrivalTimeoutMs,
    // Nothing passes over a connection while an operation is worked on.
    connectionTimeout: server.requestTimeoutMs + unreadTimeoutMs,
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply.header('x-request-id', request.id), log),
    http: { headersTimeout: arrivalTimeoutMs, requestTimeout: arrivalTimeoutMs, connectionsCheckingInterval: 1_000 },
  });
  const apollo = await startApollo(graph, server, log, metrics);
  const admission = createAdmission(server);
  const checkCaller = createCallerCheck(auth, log);
  let isDraining = false;

  app.addHook('onSend', async (request, reply, payload) => {
    reply.header('x-request-id', request.id);
    // Clients that keep their connection would not notice that another server is to be asked.
    if (isDraining) reply.header('connection', 'close');
    return reply.statusCode >= 400 ? addRequestId(payload, request.id) : payload;
  });
  app.setNotFoundHandler((request, reply) =>
    sendRefusal(reply.code(404), request, 'BAD_REQUEST', 'There is nothing here. Queries go to /graphql by POST.'),
  );
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => sendError(error, request, reply, log));
  app.route({
    url: '/graphql',
    method: ['GET', 'POST', 'OPTIONS'],
    // When it is here in full: one that arrives slowly, or never, takes no place.
    async preHandler(request, reply) {
      try {
        await admission.enter(request, reply);
      } catch (error) {
        if (!(error instanceof ClientGoneError)) metrics.operationRefused();
        await sendOverloaded(request, reply);
      }
    },
    handler: fastifyApolloHandler(apollo, {
      async context(request) {
        const scope = admission.scopeOf(request);
        await checkCaller(request.headers.authorization, scope.signal);
        return createContext(sources, scope);
      },
    }),
  });
  app.get('/health/live', async () => ({ status: 'ok' }));
  app.get('/health/ready', async (_request, reply) => reply.code(isDraining ? 503 : 200).send({ status: isDraining ? 'draining' : 'ok' }));
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await metrics.write();
    return reply.type(contentType).send(text);
  });
  await registerPage(app);

  let stopped: Promise<void> | undefined;
  const close = (): Promise<void> => {
    isDraining = true;
    return (stopped ??= stopServing({ app, apollo, admission, sources, graceMs: server.graceMs }));
  };

  const url = await app.listen(server);
  return {
    url,
    async drain() {
      isDraining = true;
      await sleep(server.drainMs);
      await close();
    },
    close,
  };
}

async function startApollo(graph: Graph, limits: Config['server'], log: Logger, metrics: Metrics): Promise<ApolloServer<GraphContext>> {
  const apollo = new ApolloServer<GraphContext>({
    schema: graph.schema,
    plugins: [
      createRequestPlugin(graph, limits, log, metrics),
      ApolloServerPluginLandingPageDisabled(),
      // An unused plug-in that watches every field costs a third of small queries.
      ApolloServerPluginCacheControlDisabled(),
      // Times of each field, for a gateway that asks for them; errors in them have no text.
      ApolloServerPluginInlineTrace({ includeErrors: { masked: true } }),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
    ],
    formatError,
    parseOptions: { maxTokens: limits.maxTokens },
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: log,
  });
  await apollo.start();
  return apollo;
}

/** A caller's own request id is kept when it is a UUID: CRO takes no other. */
function readRequestId({ headers }: { headers: Record<string, unknown> }): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given) ? given : randomUUID();
}

function sendOverloaded(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = 'The server works on as many operations as it can. Try again in a moment.';
  const extensions = { code: 'OVERLOADED' satisfies ErrorCode, retryable: true, requestId: request.id };
  return reply
    .code(503)
    .header('retry-after', '1')
    .send({ errors: [{ message, extensions }] });
}

/** Requests that do not reach Apollo: malformed JSON, too large, an unknown content type. */
function sendError(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status >= 500) log.error({ requestId: request.id, err: error }, 'internal error');
  if (status < 500) return sendRefusal(reply.code(status), request, 'BAD_REQUEST', error.message);
  return sendRefusal(reply.code(status), request, 'INTERNAL_SERVER_ERROR', internalErrorMessage);
}

function sendRefusal(reply: FastifyReply, { id }: FastifyRequest, code: ErrorCode, message: string): FastifyReply {
  return reply.send({ errors: [{ message, extensions: { code, requestId: id } }] });
}

/** Apollo answers what it refuses before it knows the request, and its errors then lack the id. */
function addRequestId(payload: unknown, requestId: string): unknown {
  if (typeof payload !== 'string' || !payload.startsWith('{"errors":')) return payload;
  const answer: { errors: { extensions?: object }[] } = JSON.parse(payload);
  return JSON.stringify({
    ...answer,
    errors: answer.errors.map((error) => ({ ...error, extensions: { ...error.extensions, requestId } })),
  });
}
