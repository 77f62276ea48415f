import {
  type GraphQLError,
  isNonNullType,
  locatedError,
  responsePathAsArray,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Denied } from '../guards/access.ts';
import type { OperationPlan, PlannedField, Variables } from './plan.ts';

/** Is told all that goes into an answer but introspection, and may end it. */
export interface Meter {
  /** Whether nothing more is to be resolved: what is left is null, and the answer not to be sent. */
  readonly isFull: boolean;
  /** @param key the field's name in the answer */
  addValue(key: string | number, value: unknown): void;
  addError(path: Path): void;
}

/** Completes a value; `path` is the field's own place or, for an item of a list, one below it. */
export type Completer = (run: Run, value: unknown, place: Place, path: Path) => unknown;
export type Field = PlannedField<Completer>;
export type Unfinished = Omit<Field, 'complete'>;

/** One execution of an operation. */
export interface Run {
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
export type Path = GraphQLResolveInfo['path'];

/** The place of a field, and what its resolver is told: one object for both, as there is one for each value. */
export class Place implements GraphQLResolveInfo {
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
  get returnType(): GraphQLOutputType {
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

/** @throws the error, where the field cannot be null: what it is a part of is null instead */
export function handleError(
  run: Run,
  error: unknown,
  { nodes }: Unfinished,
  path: Path,
  type: GraphQLOutputType,
): null {
  if (!run.meter.isFull) run.meter.addError(path);
  const located = locatedError(error, nodes, responsePathAsArray(path));
  if (isNonNullType(type)) throw located;
  addError(run, located, path);
  return null;
}

export function addError({ errors, nulled }: Run, error: GraphQLError, path: Path | undefined): void {
  for (let place = path; place !== undefined; place = place.prev) if (nulled.has(place)) return;
  if (nulled.has(undefined)) return;
  nulled.add(path);
  errors.push(error);
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
