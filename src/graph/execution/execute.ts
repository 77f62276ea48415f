import {
  defaultFieldResolver,
  defaultTypeResolver,
  getVariableValues,
  GraphQLError,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  locatedError,
  responsePathAsArray,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Denied } from '../guards/access.ts';
import { noGuards } from '../guards/guards.ts';
import {
  planOperation,
  type GuardedSchema,
  type OperationPlan,
  type PlannedField,
  type Selection,
  type Variables,
} from './plan.ts';

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

/** Is told all that goes into an answer but introspection, and may end it. */
export interface Meter {
  /** Whether nothing more is to be resolved: what is left is null, and the answer not to be sent. */
  readonly isFull: boolean;
  /** @param key the field's name in the answer */
  addValue(key: string | number, value: unknown): void;
  addError(path: Path): void;
}

export type Execute = (request: ExecutionRequest) => MaybePromise<ExecutionResult>;

type MaybePromise<T> = T | Promise<T>;

/** Completes a value; `path` is the field's own place or, for an item of a list, one below it. */
type Completer = (run: Run, value: unknown, place: Place, path: Path) => unknown;
type Field = PlannedField<Completer>;
type Unfinished = Omit<Field, 'complete'>;
type Type = GraphQLOutputType;

/** One execution of an operation. */
interface Run {
  readonly schema: GraphQLSchema;
  readonly plan: OperationPlan<Completer>;
  readonly variables: Variables;
  readonly context: unknown;
  readonly meter: Meter;
  readonly denied: Denied | undefined;
  readonly errors: GraphQLError[];
  /** Where an error has put a null: what happens below is nobody's concern any more. */
  readonly nulled: Set<Path | undefined>;
}

/** A place in the answer, as `info.path` has it. */
type Path = GraphQLResolveInfo['path'];

/** The place of a field, and what its resolver is told: one object for both, as there is one for each value. */
class Place implements GraphQLResolveInfo {
  readonly prev: Path | undefined;
  readonly key: string;
  readonly #field: Field;
  readonly #run: Run;

  constructor(prev: Path | undefined, field: Field, run: Run) {
    this.prev = prev;
    this.key = field.responseName;
    this.#field = field;
    this.#run = run;
  }

  get typename(): string {
    return this.#field.parentType.name;
  }
  get path(): Path {
    return this;
  }
  get fieldName(): string {
    return this.#field.field.name;
  }
  get fieldNodes(): Field['nodes'] {
    return this.#field.nodes;
  }
  get returnType(): Type {
    return this.#field.field.type;
  }
  get parentType(): GraphQLObjectType {
    return this.#field.parentType;
  }
  get schema(): GraphQLSchema {
    return this.#run.schema;
  }
  get fragments(): GraphQLResolveInfo['fragments'] {
    return this.#run.plan.fragments;
  }
  get rootValue(): undefined {
    return undefined;
  }
  get operation(): OperationDefinitionNode {
    return this.#run.plan.operation;
  }
  get variableValues(): GraphQLResolveInfo['variableValues'] {
    return this.#run.variables;
  }
}

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
      {
        maxErrors: 50,
      },
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

type Data = Record<string, unknown>;

function executeFields(
  run: Run,
  selection: Selection<Completer>,
  source: unknown,
  path: Path | undefined,
): MaybePromise<Data> {
  const data: Data = {};
  let awaited: Promise<void>[] | undefined;
  for (const field of selection) {
    try {
      const value = executeField(run, field, source, path);
      // The place is kept: fields are answered in the order in which they are selected.
      setOwn(data, field.responseName, value);
      if (isPromise(value))
        (awaited ??= []).push(value.then((settled) => setOwn(data, field.responseName, settled)));
    } catch (error) {
      // What the other fields wait for may fail too, and somebody has to hear of it.
      if (awaited === undefined) throw error;
      return Promise.all(awaited).then(
        () => Promise.reject(error),
        () => Promise.reject(error),
      );
    }
  }
  return awaited === undefined ? data : Promise.all(awaited).then(() => data);
}

/** An alias may be called `__proto__`. */
function setOwn(data: Data, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(data, name, { value, writable: true, enumerable: true, configurable: true });
  else data[name] = value;
}

function executeField(run: Run, field: Field, source: unknown, path: Path | undefined): unknown {
  const { type, resolve = defaultFieldResolver } = field.field;
  if (run.meter.isFull) return endField(type);
  const place = new Place(path, field, run);
  if (run.denied !== undefined && field.guard !== undefined && run.denied.has(field.guard))
    return handleError(run, field.guard.denial, field, place, type);
  const complete = (value: unknown) => {
    if (!field.isIntrospection) run.meter.addValue(field.responseName, value);
    return field.complete(run, value, place, place);
  };
  try {
    const value: unknown = resolve(source, field.readArguments(run.variables), run.context, place);
    const completed = isPromise(value) ? value.then(complete) : complete(value);
    return isPromise(completed)
      ? completed.then(undefined, (error: unknown) => handleError(run, error, field, place, type))
      : completed;
  } catch (error) {
    return handleError(run, error, field, place, type);
  }
}

