import type { ApolloServerOptions } from '@apollo/server';
import { execute as executeByGraphqlJs, type GraphQLSchema } from 'graphql';
import type { GraphContext } from '../graph/context.ts';
import { createExecutor } from '../graph/execution/execute.ts';

type Gateway = NonNullable<ApolloServerOptions<GraphContext>['gateway']>;

/**
 * Gives Apollo an executor of its own for a schema, by the interface that it has for gateways. Two cases are left to
 * graphql-js: an operation that is traced field by field (`ftv1`), since Apollo's hooks are in the schema's resolvers
 * then, and a document that does not say which of its operations is meant, for the error that says so.
 */
export function createExecutionGateway(schema: GraphQLSchema): Gateway {
  const execute = createExecutor(schema);
  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => {};
    },
    load: async () => ({
      async executor({ document, operation, operationName, request, context }) {
        const variables = request.variables ?? {};
        const isTraced = request.http?.headers.get('apollo-federation-include-trace') === 'ftv1';
        const chosen: typeof operation | undefined = operation;
        if (chosen !== undefined && !isTraced)
          return execute({ document, operation: chosen, variables, context });
        return executeByGraphqlJs({
          schema,
          document,
          variableValues: variables,
          operationName,
          contextValue: context,
        });
      },
    }),
    stop: async () => {},
  };
}
