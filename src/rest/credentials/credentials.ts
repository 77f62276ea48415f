import { UpstreamError, type SourceLabel } from '../errors.ts';
import { sourcePrincipal, type CallScope } from '../scope.ts';
import type { AuthSettings } from '../settings.ts';
import { CredentialError } from './credential-error.ts';
import { createAccessTokens, type AccessTokens } from './oauth2.ts';

/** The proof of identity that goes with each call to a source. */
export interface Credentials {
  /** The value of the `authorization` header. @throws UpstreamError; the signal's reason when it is aborted */
  authorization(scope: CallScope): Promise<string>;
  /** Whose credentials these are: equal for calls that may see the same. Secret where the caller brought them. */
  principal(scope: CallScope): string;
  /**
   * Called with an `authorization` that the source refused. Resolves to whether a newer one can be tried.
   *
   * @throws UpstreamError when that cannot be found out for the moment; the signal's reason when it is aborted
   */
  renew(refused: string, scope: CallScope): Promise<boolean>;
}

/** @param warn told, without secrets, what an operator has to fix */
export function createCredentials(
  auth: AuthSettings,
  source: SourceLabel,
  warn: (message: string) => void,
): Credentials {
  switch (auth.type) {
    case 'bearer':
      return {
        authorization: async () => `Bearer ${auth.token}`,
        principal: () => sourcePrincipal,
        renew: async () => false,
      };
    case 'forward':
      return createForwardedCredentials(source);
    case 'oauth2':
      return createTokenCredentials(createAccessTokens(auth, warn), source);
  }
}

/** The caller's own credentials, passed on. */
function createForwardedCredentials(source: SourceLabel): Credentials {
  const header = `x-${source.name}-authorization`;
  // An empty header is none: an empty `authorization` would be the same call for all who send it.
  const read = ({ callerHeader }: CallScope) => callerHeader(header)?.trim() ?? '';
  return {
    async authorization(scope) {
      const authorization = read(scope);
      if (authorization !== '') return authorization;
      throw new UpstreamError('UPSTREAM_UNAUTHORIZED', source, {
        message: `${source.provider.title} (source "${source.name}") needs your own credentials: send the header ${header}.`,
        reason: 'the caller brought no credentials',
        isUnsent: true,
      });
    },
    principal: read,
    renew: async () => false,
  };
}

function createTokenCredentials(tokens: AccessTokens, source: SourceLabel): Credentials {
  const toUpstreamError = (cause: unknown, { signal }: CallScope) => {
    signal.throwIfAborted();
    const code = cause instanceof CredentialError ? cause.code : 'UPSTREAM_UNAUTHORIZED';
    const reason = cause instanceof CredentialError ? cause.message : 'unknown failure';
    return new UpstreamError(code, source, { reason: `no access token: ${reason}`, isUnsent: true, cause });
  };
  return {
    async authorization(scope) {
      const token = await tokens.current(scope.signal).catch((error: unknown) => {
        throw toUpstreamError(error, scope);
      });
      return `Bearer ${token}`;
    },
    principal: () => sourcePrincipal,
    renew: (refused, scope) =>
      tokens.renew(refused.replace(/^Bearer /, ''), scope.signal).catch((error: unknown) => {
        throw toUpstreamError(error, scope);
      }),
  };
}