/** Located already: making a new one for each field would take as long as answering. */
const answerFull = new GraphQLError('The answer is too large.', { path: [] });

/** @throws where the field cannot be null */
function endField(type: Type): null {
  if (isNonNullType(type)) throw answerFull;
  return null;
}

/** @throws the error, where the field cannot be null: what it is a part of is null instead */
function handleError(run: Run, error: unknown, { nodes }: Unfinished, path: Path, type: Type): null {
  if (!run.meter.isFull) run.meter.addError(path);
  const located = locatedError(error, nodes, responsePathAsArray(path));
  if (isNonNullType(type)) throw located;
  addError(run, located, path);
  return null;
}

function addError({ errors, nulled }: Run, error: GraphQLError, path: Path | undefined): void {
  for (let place = path; place !== undefined; place = place.prev) if (nulled.has(place)) return;
  if (nulled.has(undefined)) return;
  nulled.add(path);
  errors.push(error);
}

function createCompleter(field: Unfinished): Completer {
  return completerOf(field.field.type, field);
}

/** Errors that were returned rather than thrown count as thrown; nothing is null. */
function completerOf(type: Type, field: Unfinished): Completer {
  const isRequired = isNonNullType(type);
  const complete = completerOfValue(isRequired ? type.ofType : type, field);
  return (run, value, place, path) => {
    if (value instanceof Error) throw value;
    const completed = value === null || value === undefined ? null : complete(run, value, place, path);
    if (isRequired && completed === null)
      throw new Error(
        `Cannot return null for non-nullable field ${field.parentType.name}.${field.field.name}.`,
      );
    return completed;
  };
}

function completerOfValue(type: Type, field: Unfinished): Completer {
  if (isListType(type)) return completerOfList(type.ofType, field);
  if (isLeafType(type)) return completerOfLeaf(type);
  if (isAbstractType(type)) return completerOfAbstract(type, field);
  if (isObjectType(type)) return completerOfObject(type, field);
  throw new TypeError('a type that cannot be answered');
}

function completerOfList(itemType: Type, field: Unfinished): Completer {
  const completeItem = completerOf(itemType, field);
  const { parentType } = field;

  function complete(run: Run, item: unknown, place: Place, path: Path): unknown {
    const fail = (error: unknown) => handleError(run, error, field, path, itemType);
    try {
      const completed = isPromise(item)
        ? item.then((settled) => completeItem(run, settled, place, path))
        : completeItem(run, item, place, path);
      return isPromise(completed) ? completed.then(undefined, fail) : completed;
    } catch (error) {
      return fail(error);
    }
  }

  return (run, value, place, path) => {
    if (!isIterable(value)) {
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${parentType.name}.${field.field.name}".`,
      );
    }
    const items: unknown[] = [];
    let isAwaited = false;
    try {
      for (const item of value) {
        const itemPath = { prev: path, key: items.length, typename: undefined };
        const completed = complete(run, item, place, itemPath);
        isAwaited ||= isPromise(completed);
        items.push(completed);
      }
    } catch (error) {
      // What the items before it wait for may fail too, and somebody has to hear of it.
      if (isAwaited) Promise.all(items).catch(() => {});
      throw error;
    }
    return isAwaited ? Promise.all(items) : items;
  };
}

function completerOfLeaf(type: GraphQLLeafType): Completer {
  return (_run, value) => {
    const serialized: unknown = type.serialize(value);
    if (serialized === null || serialized === undefined)
      throw new Error(`${type.name} has nothing to answer for the value of the field.`);
    return serialized;
  };
}

function completerOfObject(type: GraphQLObjectType, field: Unfinished): Completer {
  let selection: Selection<Completer> | undefined;
  return (run, value, _place, path) =>
    executeFields(run, (selection ??= field.selectionOf(type)), value, path);
}

function completerOfAbstract(type: GraphQLAbstractType, field: Unfinished): Completer {
  const resolveType = type.resolveType ?? defaultTypeResolver;
  return (run, value, place, path) => {
    const execute = (name: unknown) =>
      executeFields(run, field.selectionOf(findRuntimeType(run.schema, type, name, field)), value, path);
    const name: unknown = resolveType(value, run.context, place, type);
    return isPromise(name) ? name.then(execute) : execute(name);
  };
}

function findRuntimeType(
  schema: GraphQLSchema,
  type: GraphQLAbstractType,
  name: unknown,
  { nodes, parentType, field }: Unfinished,
): GraphQLObjectType {
  const found = typeof name === 'string' ? schema.getType(name) : undefined;
  if (isObjectType(found) && schema.isSubType(type, found)) return found;
  throw new GraphQLError(
    `"${parentType.name}.${field.name}" has a value that is of no type which ${type.name} stands for.`,
    { nodes },
  );
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
