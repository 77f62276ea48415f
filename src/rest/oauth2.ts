import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isNativeError } from 'node:util/types';
import { allowInsecureRequests, Configuration, customFetch, refreshTokenGrant, type CustomFetch } from 'openid-client';
import { isJsonObject } from './json.ts';
import { isLoopback, type AuthSettings } from './settings.ts';
import type { Credentials } from './credentials.ts';
import { sourcePrincipal } from './scope.ts';
import { untilAborted } from './until-aborted.ts';

type OAuth2Settings = Extract<AuthSettings, { type: 'oauth2' }>;

interface AccessToken {
  readonly value: string;
  readonly renewAtMs: number;
}

/**
 * Renewed this long before it expires, so that a call does not arrive with a token that has just died; but not before
 * half its life, or short-lived tokens would be asked for with every call.
 */
const renewEarlyMs = 45_000;

/** Where a token's life is not told. */
const assumedLifeSeconds = 300;

/**
 * OAuth 2.0 with a refresh token. Calls that need a new access token at the same time share one request for it.
 * Servers that rotate refresh tokens (Sage does) give a new one with each access token and refuse the old: the
 * newest is kept in memory and, when `tokenFile` is set, on disk.
 */
export function createOAuth2Credentials(auth: OAuth2Settings): Credentials {
  const server = new Configuration(
    { issuer: new URL(auth.tokenUrl).origin, token_endpoint: auth.tokenUrl },
    auth.clientId,
    auth.clientSecret,
  );
  server.timeout = 10;
  server[customFetch] = fetchWithoutIdToken;
  // The configuration allows http for loopback hosts only.
  if (isLoopback(auth.tokenUrl)) allowInsecureRequests(server);

  let access: AccessToken | undefined;
  let refreshToken: string | undefined;
  let renewal: Promise<AccessToken> | undefined;

  async function requestToken(): Promise<AccessToken> {
    refreshToken ??= (await readToken(auth.tokenFile)) ?? auth.refreshToken;
    const answer = await refreshTokenGrant(server, refreshToken, auth.scope === undefined ? {} : { scope: auth.scope });
    if (answer.refresh_token !== undefined && answer.refresh_token !== refreshToken) {
      refreshToken = answer.refresh_token;
      await storeToken(auth.tokenFile, refreshToken);
    }
    const lifeMs = (answer.expires_in ?? assumedLifeSeconds) * 1_000;
    access = { value: answer.access_token, renewAtMs: Date.now() + Math.max(lifeMs - renewEarlyMs, lifeMs / 2) };
    return access;
  }

  function renewOnce(): Promise<AccessToken> {
    renewal ??= requestToken().finally(() => {
      renewal = undefined;
    });
    return renewal;
  }

  return {
    async authorization({ signal }) {
      const { value } = access === undefined || Date.now() > access.renewAtMs ? await untilAborted(renewOnce(), signal) : access;
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
 * Sage sends an id token along, which the library would check: against an issuer that is not told here, for nobody
 * who reads it.
 */
async function fetchWithoutIdToken(...[url, options]: Parameters<CustomFetch>): Promise<Response> {
  const response = await fetch(url, { ...options, body: options.body ?? null, signal: options.signal ?? null });
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
    if (isNativeError(error) && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function storeToken(file: string | undefined, token: string): Promise<void> {
  if (file === undefined) return;
  // A file left over there would keep its own mode.
  await rm(`${file}.new`, { force: true });
  await writeFile(`${file}.new`, `${token}\n`, { mode: 0o600, flag: 'wx' });
  await rename(`${file}.new`, file);
}
