import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
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
import { formatError } from './format-error.ts';
import type { Metrics } from './metrics.ts';
import { registerPage } from './page.ts';
import { createRequestPlugin } from './request-plugin.ts';

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
  readonly providers: readonly Provider[];
  readonly sources: Sources;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Larger request bodies are refused; 200 ids or 1,000 references take a quarter of it. */
const maxBodyBytes = 256 * 1_024;

/** A request that takes longer to arrive is not waited for. */
const arrivalTimeoutMs = 10_000;

/** Time for answers to leave when everything has come to its end; what is left then is cut. */
const lastAnswersMs = 500;

export async function startServer({ server, auth, providers, sources, log, metrics }: ServerOptions): Promise<RunningServer> {
  const app = fastify({
    bodyLimit: maxBodyBytes,
    genReqId: readRequestId,
    forceCloseConnections: 'idle',
    requestTimeout: arrivalTimeoutMs,
    http: { headersTimeout: arrivalTimeoutMs, requestTimeout: arrivalTimeoutMs, connectionsCheckingInterval: 1_000 },
  });
  const apollo = await startApollo(createGraph(providers), log, metrics);
  const admission = createAdmission(server);
  const checkCaller = createCallerCheck(auth);
  let isDraining = false;

  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
    // Clients that keep their connection would not notice that another server is to be asked.
    if (isDraining) reply.header('connection', 'close');
  });
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

  async function stop(): Promise<void> {
    isDraining = true;
    const closed = app.close();
    await waitAtMost(server.graceMs, admission.emptied());
    admission.expireAll();
    await waitAtMost(lastAnswersMs, closed);
    // Connections that were opened and not used, and clients that do not read what they are sent.
    app.server.closeAllConnections();
    await closed;
    await apollo.stop();
    // A call that outlives its request may hang.
    await waitAtMost(lastAnswersMs, Promise.all([...sources.values()].map((source) => source.close())));
  }

  let stopped: Promise<void> | undefined;
  const close = (): Promise<void> => (stopped ??= stop());

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

/** Resolves with the task, or after a time without it. */
async function waitAtMost(timeMs: number, task: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const time = sleep(timeMs, undefined, { signal: over.signal }).catch(() => {});
  await Promise.race([task, time]).finally(() => over.abort());
}

async function startApollo(graph: Graph, log: Logger, metrics: Metrics): Promise<ApolloServer<GraphContext>> {
  const apollo = new ApolloServer<GraphContext>({
    schema: graph.schema,
    plugins: [
      createRequestPlugin(graph, log, metrics),
      ApolloServerPluginLandingPageDisabled(),
      // An unused plug-in that watches every field costs a third of small queries.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
    ],
    formatError,
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
  const message = status >= 500 ? 'The server failed at this. The request id leads to the reason in its log.' : error.message;
  const code = status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST';
  return reply.code(status).send({ errors: [{ message, extensions: { code, requestId: request.id } }] });
}
