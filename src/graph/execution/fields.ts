import { defaultFieldResolver, GraphQLError, isNonNullType, type GraphQLOutputType } from 'graphql';
import type { Selection } from './plan.ts';
import { handleError, isPromise, Place, type Completer, type Field, type Path, type Run } from './run.ts';

type Data = Record<string, unknown>;

/** Resolves what is selected of an object; a promise only where a field is one. */
export function executeFields(
  run: Run,
  selection: Selection<Completer>,
  source: unknown,
  path: Path | undefined,
): Data | Promise<Data> {
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
  try {
    const value: unknown = resolve(source, field.readArguments(run.variables), run.context, place);
    const completed = isPromise(value)
      ? value.then((settled) => completeField(run, field, settled, place))
      : completeField(run, field, value, place);
    return isPromise(completed)
      ? completed.then(undefined, (error: unknown) => handleError(run, error, field, place, type))
      : completed;
  } catch (error) {
    return handleError(run, error, field, place, type);
  }
}

function completeField(run: Run, field: Field, value: unknown, place: Place): unknown {
  if (!field.isIntrospection) run.meter.addValue(field.responseName, value);
  return field.complete(run, value, place, place);
}

/** Located already: making a new one for each field would take as long as answering. */
const answerFull = new GraphQLError('The answer is too large.', { path: [] });

/** @throws where the field cannot be null */
function endField(type: GraphQLOutputType): null {
  if (isNonNullType(type)) throw answerFull;
  return null;
}
