import { randomUUID } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config/load-config.ts';
import { createContext } from '../graph/create-context.ts';
import type { GraphContext } from '../graph/context.ts';
import { createGraph } from '../graph/schema.ts';
import type { Sources } from '../graph/sources.ts';
import type { Provider } from '../providers/provider.ts';
import { createCallerCheck } from './callers.ts';
import { formatError } from './format-error.ts';
import { registerPage } from './page.ts';
import { createRequestPlugin } from './request-plugin.ts';

/** A running server. */
export interface RunningServer {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  /** Stops taking requests, finishes those under way, closes the connections to the sources. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly server: Config['server'];
  readonly auth: Config['auth'];
  readonly providers: readonly Provider[];
  readonly sources: Sources;
  readonly log: Logger;
}

/** Larger request bodies are refused; 200 ids or 1,000 references take a quarter of it. */
const maxBodyBytes = 256 * 1_024;

export async function startServer({ server, auth, providers, sources, log }: ServerOptions): Promise<RunningServer> {
  const app = fastify({ bodyLimit: maxBodyBytes, genReqId: readRequestId, forceCloseConnections: 'idle' });
  const graph = createGraph(providers);
  const apollo = new ApolloServer<GraphContext>({
    schema: graph.schema,
    plugins: [
      createRequestPlugin(graph, log),
      fastifyApolloDrainPlugin(app),
      ApolloServerPluginLandingPageDisabled(),
      // An unused plug-in that watches every field costs a third of small queries.
      ApolloServerPluginCacheControlDisabled(),
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

  const checkCaller = createCallerCheck(auth);
  app.addHook('onSend', async (request, reply) => void reply.header('x-request-id', request.id));
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => sendError(error, request, reply, log));
  app.route({
    url: '/graphql',
    method: ['GET', 'POST', 'OPTIONS'],
    handler: fastifyApolloHandler(apollo, {
      async context(request, reply) {
        await checkCaller(request.headers.authorization);
        return createContext(sources, {
          requestId: request.id,
          signal: abortWhenGone(reply),
          callerHeader: (name) => singleHeader(request, name),
        });
      },
    }),
  });
  app.get('/health/live', async () => ({ status: 'ok' }));
  app.get('/health/ready', async () => ({ status: 'ok' }));
  await registerPage(app);

  const url = await app.listen(server);
  return {
    url,
    async close() {
      await apollo.stop();
      await app.close();
      await Promise.all([...sources.values()].map((source) => source.close()));
    },
  };
}

/** A caller's own request id is kept when it is a UUID: CRO takes no other. */
function readRequestId({ headers }: { headers: Record<string, unknown> }): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given) ? given : randomUUID();
}

function singleHeader({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Aborted when the client has gone before it had its answer. */
function abortWhenGone({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** Requests that do not reach Apollo: malformed JSON, too large, an unknown content type. */
function sendError(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status >= 500) log.error({ requestId: request.id, err: error }, 'internal error');
  const message = status >= 500 ? 'The server failed at this. The request id leads to the reason in its log.' : error.message;
  const code = status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST';
  return reply.code(status).send({ errors: [{ message, extensions: { code, requestId: request.id } }] });
}
