import {
  defaultFieldResolver,
  GraphQLError,
  isNonNullType,
  isObjectType,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import type { GraphContext } from './context.ts';

/** How large an answer has become, or would become. */
export interface AnswerSize {
  /** Fields, and items of lists. */
  readonly values: number;
  /** Of the answer as JSON, roughly. */
  readonly bytes: number;
}

/** Measures an answer while it is made. */
export interface AnswerMeter {
  readonly size: AnswerSize;
  /** Whether the answer is larger than it may be: nothing more is to be done for it. */
  readonly isFull: boolean;
  /** @param key the field's name in the answer */
  addValue(key: string | number, value: unknown): void;
  addError(path: GraphQLResolveInfo['path']): void;
}

/** An error in an answer, without its path: its message, code, source and the id of the request. */
const errorBytes = 300;

/** Making an error takes as long as making so many values. */
const errorValues = 5;

/** Tracing takes three times as long as answering, and makes the answer so much larger. */
const tracedWeight = 4;

export interface AnswerMeterOptions {
  readonly most: AnswerSize;
  /** Whether a trace of each field goes with the answer. */
  readonly isTraced: boolean;
  /** Called once, when the answer becomes larger than it may be. */
  readonly onFull: () => void;
}

export function createAnswerMeter({ most, isTraced, onFull }: AnswerMeterOptions): AnswerMeter {
  const weight = isTraced ? tracedWeight : 1;
  let values = 0;
  let bytes = 0;
  let isFull = false;

  function add(moreValues: number, moreBytes: number): void {
    values += weight * moreValues;
    bytes += weight * moreBytes;
    if (isFull || (values <= most.values && bytes <= most.bytes)) return;
    isFull = true;
    onFull();
  }

  return {
    get size() {
      return { values, bytes };
    },
    get isFull() {
      return isFull;
    },
    addValue(key, value) {
      if (Array.isArray(value)) add(1 + value.length, sizeOf(key) + value.reduce(addLength, 0));
      else add(1, sizeOf(key) + sizeOf(value));
    },
    addError(path) {
      let length = 0;
      for (let place: typeof path | undefined = path; place !== undefined; place = place.prev)
        length += sizeOf(place.key);
      add(errorValues, errorBytes + length);
    },
  };
}

function addLength(sum: number, item: unknown): number {
  return sum + sizeOf(item);
}

/** With quotes and what stands around it. */
function sizeOf(value: unknown): number {
  return typeof value === 'string' ? value.length + 4 : 4;
}

/** Lets every field of a schema count in its answer, and end when that is full. */
export function meterFields(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields()))
      field.resolve = meter(field.resolve ?? defaultFieldResolver, isNonNullType(field.type));
  }
}

type FieldResolver = GraphQLFieldResolver<unknown, GraphContext>;

/** With a path, so that it is no new error for each field; nobody gets to see it. */
const answerFull = new GraphQLError('The answer is too large.', { path: [] });

function meter(resolve: FieldResolver, isRequired: boolean): FieldResolver {
  return (row, args, context, info) => {
    const { answer } = context;
    if (answer.isFull) {
      if (isRequired) throw answerFull;
      return null;
    }
    const fail = () => answer.addError(info.path);
    let value: unknown;
    try {
      value = resolve(row, args, context, info);
    } catch (error) {
      fail();
      throw error;
    }
    if (value instanceof Promise) {
      value.then((later) => answer.addValue(info.path.key, later), fail);
      return value;
    }
    answer.addValue(info.path.key, value);
    if (Array.isArray(value)) for (const item of value) if (item instanceof Promise) item.catch(fail);
    return value;
  };
}
