import { STATUS_CODES } from 'node:http';
import { acceptedEncodings, BodyError, readJsonText } from './body.ts';
import { startClock, type CallClock } from './clock.ts';
import { UpstreamError, type SourceLabel, type UpstreamErrorCode } from '../errors.ts';
import { isCutShort, parseJson } from '../json.ts';
import { parseRetryAfterSeconds } from './retry-after.ts';
import type { CallScope } from '../scope.ts';
import type { RestSettings } from '../settings.ts';
import {
  classifyTransportError,
  type Transport,
  type TransportFailure,
  type TransportResponse,
} from './transport.ts';

/** What a source gave with an answer to have it confirmed later. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** What came back of one HTTP call. */
export type CallAnswer =
  /** `body` is null where the source has no such document, and what `decode` made of it otherwise. */
  | {
      readonly isUnchanged: false;
      readonly body: unknown;
      readonly textLength: number;
      readonly validators: Validators;
    }
  /** The answer that the validators are of still holds. */
  | { readonly isUnchanged: true };

export interface CallOptions {
  readonly url: string;
  /** Its signal ends the call. */
  readonly scope: CallScope;
  /** Of an answer that is at hand: the source may say that it still holds. */
  readonly validators?: Validators | undefined;
  /** Types a body; null is one with nothing in it. @throws UpstreamError for one that is not what was asked for */
  readonly decode: (body: unknown) => unknown;
}

/**
 * One HTTP exchange.
 *
 * @param authorization the value of the header
 * @throws UpstreamError for everything that is not a JSON document, or not the one that was asked for
 */
export type Call = (options: CallOptions, authorization: string) => Promise<CallAnswer>;

export interface CallerOptions {
  readonly source: SourceLabel;
  readonly settings: RestSettings;
  readonly headers: Readonly<Record<string, string>>;
  readonly userAgent: string;
  readonly transport: Transport;
}

/** Makes GET calls to a source: time limits, status, JSON. */
export function createCaller({ source, settings, headers, userAgent, transport }: CallerOptions): Call {
  async function exchange(
    { url, scope, validators = {} }: CallOptions,
    authorization: string,
    clock: CallClock,
  ): Promise<CallAnswer> {
    const response = await transport.send({
      url: new URL(url),
      headers: {
        accept: 'application/json',
        'accept-encoding': acceptedEncodings,
        'user-agent': userAgent,
        'x-request-id': scope.requestId,
        ...(validators.etag === undefined ? {} : { 'if-none-match': validators.etag }),
        ...(validators.lastModified === undefined ? {} : { 'if-modified-since': validators.lastModified }),
        ...headers,
        authorization,
      },
      signal: clock.signal,
    });
    clock.headersArrived();
    return readAnswer(source, response, {
      maxBytes: settings.maxResponseBytes,
      isConditional: Object.keys(validators).length > 0,
    });
  }

  async function callTimed(options: CallOptions, authorization: string): Promise<CallAnswer> {
    const clock = startClock(options.scope.signal, settings);
    try {
      return await exchange(options, authorization, clock);
    } catch (error) {
      throw toUpstreamError(source, error, clock);
    } finally {
      clock.stop();
    }
  }

  return async function call(options, authorization) {
    const answer = await callTimed(options, authorization);
    // What still holds was decoded before it was kept.
    if (answer.isUnchanged) return answer;
    return { ...answer, body: answer.body === undefined ? null : options.decode(answer.body) };
  };
}

const withoutText = { isUnchanged: false, textLength: 0, validators: {} } as const;

/** An answer as it came; its body is undefined where the source has no such document, null where that is empty. */
async function readAnswer(
  source: SourceLabel,
  response: TransportResponse,
  { maxBytes, isConditional }: { maxBytes: number; isConditional: boolean },
): Promise<CallAnswer> {
  const { status } = response;
  if (status === 200) {
    const text = await readJsonText(response, maxBytes);
    return {
      isUnchanged: false,
      body: parseAnswer(text),
      textLength: text.length,
      validators: readValidators(response),
    };
  }
  // An answer left unread would keep its connection from the next call.
  await response.discard();
  if (status === 304 && isConditional) return { isUnchanged: true };
  if (status === 204) return { ...withoutText, body: null };
  if (status === 404 || status === 410) return { ...withoutText, body: undefined };
  throw errorFromStatus(source, response);
}

function parseAnswer(text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    // One that was cut short on its way may arrive whole the second time; any other is what the source has to say.
    throw new BodyError('it is not valid JSON', { cause, isTransient: isCutShort(text) });
  }
}

function readValidators(response: TransportResponse): Validators {
  const etag = response.header('etag');
  const lastModified = response.header('last-modified');
  return { ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) };
}

const codesByStatus: Readonly<Record<number, UpstreamErrorCode>> = {
  401: 'UPSTREAM_UNAUTHORIZED',
  403: 'UPSTREAM_FORBIDDEN',
  429: 'UPSTREAM_RATE_LIMITED',
};

function errorFromStatus(source: SourceLabel, response: TransportResponse): UpstreamError {
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

function toUpstreamError(source: SourceLabel, error: unknown, clock: CallClock): UpstreamError {
  if (error instanceof UpstreamError) return error;
  if (error instanceof BodyError) {
    const { message, isTransient } = error;
    return new UpstreamError('UPSTREAM_BAD_RESPONSE', source, {
      reason: `the body cannot be used: ${message}`,
      isTransient,
      cause: error,
    });
  }
  if (clock.signal.aborted)
    return new UpstreamError('UPSTREAM_TIMEOUT', source, {
      reason: clock.expired ?? 'aborted',
      cause: error,
    });
  const { kind, ...details } = classifyTransportError(error);
  return new UpstreamError(codesByFailure[kind], source, { ...details, cause: error });
}

const codesByFailure: Readonly<Record<TransportFailure['kind'], UpstreamErrorCode>> = {
  timeout: 'UPSTREAM_TIMEOUT',
  unavailable: 'UPSTREAM_UNAVAILABLE',
  unsendable: 'UPSTREAM_REJECTED',
};
