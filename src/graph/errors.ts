import { GraphQLError } from 'graphql';
import type { UpstreamError, UpstreamErrorCode } from '../rest/errors.ts';

/** Every `extensions.code` that this server sends; `docs/errors.md` has a line for each. */
export type ErrorCode =
  | UpstreamErrorCode
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'OVERLOADED'
  | 'QUERY_TOO_COMPLEX'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'PERSISTED_QUERY_NOT_SUPPORTED'
  | 'BAD_REQUEST'
  | 'INTERNAL_SERVER_ERROR';

/** The caller asked for something that cannot be asked for. */
export function badUserInput(message: string): GraphQLError {
  return withoutStack(
    () => new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' satisfies ErrorCode } }),
  );
}

/** The stack of a caller's mistake says nothing, and writing it out takes longer than answering: there may be thousands. */
function withoutStack<T>(create: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return create();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The caller may not have it. */
export function forbidden(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'FORBIDDEN' satisfies ErrorCode } });
}

/** The operation asks for more than one operation may. */
export function tooComplex(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX' satisfies ErrorCode } });
}

/** The `extensions` of an upstream failure: what a client may know of it. */
export function upstreamExtensions(error: UpstreamError): Record<string, unknown> {
  return {
    code: error.code,
    source: error.source.name,
    provider: error.source.provider.name,
    retryable: error.retryable,
    ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
  };
}
