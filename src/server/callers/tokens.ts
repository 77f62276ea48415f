import type { IncomingMessage } from 'node:http';
import { decodeJwt, errors, type JWTPayload } from 'jose';
import type { Logger } from 'pino';
import { untilAborted } from '../../rest/http/until-aborted.ts';
import { readScopes, readSources } from './claims.ts';
import type { Identity } from './identity.ts';
import type { Issuer } from './issuers.ts';
import { KeySetError } from './key-set.ts';
import { createRememberedTokens } from './remembered-tokens.ts';
import { unauthenticated, uncheckable } from './refusals.ts';

/**
 * Reads who a caller is from its bearer token; undefined where it sends none.
 *
 * @throws GraphQLError UNAUTHENTICATED
 */
export function createTokenCheck(
  issuers: readonly Issuer[],
  log: Pick<Logger, 'error'>,
): (request: IncomingMessage, signal: AbortSignal) => Promise<Identity | undefined> {
  const remembered = createRememberedTokens<Identity>();

  async function verify(token: string): Promise<Identity> {
    const named = issuerIn(token);
    let failure: unknown = new errors.JWTInvalid('an issuer that is not known');
    // One issuer may be there twice, for different audiences.
    for (const issuer of issuers.filter(({ settings }) => settings.issuer === named)) {
      try {
        const payload = await issuer.verify(token);
        const identity = identityOf(payload, issuer);
        const { clockToleranceSeconds = 0 } = issuer.settings;
        remembered.add(token, identity, ((payload.exp ?? 0) + clockToleranceSeconds) * 1_000);
        return identity;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  return async ({ headers: { authorization } }, signal) => {
    if (authorization === undefined) return undefined;
    const token = /^Bearer ([\w.~+/-]{1,8192}=*)$/i.exec(authorization)?.[1];
    if (token === undefined)
      throw unauthenticated('This server needs a token: send "authorization: Bearer <token>".');
    try {
      return remembered.find(token) ?? (await untilAborted(verify(token), signal));
    } catch (error) {
      if (signal.aborted) throw uncheckable('The token could not be checked in time.', 1);
      if (error instanceof KeySetError)
        throw uncheckable('The token cannot be checked at present.', error.retryAfterSeconds);
      if (!(error instanceof errors.JOSEError))
        log.error({ err: error }, 'cannot use a key of the token issuer');
      throw unauthenticated(
        error instanceof errors.JWTExpired ? 'The token has expired.' : 'The token is not valid here.',
      );
    }
  };
}

/** Says who is to be asked for its keys; nothing is believed yet. */
function issuerIn(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

function identityOf(payload: JWTPayload, { settings }: Issuer): Identity {
  return {
    subject: typeof payload.sub === 'string' ? payload.sub : undefined,
    scopes: readScopes(payload, settings.scopesClaim),
    sources: readSources(payload, settings.sourcesClaim),
  };
}
