import {
  HeaderMap,
  type ApolloServerPlugin,
  type GraphQLRequestContextWillSendResponse,
  type GraphQLResponse,
} from '@apollo/server';
import { parse, type GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import type { Config } from '../config/load-config.ts';
import type { GraphContext } from '../graph/context.ts';
import type { Graph } from '../graph/schema.ts';
import { createSelector } from '../graph/selection.ts';
import { addRequestId } from './error-body.ts';
import { classifyError, formatError } from './format-error.ts';
import { createDocumentReader } from './limits/documents.ts';
import { createLimits, findAnswerExcesses, findCallExcesses } from './limits/limits.ts';
import { createOperationCheck } from './limits/operations.ts';
import type { Metrics } from './metrics.ts';

/** Stands in for a document that is refused: Apollo needs one to get as far as the answer. */
const emptyDocument = parse('{ __typename }');

/**
 * Ties Apollo to the graph: reads documents, refuses operations that ask for too much, tells the context what the others
 * select, adds what resolvers reported beside their data, and puts the request id on every error.
 */
export function createRequestPlugin(
  graph: Graph,
  server: Config['server'],
  log: Logger,
  metrics: Metrics,
): ApolloServerPlugin<GraphContext> {
  const documents = createDocumentReader(graph.schema, server);
  const checkOperation = createOperationCheck(graph.schema, server);
  const select = createSelector(graph);
  const limits = createLimits(server.limits, log, metrics);

  /** An answer that has become too large is not sent: what is missing of it would look like nothing. */
  function refuseAnswer({ response, contextValue }: Responding): void {
    const { answer, calls, requestId } = contextValue;
    // The fields that would have needed them have errors of their own.
    limits.judge(findCallExcesses(calls.wanted, server), requestId);
    const excess = limits.judge(findAnswerExcesses(answer.size, server), requestId);
    if (excess === undefined || response.body.kind !== 'single') return;
    Object.assign(response, createRefusal([excess]));
  }

  return {
    async requestDidStart({ contextValue: { requestId } }) {
      const startMs = performance.now();
      let refused: readonly GraphQLError[] = [];
      return {
        // Apollo would validate a document before anything could look at its size. It does not read one that is here.
        async didResolveSource(requestContext) {
          const { document, errors, excesses } = documents.read(
            requestContext.source,
            requestContext.queryHash,
          );
          const excess = limits.judge(excesses, requestId);
          refused = excess === undefined ? errors : [excess];
          Object.assign(requestContext, { document: document ?? emptyDocument });
        },
        async didResolveOperation({ contextValue, document, operation, request }) {
          if (refused.length > 0) return;
          const { variables = {}, operationName } = request;
          const requested = { operation, operationName, document, variables, context: contextValue };
          const { selected, errors, excesses } = checkOperation(requested);
          const excess = limits.judge(excesses, requestId);
          refused = excess === undefined ? errors : [excess];
          if (selected !== undefined) contextValue.select(select(selected, contextValue.access.denied));
        },
        responseForOperation: async () => (refused.length === 0 ? null : createRefusal(refused)),
        async didEncounterErrors({ errors, contextValue }) {
          for (const found of errors.map(classifyError)) {
            if (found.kind === 'internal')
              log.error({ requestId: contextValue.requestId, err: found.error }, 'internal error');
          }
        },
        async willSendResponse(requestContext) {
          if (refused.length === 0) refuseAnswer(requestContext);
          completeErrors(requestContext);
          countOperation(requestContext, metrics, performance.now() - startMs);
        },
      };
    },
  };
}

type Responding = GraphQLRequestContextWillSendResponse<GraphContext>;

function createRefusal(errors: readonly GraphQLError[]): GraphQLResponse {
  const singleResult = { errors: errors.map((error) => formatError(error.toJSON(), error)) };
  return { http: { status: 400, headers: new HeaderMap() }, body: { kind: 'single', singleResult } };
}

function completeErrors({ response, contextValue }: Responding): void {
  if (response.body.kind !== 'single') return;
  const result = response.body.singleResult;
  // What was left out of an answer that is not sent is of no interest.
  const reported = result.data === undefined ? [] : contextValue.reported;
  const errors = [
    ...(result.errors ?? []),
    ...reported.map(({ error, path }) => formatError({ message: error.message, path: [...path] }, error)),
  ];
  if (errors.length === 0) return;
  result.errors = errors.map((error) => addRequestId(error, contextValue.requestId));
}

function countOperation({ response }: Responding, metrics: Metrics, durationMs: number): void {
  if (response.body.kind !== 'single') return;
  const { data, errors = [] } = response.body.singleResult;
  const isEmpty = data === undefined || data === null || Object.values(data).every((value) => value === null);
  metrics.operationEnded(errors.length === 0 ? 'ok' : isEmpty ? 'failed' : 'partial', durationMs);
  for (const { extensions } of errors)
    metrics.errorSent(textOf(extensions?.['code']), textOf(extensions?.['source']));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
