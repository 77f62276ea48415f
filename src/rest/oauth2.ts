import { readFile, rename, rm, writeFile } from 'node:fs/promises';
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
import { isJsonObject } from './json.ts';
import { isLoopback, type AuthSettings } from './settings.ts';
import type { Credentials } from './credentials.ts';
import { sourcePrincipal } from './scope.ts';
import { untilAborted } from './until-aborted.ts';

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

/** Where a token's life is not told. */
const assumedLifeSeconds = 300;

/** The token endpoint cannot be reached, or fails: the credentials may be good. */
export class TokenEndpointDownError extends Error {
  override readonly name = 'TokenEndpointDownError';
}

/**
 * OAuth 2.0 with a refresh token. Calls that need a new access token at the same time share one request for it.
 * Servers that rotate refresh tokens (Sage does) give a new one with each access token and refuse the old: the
 * newest is kept in memory and, when `tokenFile` is set, on disk.
 *
 * @param warn told, without secrets, of what an operator has to mend
 */
export function createOAuth2Credentials(auth: OAuth2Settings, warn: (message: string) => void): Credentials {
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

  async function requestToken(): Promise<AccessToken> {
    const answer = await grantWithAny(refreshToken === undefined ? [await readToken(auth.tokenFile), auth.refreshToken] : [refreshToken]);
    const lifeMs = (answer.expires_in ?? assumedLifeSeconds) * 1_000;
    const nowMs = Date.now();
    access = { value: answer.access_token, renewAtMs: nowMs + Math.max(lifeMs - renewEarlyMs, lifeMs / 2), expiresAtMs: nowMs + lifeMs };
    return access;
  }

  /** A token that was stored long ago may be dead, and a new one configured since. */
  async function grantWithAny([token, ...others]: readonly (string | undefined)[]): Promise<TokenEndpointResponse> {
    if (token === undefined) return grantWithAny(others);
    try {
      const answer = await refreshTokenGrant(server, token, auth.scope === undefined ? {} : { scope: auth.scope });
      refreshToken = answer.refresh_token ?? token;
      if (refreshToken !== token) await storeToken(auth.tokenFile, refreshToken).catch(warnOfFile);
      return answer;
    } catch (error) {
      const isDead = error instanceof ResponseBodyError && error.error === 'invalid_grant';
      if (isDead && others.length > 0) return grantWithAny(others);
      // The library wraps what it does not know.
      throw isNativeError(error) && error.cause instanceof TokenEndpointDownError ? error.cause : error;
    }
  }

  /** The new token lives in memory; after a restart the old one would be tried, and refused. */
  function warnOfFile(error: unknown): void {
    warn(
      `the newest refresh token could not be written to tokenFile (${codeOf(error) ?? 'unknown failure'}): it is lost with this process`,
    );
  }

  function renewOnce(): Promise<AccessToken> {
    renewal ??= requestToken().finally(() => {
      renewal = undefined;
    });
    return renewal;
  }

  /** A token that still holds is used while no newer one can be had. */
  async function currentToken(): Promise<AccessToken> {
    const known = access;
    if (known === undefined || Date.now() > known.expiresAtMs) return renewOnce();
    return Date.now() > known.renewAtMs ? renewOnce().catch(() => known) : known;
  }

  return {
    async authorization({ signal }) {
      const { value } = await untilAborted(currentToken(), signal);
      return `Bearer ${value}`;
    },
    principal: () => sourcePrincipal,
    async renew(refused, { signal }) {
      // Another call may have renewed it since this one was sent.
      if (access !== undefined && refused === `Bearer ${access.value}`) await untilAborted(renewOnce(), signal);
      return true;
    },
  };
}

/**
 * Tells an endpoint that is down from one that refuses. Sage sends an id token along, which the library would check:
 * against an issuer that is not told here, for nobody who reads it.
 */
async function fetchToken(...[url, options]: Parameters<CustomFetch>): Promise<Response> {
  const response = await fetch(url, { ...options, body: options.body ?? null, signal: options.signal ?? null }).catch((cause: unknown) => {
    throw new TokenEndpointDownError('the token endpoint cannot be reached', { cause });
  });
  if (response.status >= 500) throw new TokenEndpointDownError(`the token endpoint answers ${response.status}`);
  if (!response.ok) return response;
  const answer: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return isJsonObject(answer) && 'id_token' in answer ? Response.json({ ...answer, id_token: undefined }) : response;
}

async function readToken(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return (await readFile(file, 'utf8')).trim() || undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

async function storeToken(file: string | undefined, token: string): Promise<void> {
  if (file === undefined) return;
  // A file left over there would keep its own mode.
  await rm(`${file}.new`, { force: true });
  await writeFile(`${file}.new`, `${token}\n`, { mode: 0o600, flag: 'wx' });
  await rename(`${file}.new`, file);
}
