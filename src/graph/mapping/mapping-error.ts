/** A mistake in a provider's SDL: its message is a part of a sentence about one field. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
}
