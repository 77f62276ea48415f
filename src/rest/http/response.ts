import { STATUS_CODES } from 'node:http';
import type { FetchedAnswer, Validators } from '../answer.ts';
import { UpstreamError, type SourceLabel, type UpstreamErrorCode } from '../errors.ts';
import { isCutShort, parseJson } from '../json.ts';
import { checkJsonHead, readJsonText } from './body.ts';
import { parseRetryAfterSeconds } from './retry-after.ts';
import { BodyError, type ResponseHead, type TransportResponse } from './transport.ts';

/**
 * How many bytes of an answer are wanted.
 *
 * @throws BodyError when its headers tell already that it cannot be used
 */
export function countWanted(head: ResponseHead, maxBytes: number): number {
  if (head.status !== 200) return 0;
  checkJsonHead(head, maxBytes);
  return maxBytes;
}

/**
 * Reads an answer by its status. The body is as it was sent, not decoded yet.
 *
 * @param kept the answer that the source was asked to confirm
 * @throws UpstreamError for a status that is a failure; BodyError for a body that is not JSON
 */
export async function readAnswer(
  source: SourceLabel,
  response: TransportResponse,
  maxBytes: number,
  kept: FetchedAnswer | undefined,
): Promise<FetchedAnswer> {
  const { status } = response;
  if (status === 200) {
    const text = await readJsonText(response, maxBytes);
    return {
      outcome: 'OK',
      body: parseBody(text),
      textLength: text.length,
      validators: readValidators(response),
      fetchedAtMs: Date.now(),
      header: (name) => response.header(name),
    };
  }
  if (status === 304 && kept?.validators !== undefined)
    return { ...kept, outcome: 'NOT_MODIFIED', fetchedAtMs: Date.now() };
  if (status === 204) return createEmptyAnswer('OK');
  if (status === 404 || status === 410) return createEmptyAnswer('NOT_FOUND');
  throw errorFromStatus(source, response);
}

function createEmptyAnswer(outcome: FetchedAnswer['outcome']): FetchedAnswer {
  return { outcome, body: null, textLength: 0, validators: undefined, fetchedAtMs: Date.now() };
}

function parseBody(text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    // One that was cut short on its way may arrive whole the second time; any other is what the source has to say.
    throw new BodyError('it is not valid JSON', { cause, isTransient: isCutShort(text) });
  }
}

function readValidators(response: ResponseHead): Validators | undefined {
  const etag = response.header('etag');
  const lastModified = response.header('last-modified');
  return etag === undefined && lastModified === undefined ? undefined : { etag, lastModified };
}

const codesByStatus: Readonly<Record<number, UpstreamErrorCode>> = {
  401: 'UPSTREAM_UNAUTHORIZED',
  403: 'UPSTREAM_FORBIDDEN',
  429: 'UPSTREAM_RATE_LIMITED',
};

function errorFromStatus(source: SourceLabel, response: ResponseHead): UpstreamError {
  const { status } = response;
  // Elsewhere it would promise that the same call succeeds later.
  const saysWhen = status === 429 || status >= 500;
  const retryAfterSeconds = saysWhen
    ? parseRetryAfterSeconds(response.header('retry-after'), Date.now())
    : undefined;
  return new UpstreamError(codesByStatus[status] ?? codeOfStatusClass(status), source, {
    status,
    reason: `status ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd(),
    // Without a time to wait a rate limit would be met again at once.
    isTransient: status >= 500 || (status === 429 && retryAfterSeconds !== undefined),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

function codeOfStatusClass(status: number): UpstreamErrorCode {
  if (status >= 500) return 'UPSTREAM_UNAVAILABLE';
  // A redirect is never followed: it would carry the credentials to wherever it points.
  return status >= 400 ? 'UPSTREAM_REJECTED' : 'UPSTREAM_BAD_RESPONSE';
}
