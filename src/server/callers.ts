import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';
import type { Logger } from 'pino';
import type { Config } from '../config/load-config.ts';
import type { ErrorCode } from '../graph/errors.ts';
import { fetchSmall } from '../rest/http/small-fetch.ts';
import { untilAborted } from '../rest/http/until-aborted.ts';

/**
 * Lets a request in or refuses it, by its `authorization` header. The signal ends the wait for the issuer's keys.
 *
 * @throws GraphQLError UNAUTHENTICATED
 */
export type CallerCheck = (authorization: string | undefined, signal: AbortSignal) => Promise<void>;

export function createCallerCheck(auth: Config['auth'], log: Pick<Logger, 'error'>): CallerCheck {
  if (auth.mode === 'none') return async () => {};
  const keys = createRemoteJWKSet(new URL(auth.jwksUrl), { [customFetch]: fetchSmall });
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
      await untilAborted(jwtVerify(token, keys, options), signal);
    } catch (error) {
      if (signal.aborted) throw unauthenticated('The token could not be checked in time.');
      if (!isTokenFault(error)) {
        log.error({ err: error }, 'cannot fetch the keys of the token issuer');
        throw unauthenticated('The token cannot be checked at present.');
      }
      throw unauthenticated(
        error instanceof errors.JWTExpired ? 'The token has expired.' : 'The token is not valid here.',
      );
    }
  };
}

/** Whether the token is to blame, rather than the way to the keys or what is found there. */
function isTokenFault(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    !['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'].includes(error.code)
  );
}

function unauthenticated(message: string): GraphQLError {
  const http = { status: 401, headers: new HeaderMap([['www-authenticate', 'Bearer']]) };
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED' satisfies ErrorCode, http } });
}
