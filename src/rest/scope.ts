/** Who and what a REST call is made for: one GraphQL request. */
export interface CallScope {
  /** Sent upstream and shown with every error. */
  readonly requestId: string;
  /** Aborted when the request's time is over or its client has gone; the reason says which. */
  readonly signal: AbortSignal;
  /** When the request's time is over, epoch ms. */
  readonly deadlineMs: number;
  /** A header of the caller's own request, for sources that pass credentials on. */
  readonly callerHeader: (name: string) => string | undefined;
}

/** The principal of calls that go out with the source's own credentials. */
export const sourcePrincipal = 'source';

/** The reason of a signal that was aborted because nobody waits any more. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

export function isClientGone(signal: AbortSignal): boolean {
  return signal.reason instanceof ClientGoneError;
}
