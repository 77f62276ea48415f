import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLFormattedError } from 'graphql';
import { upstreamExtensions, type ErrorCode } from '../graph/errors.ts';
import { UpstreamError } from '../rest/errors.ts';

export const internalErrorMessage = 'The server failed at this. The request id leads to the reason in its log.';

/** Codes whose messages speak of the caller's own request and may be shown as they are. */
const openCodes: ReadonlySet<unknown> = new Set<ErrorCode>([
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'OVERLOADED',
  'QUERY_TOO_COMPLEX',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
]);

/**
 * What a client gets to see of an error: upstream failures with their code and source, mistakes of the request as
 * they are, anything else as `INTERNAL_SERVER_ERROR` without its text.
 */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { message, locations, path, extensions } = formatted;
  const place = { ...(locations === undefined ? {} : { locations }), ...(path === undefined ? {} : { path }) };
  const original = unwrapResolverError(error);
  if (original instanceof UpstreamError) return { message: original.message, ...place, extensions: upstreamExtensions(original) };
  const code = extensions?.['code'];
  if (openCodes.has(code)) return { message, ...place, extensions: { code } };
  return {
    message: internalErrorMessage,
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR' satisfies ErrorCode },
  };
}

/** Whether an error is the server's own fault, and its text belongs in the log. */
export function isInternalError(error: unknown): boolean {
  return !(error instanceof UpstreamError) && !(error instanceof Error && 'extensions' in error && hasOpenCode(error.extensions));
}

function hasOpenCode(extensions: unknown): boolean {
  return typeof extensions === 'object' && extensions !== null && 'code' in extensions && openCodes.has(extensions.code);
}
