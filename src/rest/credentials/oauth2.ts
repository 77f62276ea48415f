import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SmallFetch } from '../http/small-fetch.ts';
import { untilAborted } from '../http/until-aborted.ts';
import { createBackOff } from '../limits/back-off.ts';

import { CredentialError } from './credential-error.ts';
import type { GrantSettings } from './settings.ts';
import { requestTokens } from './token-endpoint.ts';
import { TokenFileStore } from './token-file-store.ts';
import type { StoredAccess, TokenState } from './token-file.ts';
import { createMemoryStore, type TokenSession, type TokenStore } from './token-store.ts';

/**
 * Renewed this long before it expires, so that a call does not arrive with a token that has just died; but not before
 * half its life, or short-lived tokens would be asked for with every call.
 */
const renewEarlyMs = 45_000;

/**
 * A source that refuses a token which has just been renewed for it will refuse the next one as well, and each costs a
 * request and a refresh token.
 */
const refusalPauseMs = 30_000;

/** Nobody waits longer for a renewal; it goes on, for what it brings may be needed. */
const patienceMs = 10_000;

/** After a failure that only an operator can mend, unless the token file changes. */
const lastingPauseMs = 300_000;

interface Renewal {
  readonly access: Promise<StoredAccess>;
  /** The same, or a failure when it takes too long. */
  readonly inTime: Promise<StoredAccess>;
}

/**
 * Access tokens of OAuth 2.0, with a refresh token or with client credentials. Whoever needs a new access token at the same time shares one request for it, and
 * after a failure nobody asks again for a while. Servers that rotate refresh tokens (Sage does) give a new one with each
 * access token and refuse the old: the newest is kept in memory and, when `tokenFile` is set, on disk.
 */
export class GrantedTokens {
  readonly #auth: GrantSettings;
  readonly #warn: (message: string) => void;
  readonly #fetch: SmallFetch;
  readonly #store: TokenStore;
  /** Differs for different sign-ins, and tells nothing of their secrets. */
  readonly fingerprint: string;
  /** Tells what access tokens are issued for. */
  readonly #purpose: string;
  /** The configured one; undefined for grants without. */
  readonly #refreshToken: string | undefined;
  /** Tells which refresh token is configured. */
  readonly #origin: string;
  readonly #failures = createBackOff({ firstMs: 3_000, mostMs: 60_000 });
  #versionAtFailure = '';
  #access: StoredAccess | undefined;
  #renewal: Renewal | undefined;
  /** Of the clock that cannot be set back. */
  #renewedForRefusalAtMs = Number.NEGATIVE_INFINITY;

  /**
   * @param fetch reaches the token endpoint
   * @param warn told, without secrets, what an operator has to fix
   */
  constructor(auth: GrantSettings, fetch: SmallFetch, warn: (message: string) => void) {
    this.#auth = auth;
    this.#warn = warn;
    this.#fetch = fetch;
    this.fingerprint = createHash('sha256').update(JSON.stringify(auth)).digest('base64url');
    this.#purpose = digest(JSON.stringify([auth.tokenUrl, auth.clientId, auth.scope ?? '']));
    this.#refreshToken = auth.type === 'oauth2' ? auth.refreshToken : undefined;
    this.#origin = digest(this.#refreshToken ?? '');
    const file = auth.type === 'oauth2' ? auth.tokenFile : undefined;
    this.#store = file === undefined ? createMemoryStore() : new TokenFileStore(file, warn);
  }

  /** The one that holds, where nobody has to wait for it. */
  held(): string | undefined {
    const access = this.#access;
    const nowMs = Date.now();
    if (access === undefined || nowMs >= access.expiresAtMs) return undefined;
    // A token that still holds is used while a newer one is on its way.
    if (nowMs >= renewalTimeOf(access)) this.#renew().catch(() => {});
    return access.token;
  }

  /** The one that holds. @throws CredentialError; the signal's reason when it is aborted */
  async current(signal: AbortSignal): Promise<string> {
    return this.held() ?? (await untilAborted(this.#renew(), signal)).token;
  }

  /** @returns whether there is a newer one than the refused one; @throws the same */
  async renew(refused: string, signal: AbortSignal): Promise<boolean> {
    // Another call may have renewed it since this one was sent.
    const isNewer = this.#access !== undefined && this.#access.token !== refused;
    return isNewer || untilAborted(this.#renewRefused(refused), signal);
  }

  /** Waits for a renewal under way. */
  async close(): Promise<void> {
    await this.#renewal?.access.catch(() => {});
  }

  async #renewRefused(refused: string): Promise<boolean> {
    const { expiresAtMs = Infinity, obtainedAtMs = 0 } = this.#access ?? {};
    const pauseMs = Math.min(refusalPauseMs, (expiresAtMs - obtainedAtMs) / 2);
    const isTooSoon = performance.now() < this.#renewedForRefusalAtMs + pauseMs;
    if (this.#renewal === undefined && isTooSoon) return false;
    const isRenewed = await this.#renew(refused).then(
      () => true,
      (error: unknown) => {
        if (error instanceof CredentialError && error.code !== 'UPSTREAM_UNAUTHORIZED') throw error;
        return false;
      },
    );
    this.#renewedForRefusalAtMs = performance.now();
    return isRenewed;
  }

  /** Renews the token, with all others who want that now. @throws the last failure while that is remembered */
  async #renew(refused?: string): Promise<StoredAccess> {
    if (this.#renewal === undefined) await this.#throwHeldFailure();
    this.#renewal ??= this.#startRenewal(refused);
    return this.#renewal.inTime;
  }

  #startRenewal(refused: string | undefined): Renewal {
    const access = this.#obtainOnce(refused);
    return { access, inTime: Promise.race([access, failAfter(patienceMs)]) };
  }

  async #obtainOnce(refused: string | undefined): Promise<StoredAccess> {
    try {
      return this.#succeed(await this.#obtain(refused));
    } catch (error) {
      return await this.#fail(error);
    } finally {
      this.#renewal = undefined;
    }
  }

