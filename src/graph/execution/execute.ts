import {
  getVariableValues,
  locatedError,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Denied } from '../guards/access.ts';
import { noGuards } from '../guards/guards.ts';
import { createCompleter } from './complete.ts';
import { executeFields } from './fields.ts';
import { planOperation, type GuardedSchema, type OperationPlan, type Variables } from './plan.ts';
import { addError, isPromise, type Completer, type Meter, type Run } from './run.ts';

/*
 * Executes operations as graphql-js does, error for error, by plans that are kept with their documents. graphql-jit, the
 * library for this, writes code out of operations and evaluates it; a text in an operation can get into that code.
 */

export interface ExecutionRequest {
  /** Validated. */
  readonly document: DocumentNode;
  /** A query of the document. */
  readonly operation: OperationDefinitionNode;
  readonly variables: Variables;
  readonly context: unknown;
  readonly meter: Meter;
  /** Guards that the caller does not pass; undefined where it passes all. */
  readonly denied?: Denied | undefined;
}

export type Execute = (request: ExecutionRequest) => MaybePromise<ExecutionResult>;

type MaybePromise<T> = T | Promise<T>;

export function createExecutor(schema: GraphQLSchema, guards: GuardedSchema['guards'] = noGuards): Execute {
  const plans = new WeakMap<OperationDefinitionNode, OperationPlan<Completer>>();

  function planOf({ document, operation }: ExecutionRequest): OperationPlan<Completer> {
    let plan = plans.get(operation);
    if (plan === undefined) {
      plan = planOperation({ schema, guards }, document, operation, createCompleter);
      plans.set(operation, plan);
    }
    return plan;
  }

  return (request) => {
    const { operation, context } = request;
    const { coerced, errors } = getVariableValues(
      schema,
      operation.variableDefinitions ?? [],
      request.variables,
      { maxErrors: 50 },
    );
    if (errors !== undefined) return { errors };
    const { meter, denied } = request;
    const plan = planOf(request);
    return executeRoot({
      schema,
      plan,
      variables: coerced,
      context,
      meter,
      denied,
      errors: [],
      nulled: new Set(),
    });
  };
}

function executeRoot(run: Run): MaybePromise<ExecutionResult> {
  const fail = (error: unknown): ExecutionResult => {
    addError(run, locatedError(error, undefined), undefined);
    return { errors: run.errors, data: null };
  };
  const answer = (data: Record<string, unknown>): ExecutionResult =>
    run.errors.length === 0 ? { data } : { errors: run.errors, data };
  try {
    const data = executeFields(run, run.plan.selectionFor(run.variables), undefined, undefined);
    return isPromise(data) ? data.then(answer, fail) : answer(data);
  } catch (error) {
    return fail(error);
  }
}
