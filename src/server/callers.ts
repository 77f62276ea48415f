import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { errors, jwtVerify } from 'jose';
import type { Logger } from 'pino';
import type { Config } from '../config/load-config.ts';
import type { ErrorCode } from '../graph/errors.ts';
import type { ProxyChoice } from '../rest/http/proxies.ts';
import { createRoute } from '../rest/http/route.ts';
import { createSmallFetch } from '../rest/http/small-fetch.ts';
import { untilAborted } from '../rest/http/until-aborted.ts';
import { createKeySet, KeySetError } from './key-set.ts';

/**
 * Lets a request in or refuses it, by its `authorization` header. The signal ends the wait for the issuer's keys.
 *
 * @returns the subject of the token, if it has one
 * @throws GraphQLError UNAUTHENTICATED
 */
export type CallerCheck = (
  authorization: string | undefined,
  signal: AbortSignal,
) => Promise<string | undefined>;

export function createCallerCheck(
  auth: Config['auth'],
  chooseProxy: ProxyChoice,
  log: Pick<Logger, 'error'>,
): CallerCheck {
  if (auth.mode === 'none') return async () => undefined;
  const fetch = createSmallFetch(auth.jwksUrl, createRoute(auth.jwksUrl, auth, chooseProxy));
  const keys = createKeySet(auth.jwksUrl, fetch, log);
  // The algorithms are named, or a token could choose a weaker one for its own check.
  const options = {
    issuer: auth.issuer,
    audience: auth.audience,
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    requiredClaims: ['exp'],
  };
  return async (authorization, signal) => {
    const token = /^Bearer ([\w.~+/-]{1,8192}=*)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined)
      throw unauthenticated('This server needs a token: send "authorization: Bearer <token>".');
    try {
      const { payload } = await untilAborted(jwtVerify(token, keys, options), signal);
      return payload.sub;
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

function unauthenticated(message: string): GraphQLError {
  const http = { status: 401, headers: new HeaderMap([['www-authenticate', 'Bearer']]) };
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED' satisfies ErrorCode, http } });
}

/** The token may be good: a client need not ask for another one, but to come back. */
function uncheckable(message: string, retryAfterSeconds: number): GraphQLError {
  const http = { status: 503, headers: new HeaderMap([['retry-after', String(retryAfterSeconds)]]) };
  const code = 'UNAUTHENTICATED' satisfies ErrorCode;
  return new GraphQLError(message, { extensions: { code, retryable: true, retryAfterSeconds, http } });
}
