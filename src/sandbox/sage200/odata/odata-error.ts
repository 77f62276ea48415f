/** A query that the API refuses: answered with status 400 and this message. */
export class ODataError extends Error {
  override readonly name = 'ODataError';
}

/** The refusal of a name that the resource does not have. */
export function createUnknownPropertyError(name: string, shapeName: string): ODataError {
  return new ODataError(`Could not find a property named '${name}' on type '${shapeName}'.`);
}
