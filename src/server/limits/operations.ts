import {
  getVariableValues,
  GraphQLError,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Config } from '../../config/load-config.ts';
import type { GraphContext } from '../../graph/context.ts';
import type { ErrorCode } from '../../graph/errors.ts';
import { countRootDemand } from '../../graph/root-calls.ts';
import { fragmentsOf, type SelectedOperation } from '../../graph/selection.ts';
import { measureVariables } from './input-size.ts';
import { measureIntrospection } from './introspection-size.ts';
import { findAnswerExcesses, findInputExcesses, findRootExcesses, type Excess } from './limits.ts';

/** A request for one operation of a document that was read. */
export interface RequestedOperation {
  readonly operation: OperationDefinitionNode;
  readonly document: DocumentNode;
  /** As the caller sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: GraphContext;
}

/** An operation as it is to be executed, or why it cannot be. */
export interface CheckedOperation {
  /** Undefined when there are errors, or an excess that is not only reported. */
  readonly selected?: SelectedOperation;
  readonly errors: readonly GraphQLError[];
  readonly excesses: readonly Excess[];
}

/** More mistakes in variables than these are not looked for. */
const maxErrors = 5;

/** Checks an operation before anything is done for it: its kind, its variables, and how much it asks for. */
export function createOperationCheck(
  schema: GraphQLSchema,
  server: Config['server'],
): (requested: RequestedOperation) => CheckedOperation {
  const options = { maxErrors, hideSuggestions: !server.introspection };
  return ({ operation, document, variables, context: { sources, answer } }) => {
    if (!schema.getRootType(operation.operation)) return { errors: [wrongKind(operation)], excesses: [] };
    const excesses = findInputExcesses(measureVariables(variables), server);
    if (excesses.length > 0 && server.limits === 'enforce') return { errors: [], excesses };
    const { coerced, errors = [] } = getVariableValues(
      schema,
      operation.variableDefinitions ?? [],
      variables,
      options,
    );
    if (coerced === undefined) return { errors: errors.map(wrongVariable), excesses };
    const selected = { operation, fragments: fragmentsOf(document.definitions), variables: coerced };
    try {
      measureIntrospection(schema, selected, answer);
      if (answer.isFull) return { errors, excesses: findAnswerExcesses(answer.size, server) };
      excesses.push(...findRootExcesses(countRootDemand(schema, sources, selected), server));
    } catch (error) {
      // A variable that is null in a place that takes none, where it has a default.
      if (error instanceof GraphQLError) return { errors: [wrongVariable(error)], excesses };
      throw error;
    }
    return excesses.length > 0 && server.limits === 'enforce'
      ? { errors, excesses }
      : { selected, errors, excesses };
  };
}

/** Apollo would take it for a mistake of the server. */
function wrongKind({ operation }: OperationDefinitionNode): GraphQLError {
  return new GraphQLError(`There are no ${operation}s: this server only reads.`, {
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' satisfies ErrorCode },
  });
}

function wrongVariable({ message, nodes }: GraphQLError): GraphQLError {
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    extensions: { code: 'BAD_USER_INPUT' satisfies ErrorCode },
  });
}
