import { UpstreamError, type SourceLabel } from '../errors.ts';
import { sourcePrincipal, type CallScope } from '../scope.ts';
import { cutWhiteSpace, findUnsendable } from '../sendable.ts';
import { createAccessTokens, type AccessTokens, type AccessTokensOptions } from './access-tokens.ts';
import { CredentialError } from './credential-error.ts';
import type { AuthSettings } from './settings.ts';

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
  /** Waits for what must not be lost by an orderly stop. */
  close(): Promise<void>;
}

export interface CredentialsOptions extends AccessTokensOptions {
  /** Those of `credentials` in the configuration, by name. */
  readonly sharedTokens: ReadonlyMap<string, AccessTokens>;
}

export function createCredentials(
  auth: AuthSettings,
  source: SourceLabel,
  options: CredentialsOptions,
): Credentials {
  if (auth.type === 'forward') return createForwardedCredentials(source);
  if (auth.type !== 'shared') return createTokenCredentials(createAccessTokens(auth, options), source);
  const tokens = options.sharedTokens.get(auth.credential);
  if (tokens === undefined) throw new TypeError(`no credential ${auth.credential}`);
  return createTokenCredentials(tokens, source);
}

/** The caller's own credentials, passed on. */
function createForwardedCredentials(source: SourceLabel): Credentials {
  const header = `x-${source.name}-authorization`;
  // An empty header is none: an empty `authorization` would be the same call for all who send it.
  const read = ({ callerHeader }: CallScope) => cutWhiteSpace(callerHeader(header) ?? '');
  const refuse = (need: string, reason: string) =>
    new UpstreamError('UPSTREAM_UNAUTHORIZED', source, {
      message: `${source.provider.title} (source "${source.name}") needs ${need}.`,
      reason,
      isUnsent: true,
    });
  return {
    async authorization(scope) {
      const authorization = read(scope);
      if (authorization === '')
        throw refuse(`your own credentials: send the header ${header}`, 'the caller brought no credentials');
      const found = findUnsendable(authorization);
      if (found !== undefined)
        throw refuse(
          `credentials that can be passed on: the header ${header} has ${found}`,
          `the caller's credentials have ${found}`,
        );
      return authorization;
    },
    principal: read,
    renew: async () => false,
    close: async () => {},
  };
}

function createTokenCredentials(tokens: AccessTokens, source: SourceLabel): Credentials {
  const toUpstreamError = (cause: unknown, { signal }: CallScope) => {
    signal.throwIfAborted();
    if (!(cause instanceof CredentialError)) return cause;
    const { code, message, retryAfterSeconds } = cause;
    return new UpstreamError(code, source, {
      reason: `no access token: ${message}`,
      // To try again later helps no one whose credentials are refused.
      ...(code === 'UPSTREAM_UNAUTHORIZED' || retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      isUnsent: true,
      cause,
    });
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
    close: () => tokens.close(),
  };
}
