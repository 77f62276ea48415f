import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import type { Logger } from 'pino';
import type { Config } from '../config/load-config.ts';
import type { ErrorCode } from '../graph/errors.ts';
import { createAccessControl, fullAccess, type Access } from '../graph/guards/access.ts';
import type { Guards } from '../graph/guards/guards.ts';
import type { ProxyChoice } from '../rest/http/proxies.ts';
import { createRoute } from '../rest/http/route.ts';
import { createSmallFetch } from '../rest/http/small-fetch.ts';
import { untilAborted } from '../rest/http/until-aborted.ts';
import { createKeySet, KeySetError } from './key-set.ts';

/**
 * Lets a request in or refuses it, by its `authorization` header. The signal ends the wait for the issuer's keys.
 *
 * @throws GraphQLError UNAUTHENTICATED
 */
export type CallerCheck = (authorization: string | undefined, signal: AbortSignal) => Promise<CheckedCaller>;

/** Somebody who is let in. */
export interface CheckedCaller {
  /** The subject of the token, if it has one. */
  readonly subject: string | undefined;
  readonly access: Access;
}

export function createCallerCheck(
  auth: Config['auth'],
  guards: Guards,
  chooseProxy: ProxyChoice,
  log: Pick<Logger, 'error'>,
): CallerCheck {
  if (auth.mode === 'none') return async () => ({ subject: undefined, access: fullAccess });
  const decideAccess = createAccessControl(guards);
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
      return { subject: payload.sub, access: decideAccess({ isKnown: true, scopes: readScopes(payload) }) };
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

/** `scope` is a text with blanks (RFC 8693), `scp` a list or such a text. */
function readScopes({ scope, scp }: JWTPayload): ReadonlySet<string> {
  return new Set(
    [scope, scp]
      .flat()
      .flatMap((claim) => (typeof claim === 'string' ? claim.split(' ').filter((name) => name !== '') : [])),
  );
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
