import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, Kind, type GraphQLFormattedError } from 'graphql';
import { z } from 'zod';
import { upstreamExtensions, type ErrorCode } from '../graph/errors.ts';
import { UpstreamError } from '../rest/errors.ts';
import { internalErrorMessage } from './error-body.ts';

/** What an error is, for the log and for the client alike. */
export type ErrorClass =
  | { readonly kind: 'upstream'; readonly error: UpstreamError }
  /** The caller's own: its message may be shown as it is. */
  | { readonly kind: 'request'; readonly code: ErrorCode }
  /** The server's own fault: its text belongs in the log. */
  | { readonly kind: 'internal'; readonly error: unknown };

/** Codes whose messages speak of the caller's own request. */
const openCodes: readonly ErrorCode[] = [
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'OVERLOADED',
  'QUERY_TOO_COMPLEX',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  // By which clients know that they have to send the whole document.
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'BAD_REQUEST',
];

/** A code of Apollo's own for what the caller has to mend. */
const apolloCode = 'OPERATION_RESOLUTION_FAILURE';

const maxMessageLength = 500;

export function classifyError(wrapped: unknown): ErrorClass {
  const error = unwrapResolverError(wrapped);
  if (error instanceof UpstreamError) return { kind: 'upstream', error };
  const given = codeOf(error) ?? (isOfDocument(error) ? 'BAD_USER_INPUT' : undefined);
  const code = given === apolloCode ? 'BAD_REQUEST' : openCodes.find((openCode) => openCode === given);
  return code === undefined ? { kind: 'internal', error } : { kind: 'request', code };
}

/**
 * Whether GraphQL itself points to a value in the document: one that is null, say, by a variable whose default is not.
 * Mistakes of resolvers point to fields.
 */
function isOfDocument(error: unknown): boolean {
  if (!(error instanceof GraphQLError)) return false;
  const { nodes = [] } = error;
  return nodes.length > 0 && nodes.every(({ kind }) => kind !== Kind.FIELD);
}

/**
 * What a client gets to see of an error: upstream failures with their code and source, mistakes of the request as
 * they are, anything else as `INTERNAL_SERVER_ERROR` without its text.
 */
export function formatError(
  { message, locations, path }: GraphQLFormattedError,
  error: unknown,
): GraphQLFormattedError {
  const place = {
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
  };
  const found = classifyError(error);
  switch (found.kind) {
    case 'upstream':
      return { message: found.error.message, ...place, extensions: upstreamExtensions(found.error) };
    case 'request':
      return { message: shorten(message), ...place, extensions: { code: found.code, ...retryOf(error) } };
    case 'internal':
      return {
        message: internalErrorMessage,
        ...place,
        extensions: { code: 'INTERNAL_SERVER_ERROR' satisfies ErrorCode },
      };
  }
}

/** Messages of GraphQL's own quote what the caller wrote, however long that is. */
function shorten(message: string): string {
  return message.length > maxMessageLength ? `${message.slice(0, maxMessageLength)}…` : message;
}

/** Whether, and when, the same request can succeed, where that is known. */
function retryOf(error: unknown): { readonly retryable?: true; readonly retryAfterSeconds?: number } {
  const { data } = retryShape.safeParse(unwrapResolverError(error));
  return data?.extensions ?? {};
}

const retryShape = z.object({
  extensions: z.object({ retryable: z.literal(true), retryAfterSeconds: z.number() }),
});

function codeOf(error: unknown): unknown {
  if (!(error instanceof Error) || !('extensions' in error)) return undefined;
  const { extensions } = error;
  return typeof extensions === 'object' && extensions !== null && 'code' in extensions
    ? extensions.code
    : undefined;
}
