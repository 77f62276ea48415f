/** Who and what a REST call is made for: one GraphQL request. */
export interface CallScope {
  /** Sent upstream and shown with every error. */
  readonly requestId: string;
  /** Aborted when the request's time is over or its client has gone. */
  readonly signal: AbortSignal;
  /** A header of the caller's own request, for sources that pass credentials on. */
  callerHeader(name: string): string | undefined;
}

/** The principal of calls that go out with the source's own credentials. */
export const sourcePrincipal = 'source';
