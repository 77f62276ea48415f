import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config/load-config.ts';
import { createContext, type OperationBounds } from '../graph/create-context.ts';
import type { GraphContext } from '../graph/context.ts';
import type { Graph } from '../graph/schema.ts';
import type { Sources } from '../graph/sources.ts';
import type { Admission } from './admission.ts';
import { createAdmissionHooks } from './admission-hooks.ts';
import type { CallerCheck } from './callers/caller-check.ts';
import type { Clients } from './clients.ts';
import { createExecutionGateway } from './apollo-gateway.ts';
import { classifyError, formatError } from './format-error.ts';
import type { Metrics } from './metrics.ts';
import type { Refusals } from './refusals.ts';
import { createBodyCheck } from './request-body.ts';
import { createRequestPlugin } from './request-plugin.ts';

export async function startApollo(
  graph: Graph,
  limits: Config['server'],
  log: Logger,
  metrics: Metrics,
): Promise<ApolloServer<GraphContext>> {
  const apollo = new ApolloServer<GraphContext>({
    gateway: createExecutionGateway(graph),
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
    // Whether it may be asked for is checked where documents are read.
    introspection: true,
    // Documents are kept where they are read.
    documentStore: null,
    // They would be known to one instance only; clients that try them send the whole query then.
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: log,
  });
  await apollo.start();
  return apollo;
}

interface GraphqlRoute {
  readonly apollo: ApolloServer<GraphContext>;
  readonly admission: Admission;
  readonly clients: Clients;
  readonly checkCaller: CallerCheck;
  readonly sources: Sources;
  readonly bounds: OperationBounds;
  readonly refusals: Refusals;
}

/** Serves operations at `/graphql`: those that are let in, of callers who may ask. */
export function registerGraphql(
  app: FastifyInstance,
  { apollo, admission, clients, checkCaller, sources, bounds, refusals }: GraphqlRoute,
): void {
  async function openContext(request: FastifyRequest): Promise<GraphContext> {
    try {
      const scope = admission.scopeOf(request);
      const { subject, access } = await checkCaller(request.raw, scope.signal);
      if (subject !== undefined) clients.remember(request.raw, subject);
      const call = { ...scope, caller: subject ?? scope.caller };
      return createContext({ sources, call, bounds, access });
    } catch (error) {
      // Apollo tells its plug-ins of it, but not which request it was.
      if (classifyError(error).kind === 'internal') refusals.logInternal(request, error);
      throw error;
    }
  }

  app.route({
    url: '/graphql',
    method: ['GET', 'POST', 'OPTIONS'],
    config: { isPublic: true },
    ...createAdmissionHooks(admission, refusals),
    preValidation: createBodyCheck(refusals),
    handler: fastifyApolloHandler(apollo, { context: openContext }),
  });
}
