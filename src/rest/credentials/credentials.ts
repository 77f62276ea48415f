import { UpstreamError, type SourceLabel } from '../errors.ts';
import { sourcePrincipal, type CallScope } from '../scope.ts';
import { cutWhiteSpace, findUnsendable } from '../sendable.ts';
import { createAccessTokens, type AccessTokens, type AccessTokensOptions } from './access-tokens.ts';
import { CredentialError } from './credential-error.ts';
import type { ApiKeySettings, AuthSettings, BasicSettings } from './settings.ts';

/** The proof of identity that goes with each call to a source. */
export interface Credentials {
  /**
   * The value of the `authorization` header; empty where none is sent.
   *
   * @throws UpstreamError; the signal's reason when it is aborted
   */
  authorization(scope: CallScope): string | Promise<string>;
  /** Headers that go with each call beside that. */
  readonly headers: Readonly<Record<string, string>>;
  /** Adds what belongs into the URL. @param path with its query */
  readonly sign: (path: string) => string;
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
  switch (auth.type) {
    case 'forward':
      return createForwardedCredentials(source);
    case 'apiKey':
      return createApiKeyCredentials(auth);
    case 'basic':
      return createFixedCredentials({ authorization: encodeBasic(auth) });
    case 'shared': {
      const tokens = options.sharedTokens.get(auth.credential);
      if (tokens === undefined) throw new TypeError(`no credential ${auth.credential}`);
      return createTokenCredentials(tokens, source);
    }
    default:
      return createTokenCredentials(createAccessTokens(auth, options), source);
  }
}

/** Nothing beside the `authorization` header. */
const headerOnly = { headers: {}, sign: (path: string) => path } as const;

interface FixedCredentials extends Partial<Pick<Credentials, 'headers' | 'sign'>> {
  readonly authorization?: string;
}

/** Credentials that never change. */
function createFixedCredentials({ authorization = '', ...where }: FixedCredentials): Credentials {
  return {
    ...headerOnly,
    ...where,
    authorization: async () => authorization,
    principal: () => sourcePrincipal,
    renew: async () => false,
    close: async () => {},
  };
}

function createApiKeyCredentials({ key, header = '', query }: ApiKeySettings): Credentials {
  if (query !== undefined) return createFixedCredentials({ sign: (path) => setParameter(path, query, key) });
  return header.toLowerCase() === 'authorization'
    ? createFixedCredentials({ authorization: key })
    : createFixedCredentials({ headers: { [header.toLowerCase()]: key } });
}

/** Sets a query parameter. A link that a source sends may have it already. */
function setParameter(path: string, name: string, value: string): string {
  const [place = '', query = ''] = path.split(/\?(.*)/s);
  const others = query.split('&').filter((part) => part !== '' && part.split('=')[0] !== name);
  return `${place}?${[...others, `${name}=${encodeURIComponent(value)}`].join('&')}`;
}

/** RFC 7617. */
function encodeBasic({ username, password }: BasicSettings): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Where callers bring their own credentials for a source. */
export function forwardedHeader(sourceName: string): string {
  return `x-${sourceName}-authorization`;
}

/** The caller's own credentials, passed on. */
function createForwardedCredentials(source: SourceLabel): Credentials {
  const header = forwardedHeader(source.name);
  // An empty header is none: an empty `authorization` would be the same call for all who send it.
  const read = ({ callerHeader }: CallScope) => cutWhiteSpace(callerHeader(header) ?? '');
  const refuse = (need: string, reason: string) =>
    new UpstreamError('UPSTREAM_UNAUTHORIZED', source, {
      message: `${source.provider.title} (source "${source.name}") needs ${need}.`,
      reason,
      isUnsent: true,
    });
  return {
    ...headerOnly,
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
    ...headerOnly,
    authorization(scope) {
      const held = tokens.held();
      if (held !== undefined) return `Bearer ${held}`;
      return tokens.current(scope.signal).then(
        (token) => `Bearer ${token}`,
        (error: unknown) => {
          throw toUpstreamError(error, scope);
        },
      );
    },
    principal: () => sourcePrincipal,
    renew: (refused, scope) =>
      tokens.renew(refused.replace(/^Bearer /, ''), scope.signal).catch((error: unknown) => {
        throw toUpstreamError(error, scope);
      }),
    close: () => tokens.close(),
  };
}
