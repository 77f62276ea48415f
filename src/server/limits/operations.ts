import {
  getVariableValues,
  GraphQLError,
  Kind,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Config } from '../../config/load-config.ts';
import type { GraphContext } from '../../graph/context.ts';
import type { ErrorCode } from '../../graph/errors.ts';
import { quoteInput } from '../../graph/ids.ts';
import { countRootDemand } from '../../graph/root-calls.ts';
import { fragmentsOf, type SelectedOperation } from '../../graph/selection.ts';
import { measureVariables } from './input-size.ts';
import { measureIntrospection } from './introspection-size.ts';
import { findAnswerExcesses, findInputExcesses, findRootExcesses, type Excess } from './limits.ts';

/** A request for one operation of a document that was read. */
export interface RequestedOperation {
  /** Undefined when the document has none of the name that was given, or several and none was given. */
  readonly operation: OperationDefinitionNode | undefined;
  /** As the caller gave it. */
  readonly operationName: string | undefined;
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
  return ({ operation, operationName, document, variables, context: { sources, answer } }) => {
    if (operation === undefined) return { errors: [noOperation(document, operationName)], excesses: [] };
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

function noOperation({ definitions }: DocumentNode, name: string | undefined): GraphQLError {
  const known = definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION && node.name !== undefined ? [`"${node.name.value}"`] : [],
  );
  const found =
    name === undefined
      ? 'The document has several operations, and operationName is not given'
      : `The document has no operation ${quoteInput(name)}`;
  const expected = known.length === 0 ? 'no operationName' : `one of ${known.join(', ')}`;
  return new GraphQLError(`${found}: expected ${expected}.`, {
    extensions: { code: 'BAD_REQUEST' satisfies ErrorCode },
  });
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
