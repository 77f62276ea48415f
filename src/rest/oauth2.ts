import { readFile, rename, writeFile } from 'node:fs/promises';
import { allowInsecureRequests, Configuration, refreshTokenGrant } from 'openid-client';
import { isLoopback, type AuthSettings } from './settings.ts';
import type { Credentials } from './credentials.ts';

type OAuth2Settings = Extract<AuthSettings, { type: 'oauth2' }>;

interface AccessToken {
  readonly value: string;
  readonly expiresAtMs: number;
}

/** Renewed this long before it expires, so that a call does not arrive with a token that has just died. */
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
    return { value: answer.access_token, expiresAtMs: Date.now() + (answer.expires_in ?? assumedLifeSeconds) * 1_000 };
  }

  function renewOnce(): Promise<AccessToken> {
    renewal ??= requestToken().finally(() => {
      renewal = undefined;
    });
    return renewal;
  }

  return {
    async authorization() {
      if (access === undefined || Date.now() > access.expiresAtMs - renewEarlyMs) access = await renewOnce();
      return `Bearer ${access.value}`;
    },
    async renew(refused) {
      // Another call may have renewed it since this one was sent.
      if (access !== undefined && refused === `Bearer ${access.value}`) access = await renewOnce();
      return true;
    },
  };
}

async function readToken(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return (await readFile(file, 'utf8')).trim() || undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function storeToken(file: string | undefined, token: string): Promise<void> {
  if (file === undefined) return;
  await writeFile(`${file}.new`, `${token}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
