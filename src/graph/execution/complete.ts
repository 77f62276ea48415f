import {
  defaultTypeResolver,
  GraphQLError,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType as Type,
  type GraphQLSchema,
} from 'graphql';
import { executeFields } from './fields.ts';
import type { Selection } from './plan.ts';
import {
  handleError,
  isPromise,
  type Completer,
  type Path,
  type Place,
  type Run,
  type Unfinished,
} from './run.ts';

/** Makes what turns the values of a field into its answers. */
export function createCompleter(field: Unfinished): Completer {
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

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
