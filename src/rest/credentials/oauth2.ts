import { isNativeError } from 'node:util/types';
import {
  allowInsecureRequests,
  Configuration,
  customFetch,
  refreshTokenGrant,
  ResponseBodyError,
  type CustomFetch,
  type TokenEndpointResponse,
} from 'openid-client';
import { isJsonObject } from '../json.ts';
import { isLoopback, type AuthSettings } from '../settings.ts';
import { CredentialError } from './credential-error.ts';
import { fetchSmall } from '../http/small-fetch.ts';
import { classifyTransportError } from '../http/transport.ts';
import { codeOf, readToken, storeToken } from './token-file.ts';
import { untilAborted } from '../http/until-aborted.ts';

type OAuth2Settings = Extract<AuthSettings, { type: 'oauth2' }>;

interface AccessToken {
  readonly value: string;
  readonly renewAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * Renewed this long before it expires, so that a call does not arrive with a token that has just died; but not before
 * half its life, or short-lived tokens would be asked for with every call.
 */
const renewEarlyMs = 45_000;

/** After a renewal that failed the next one waits so long, as long as there is a token. */
const renewalPauseMs = 5_000;

/**
 * A source that refuses a token which has just been renewed for it will refuse the next one as well, and each costs a
 * request and a refresh token.
 */
const refusalPauseMs = 30_000;

/** Where a token's life is not told. */
const assumedLifeSeconds = 300;

/** Access tokens of one sign-in. */
export interface AccessTokens {
  /** The one that holds. @throws CredentialError; the signal's reason when it is aborted */
  current(signal: AbortSignal): Promise<string>;
  /** Called with a token that was refused. Resolves to whether a newer one can be tried. @throws the same */
  renew(refused: string, signal: AbortSignal): Promise<boolean>;
}

/**
 * OAuth 2.0 with a refresh token. Calls that need a new access token at the same time share one request for it.
 * Servers that rotate refresh tokens (Sage does) give a new one with each access token and refuse the old: the
 * newest is kept in memory and, when `tokenFile` is set, on disk.
 *
 * @param warn told, without secrets, of what an operator has to mend
 */
export function createAccessTokens(auth: OAuth2Settings, warn: (message: string) => void): AccessTokens {
  const server = new Configuration(
    { issuer: new URL(auth.tokenUrl).origin, token_endpoint: auth.tokenUrl },
    auth.clientId,
    auth.clientSecret,
  );
  server.timeout = 10;
  server[customFetch] = fetchToken;
  // The configuration allows http for loopback hosts only.
  if (isLoopback(auth.tokenUrl)) allowInsecureRequests(server);

  let access: AccessToken | undefined;
  let refreshToken: string | undefined;
  let renewal: Promise<AccessToken> | undefined;
  // Times of the clock that cannot be set back.
  let failure: { readonly error: unknown; readonly atMs: number } | undefined;
  let renewedForRefusalAtMs = Number.NEGATIVE_INFINITY;

  async function requestToken(): Promise<AccessToken> {
    const answer = await grantWithAny(
      refreshToken === undefined ? [await readStored(), auth.refreshToken] : [refreshToken],
    );
    const lifeMs = (answer.expires_in ?? assumedLifeSeconds) * 1_000;
    const nowMs = Date.now();
    access = {
      value: answer.access_token,
      renewAtMs: nowMs + Math.max(lifeMs - renewEarlyMs, lifeMs / 2),
      expiresAtMs: nowMs + lifeMs,
    };
    return access;
  }

  function readStored(): Promise<string | undefined> {
    return readToken(auth.tokenFile).catch((cause: unknown) => {
      throw new CredentialError('UPSTREAM_UNAUTHORIZED', `tokenFile cannot be read (${codeOf(cause)})`, {
        cause,
      });
    });
  }

  /** A token that was stored long ago may be dead, and a new one configured since. */
  async function grantWithAny([token, ...others]: readonly (
    string | undefined
  )[]): Promise<TokenEndpointResponse> {
    if (token === undefined) return grantWithAny(others);
    try {
      const answer = await refreshTokenGrant(
        server,
        token,
        auth.scope === undefined ? {} : { scope: auth.scope },
      );
      refreshToken = answer.refresh_token ?? token;
      if (refreshToken !== token) await storeToken(auth.tokenFile, refreshToken).catch(warnOfFile);
      return answer;
    } catch (error) {
      const isDead = error instanceof ResponseBodyError && error.error === 'invalid_grant';
      if (isDead && others.length > 0) return grantWithAny(others);
      // The library wraps what it does not know.
      if (isNativeError(error) && error.cause instanceof CredentialError) throw error.cause;
      throw new CredentialError('UPSTREAM_UNAUTHORIZED', `the token endpoint ${describeRefusal(error)}`, {
        cause: error,
      });
    }
  }

  /** The new token lives in memory; after a restart the old one would be tried, and refused. */
  function warnOfFile(error: unknown): void {
    warn(
      `the newest refresh token could not be written to tokenFile (${codeOf(error)}): it is lost with this process`,
    );
  }

  function renewOnce(): Promise<AccessToken> {
    renewal ??= requestToken()
      .catch((error: unknown) => {
        failure = { error, atMs: performance.now() };
        const why = error instanceof CredentialError ? error.message : 'unknown failure';
        // Without a token the calls that need one say so.
        if (access !== undefined) warn(`the access token could not be renewed: ${why}`);
        throw error;
      })
      .finally(() => {
        renewal = undefined;
      });
    return renewal;
  }

  /** The same, except for a while after a failure: then it is that failure still. */
  function renewPatiently(): Promise<AccessToken> {
    const isPaused =
      renewal === undefined && failure !== undefined && performance.now() < failure.atMs + renewalPauseMs;
    return isPaused ? Promise.reject(failure?.error) : renewOnce();
  }

  /** A token that still holds is used while a newer one is on its way. */
  async function currentToken(): Promise<AccessToken> {
    const known = access;
    if (known === undefined || Date.now() > known.expiresAtMs) return renewOnce();
    if (Date.now() > known.renewAtMs) renewPatiently().catch(() => {});
    return known;
  }

  /** @returns whether there is a new token; @throws CredentialError when the endpoint is down */
  async function renewRefused(): Promise<boolean> {
    if (renewal === undefined && performance.now() < renewedForRefusalAtMs + refusalPauseMs) return false;
    const isRenewed = await renewPatiently().then(
      () => true,
      (error: unknown) => {
        if (error instanceof CredentialError && error.code === 'UPSTREAM_UNAVAILABLE') throw error;
        return false;
      },
    );
    renewedForRefusalAtMs = performance.now();
    return isRenewed;
  }

  return {
    async current(signal) {
      return (await untilAborted(currentToken(), signal)).value;
    },
    async renew(refused, signal) {
      // Another call may have renewed it since this one was sent.
      const isNewer = access !== undefined && refused !== access.value;
      return isNewer || untilAborted(renewRefused(), signal);
    },
  };
}

/** The endpoint's own code (RFC 6749, 5.2) where it has the form of one. */
function describeRefusal(error: unknown): string {
  if (!(error instanceof ResponseBodyError)) return 'gives an answer that cannot be used';
  return `refuses: ${/^[a-z_]{1,40}$/.test(error.error) ? error.error : 'unknown error'} (status ${error.status})`;
}

/**
 * Tells an endpoint that is down from one that refuses. Sage sends an id token along, which the library would check:
 * against an issuer that is not told here, for nobody who reads it.
 */
async function fetchToken(...[url, options]: Parameters<CustomFetch>): Promise<Response> {
  const response = await fetchSmall(url, options).catch((cause: unknown) => {
    throw new CredentialError(
      'UPSTREAM_UNAVAILABLE',
      `the token endpoint cannot be reached (${classifyTransportError(cause).reason})`,
      { cause },
    );
  });
  if (response.status >= 500)
    throw new CredentialError('UPSTREAM_UNAVAILABLE', `the token endpoint answers ${response.status}`);
  if (!response.ok) return response;
  const answer: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return isJsonObject(answer) && 'id_token' in answer
    ? Response.json({ ...answer, id_token: undefined })
    : response;
}
