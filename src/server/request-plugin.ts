import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import {
  GraphQLError,
  Kind,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Logger } from 'pino';
import type { Config } from '../config/load-config.ts';
import type { GraphContext } from '../graph/context.ts';
import type { ErrorCode } from '../graph/errors.ts';
import type { Graph } from '../graph/schema.ts';
import { createSelection } from '../graph/selection.ts';
import { addRequestId } from './error-body.ts';
import { classifyError, formatError } from './format-error.ts';
import { checkSize } from './limits.ts';
import type { Metrics } from './metrics.ts';

/**
 * Ties Apollo to the graph: refuses operations that ask for too much, tells the context what the others select, adds
 * what resolvers reported beside their data, and puts the request id on every error.
 */
export function createRequestPlugin(
  { schema, payloadReads }: Graph,
  limits: Config['server'],
  log: Logger,
  metrics: Metrics,
): ApolloServerPlugin<GraphContext> {
  return {
    async requestDidStart() {
      const startMs = performance.now();
      return {
        async didResolveOperation({ contextValue, document, operation, request }) {
          if (operation === undefined) return;
          checkKind(operation, schema);
          const fragments = document.definitions.filter(
            (node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION,
          );
          const selected = {
            operation,
            fragments: new Map(fragments.map((node) => [node.name.value, node])),
            variables: request.variables ?? {},
          };
          checkSize(selected, limits);
          contextValue.select(createSelection(schema, payloadReads, selected));
        },
        async didEncounterErrors({ errors, contextValue }) {
          for (const found of errors.map(classifyError)) {
            if (found.kind === 'internal')
              log.error({ requestId: contextValue.requestId, err: found.error }, 'internal error');
          }
        },
        async willSendResponse(requestContext) {
          completeErrors(requestContext);
          countOperation(requestContext, metrics, performance.now() - startMs);
        },
      };
    },
  };
}

/** Apollo would take it for a mistake of the server. */
function checkKind({ operation }: OperationDefinitionNode, schema: GraphQLSchema): void {
  if (schema.getRootType(operation)) return;
  throw new GraphQLError(`There are no ${operation}s: this server only reads.`, {
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' satisfies ErrorCode, http: { status: 400 } },
  });
}

function completeErrors({
  response,
  contextValue,
}: GraphQLRequestContextWillSendResponse<GraphContext>): void {
  if (response.body.kind !== 'single') return;
  const result = response.body.singleResult;
  const reported = contextValue.reported.map(({ error, path }) =>
    formatError({ message: error.message, path: [...path] }, error),
  );
  const errors = [...(result.errors ?? []), ...reported];
  if (errors.length === 0) return;
  result.errors = errors.map((error) => addRequestId(error, contextValue.requestId));
}

function countOperation(
  { response }: GraphQLRequestContextWillSendResponse<GraphContext>,
  metrics: Metrics,
  durationMs: number,
): void {
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
