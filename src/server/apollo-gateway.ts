import type { ApolloServerOptions } from '@apollo/server';
import { execute as executeByGraphqlJs } from 'graphql';
import type { GraphContext } from '../graph/context.ts';
import { createExecutor } from '../graph/execution/execute.ts';
import type { Graph } from '../graph/schema.ts';

type Gateway = NonNullable<ApolloServerOptions<GraphContext>['gateway']>;

/**
 * Gives Apollo an executor of its own for a graph, by the interface that it has for gateways. A document that does not
 * say which of its operations is meant is left to graphql-js, for the error that says so.
 */
export function createExecutionGateway({ schema, guards }: Graph): Gateway {
  const execute = createExecutor(schema, guards);
  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => {};
    },
    load: async () => ({
      async executor({ document, operation, operationName, request, context }) {
        const chosen: typeof operation | undefined = operation;
        if (chosen === undefined) return executeByGraphqlJs({ schema, document, operationName });
        const { answer: meter, access } = context;
        return execute({
          document,
          operation: chosen,
          variables: request.variables ?? {},
          context,
          meter,
          denied: access.denied,
        });
      },
    }),
    stop: async () => {},
  };
}
