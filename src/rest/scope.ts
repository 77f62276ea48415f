/** Who a REST call is made for, and until when: one GraphQL request. */
export interface CallScope {
  /** Sent upstream and shown with every error. */
  readonly requestId: string;
  /** Aborted when the request's time is over or its client has gone; the reason says which. */
  readonly signal: AbortSignal;
  /** When the request's time is over, epoch ms. */
  readonly deadlineMs: number;
  /** Whether its client asked for less time than the server gives: what it does not wait for says nothing of a source. */
  readonly hasOwnDeadline: boolean;
  /** Who sent the request: the subject of its token, or its address. What is scarce is shared fairly by it. */
  readonly caller: string;
  /** A header of the caller's own request, for sources that pass credentials on. */
  readonly callerHeader: (name: string) => string | undefined;
}

/** A request that counts among those that wait for a source. */
export interface WaitingScope extends CallScope {
  /** @returns what ends the wait, and resolves when the request may go on; undefined when too many wait for the source */
  readonly beginWait: (source: string, caller: string) => (() => Promise<void>) | undefined;
}

/** The principal of calls that go out with the source's own credentials. */
export const sourcePrincipal = 'source';

/** The reason of a signal that was aborted because nobody waits any more. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}
