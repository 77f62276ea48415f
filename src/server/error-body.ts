import { z } from 'zod';
import type { ErrorCode } from '../graph/errors.ts';

export const internalErrorMessage =
  "Internal server error. Look up the request id in the server's log for the cause.";

/** The body of an answer that is one error and nothing else. */
export function createErrorBody(
  code: ErrorCode,
  message: string,
  requestId: string,
  more: { readonly retryable?: boolean } = {},
) {
  return { errors: [addRequestId({ message, extensions: { code, ...more } }, requestId)] };
}

/** Every error that leaves the server names its request. */
export function addRequestId<E extends { readonly extensions?: Readonly<Record<string, unknown>> }>(
  error: E,
  requestId: string,
) {
  return { ...error, extensions: { ...error.extensions, requestId } };
}

/** What Apollo sends where it refuses a request. */
const apolloRefusal = z.looseObject({
  errors: z
    .array(
      z.looseObject({ extensions: z.looseObject({ code: z.string(), requestId: z.string().optional() }) }),
    )
    .min(1),
});

/**
 * Completes what Apollo refuses before it knows the operation: a foreign site's query, a body that is no operation, a
 * caller that is not let in. Its plug-ins are not asked about those errors, and they lack the request id.
 *
 * @param onError told the code of each error that lacked the id
 */
export function completeRefusal(
  payload: unknown,
  requestId: string,
  onError: (code: string) => void,
): unknown {
  if (typeof payload !== 'string' || !payload.startsWith('{"errors":')) return payload;
  if (payload.includes(`"requestId":"${requestId}"`)) return payload;
  const { data: refusal } = apolloRefusal.safeParse(JSON.parse(payload));
  if (refusal === undefined || refusal.errors.every(({ extensions }) => extensions.requestId !== undefined))
    return payload;
  for (const { extensions } of refusal.errors) onError(extensions.code);
  return JSON.stringify({
    ...refusal,
    errors: refusal.errors.map((error) => addRequestId(error, requestId)),
  });
}
