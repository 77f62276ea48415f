/** The user asked for something that cannot be done; the message is a sentence for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
