import { forwardedHeader, type Credentials } from './credentials.ts';
import { UpstreamError, type SourceLabel } from '../errors.ts';
import { NoTokenError, TokenEndpointDownError } from './oauth2.ts';
import type { CallScope } from '../scope.ts';

/** Credentials whose failures are told as failures of their source. */
export interface Authorizer {
  /** The value of a call's `authorization` header. @throws UpstreamError; the signal's reason when it is aborted */
  authorize(scope: CallScope): Promise<string>;
  /** Whether there is a newer one than the source has refused. @throws the same, when it could not be found out */
  renew(refused: string, scope: CallScope): Promise<boolean>;
}

export function createAuthorizer(source: SourceLabel, credentials: Credentials): Authorizer {
  function toUpstreamError(cause: unknown, { signal }: CallScope): UpstreamError {
    signal.throwIfAborted();
    if (cause instanceof TokenEndpointDownError)
      return new UpstreamError('UPSTREAM_UNAVAILABLE', source, { reason: cause.message, cause });
    const reason =
      cause instanceof NoTokenError
        ? `no access token: ${cause.message}`
        : 'no access token could be obtained';
    return new UpstreamError('UPSTREAM_UNAUTHORIZED', source, { reason, cause });
  }

  return {
    async authorize(scope) {
      const authorization = await credentials.authorization(scope).catch((error: unknown) => {
        throw toUpstreamError(error, scope);
      });
      if (authorization !== undefined) return authorization;
      throw new UpstreamError('UPSTREAM_UNAUTHORIZED', source, {
        message: `${source.provider.title} (source "${source.name}") needs your own credentials: send the header ${forwardedHeader(source.name)}.`,
        reason: 'the caller brought no credentials',
      });
    },
    renew: (refused, scope) =>
      credentials.renew(refused, scope).catch((error: unknown) => {
        throw toUpstreamError(error, scope);
      }),
  };
}
