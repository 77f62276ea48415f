/**
 * A source is without what a field needs, as was configured or found out: the field is null, and that is no error.
 * Loaders may throw it; it does not get out of the provider.
 */
export class AbsenceError extends Error {
  override readonly name = 'AbsenceError';

  /** @param what a resource of the REST API, or a name that it does not know */
  constructor(what: string) {
    super(`the source is without ${what}`);
  }
}

/** The same resolvers, with null for what the source is without. */
export function tolerateAbsence(resolvers: Readonly<Record<string, object>>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(resolvers).map(([type, functions]) => [type, tolerateInEach(functions)]),
  );
}

function tolerateInEach(functions: object): object {
  const entries: [string, unknown][] = Object.entries(functions);
  return Object.fromEntries(
    entries.map(([field, resolve]) => [field, isFunction(resolve) ? tolerate(resolve) : resolve]),
  );
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** Only what takes a call can find something absent, and comes as a promise; the rest stays synchronous. */
function tolerate(resolve: AnyFunction): AnyFunction {
  return (row, args, context, info) => {
    const result = resolve(row, args, context, info);
    return result instanceof Promise ? result.catch(toNull) : result;
  };
}

/** @throws the error when it is another */
export function toNull(error: unknown): null {
  if (error instanceof AbsenceError) return null;
  throw error;
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function';
}
