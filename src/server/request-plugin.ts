import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import { Kind, type FragmentDefinitionNode } from 'graphql';
import type { Logger } from 'pino';
import type { Config } from '../config/load-config.ts';
import type { GraphContext } from '../graph/context.ts';
import type { Graph } from '../graph/schema.ts';
import { createSelection } from '../graph/selection.ts';
import type { Metrics } from './metrics.ts';
import { formatError, isInternalError } from './format-error.ts';
import { checkSize } from './limits.ts';

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
          const fragments = document.definitions.filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION);
          const selected = {
            operation,
            fragments: new Map(fragments.map((node) => [node.name.value, node])),
            variables: request.variables ?? {},
          };
          checkSize(selected, limits);
          contextValue.select(createSelection(schema, payloadReads, selected));
        },
        async didEncounterErrors({ errors, contextValue }) {
          for (const error of errors.map(unwrapResolverError).filter(isInternalError)) {
            log.error({ requestId: contextValue.requestId, err: error }, 'internal error');
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

function completeErrors({ response, contextValue }: GraphQLRequestContextWillSendResponse<GraphContext>): void {
  if (response.body.kind !== 'single') return;
  const result = response.body.singleResult;
  const reported = contextValue.reported.map(({ error, path }) => formatError({ message: error.message, path: [...path] }, error));
  const errors = [...(result.errors ?? []), ...reported];
  if (errors.length === 0) return;
  result.errors = errors.map((error) => ({ ...error, extensions: { ...error.extensions, requestId: contextValue.requestId } }));
}

function countOperation({ response }: GraphQLRequestContextWillSendResponse<GraphContext>, metrics: Metrics, durationMs: number): void {
  if (response.body.kind !== 'single') return;
  const { data, errors = [] } = response.body.singleResult;
  const isEmpty = data === undefined || data === null || Object.values(data).every((value) => value === null);
  metrics.operationEnded(errors.length === 0 ? 'ok' : isEmpty ? 'failed' : 'partial', durationMs);
  for (const { extensions } of errors) metrics.errorSent(textOf(extensions?.['code']), textOf(extensions?.['source']));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
