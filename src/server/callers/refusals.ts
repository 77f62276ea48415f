import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { ErrorCode } from '../../graph/errors.ts';

export function unauthenticated(message: string): GraphQLError {
  const http = { status: 401, headers: new HeaderMap([['www-authenticate', 'Bearer']]) };
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED' satisfies ErrorCode, http } });
}

/** The token may be good: a client need not ask for another one, but to come back. */
export function uncheckable(message: string, retryAfterSeconds: number): GraphQLError {
  const http = { status: 503, headers: new HeaderMap([['retry-after', String(retryAfterSeconds)]]) };
  const code = 'UNAUTHENTICATED' satisfies ErrorCode;
  return new GraphQLError(message, { extensions: { code, retryable: true, retryAfterSeconds, http } });
}