  async #throwHeldFailure(): Promise<void> {
    const held = this.#failures.current();
    if (held === undefined || !(held.error instanceof CredentialError)) return;
    if (held.error.isLasting && this.#versionAtFailure !== (await this.#store.version())) return;
    throw held.error.heldFor(held.leftMs);
  }

  #succeed(access: StoredAccess): StoredAccess {
    this.#failures.succeeded();
    this.#access = access;
    return access;
  }

  async #fail(cause: unknown): Promise<never> {
    const error =
      cause instanceof CredentialError
        ? cause
        : new CredentialError('UPSTREAM_UNAUTHORIZED', 'unknown failure', { cause });
    const toldMs = (error.retryAfterSeconds ?? 0) * 1_000;
    const pauseMs = error.isLasting ? lastingPauseMs : toldMs > 0 ? toldMs : undefined;
    this.#failures.failed(error, pauseMs);
    this.#versionAtFailure = await this.#store.version();
    // Calls that have no token say so themselves.
    if (this.#access !== undefined) this.#warn(`the access token could not be renewed: ${error.message}`);
    throw error.heldFor(this.#failures.current()?.leftMs ?? 0);
  }

  /** Takes over what another process has stored meanwhile, or asks the token endpoint. */
  async #obtain(refused: string | undefined): Promise<StoredAccess> {
    const session = await this.#store.open();
    try {
      const stored = session.known?.access;
      if (stored !== undefined && this.#isOfUse(stored, refused)) return stored;
      return await this.#request(session, this.#listRefreshTokens(session.known));
    } finally {
      await session.close();
    }
  }

  #isOfUse(
    { token, issuedFor, obtainedAtMs, expiresAtMs }: StoredAccess,
    refused: string | undefined,
  ): boolean {
    const nowMs = Date.now();
    return (
      token !== refused &&
      token !== this.#access?.token &&
      issuedFor === this.#purpose &&
      obtainedAtMs <= nowMs &&
      nowMs < expiresAtMs
    );
  }

  /** The refresh tokens to be tried, best first. A stored one descends from the configured one, which is dead then. */
  #listRefreshTokens(known: TokenState | undefined): (string | undefined)[] {
    const configured = this.#refreshToken;
    if (known === undefined || configured === undefined) return [configured];
    // An old file does not tell whether another one was configured since.
    if (known.beganWith === undefined) return [...new Set([known.refreshToken, configured])];
    return known.beganWith === this.#origin ? [known.refreshToken] : [configured, known.refreshToken];
  }

  async #request(
    session: TokenSession,
    [token, ...others]: readonly (string | undefined)[],
  ): Promise<StoredAccess> {
    await session.prepare();
    try {
      const issued = await requestTokens(this.#auth, token, this.#fetch);
      const nowMs = Date.now();
      const access = {
        token: issued.accessToken,
        issuedFor: this.#purpose,
        obtainedAtMs: nowMs,
        expiresAtMs: nowMs + issued.lifeMs,
      };
      if (token !== undefined)
        session.keep({ refreshToken: issued.refreshToken ?? token, beganWith: this.#origin, access });
      return access;
    } catch (error) {
      const isDead = error instanceof CredentialError && error.isGrantRefused;
      if (isDead && others.length > 0) return this.#request(session, others);
      throw error;
    }
  }
}

/** Its timer alone keeps no process from its end. */
async function failAfter(waitMs: number): Promise<never> {
  await sleep(waitMs, undefined, { ref: false });
  throw new CredentialError('UPSTREAM_UNAVAILABLE', 'the token endpoint has not answered in time');
}

function renewalTimeOf({ obtainedAtMs, expiresAtMs }: StoredAccess): number {
  return Math.max(expiresAtMs - renewEarlyMs, (obtainedAtMs + expiresAtMs) / 2);
}

/** Tells texts apart without showing them. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
