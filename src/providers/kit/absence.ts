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

/** Null for what the source is without. @throws the error when it is another */
export function toNull(error: unknown): null {
  if (error instanceof AbsenceError) return null;
  throw error;
}
