import { STATUS_CODES } from 'node:http';
import { acceptedEncodings, BodyError, readJsonText } from './body.ts';
import { startClock, type CallClock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import { UpstreamError, type SourceLabel, type UpstreamErrorCode } from './errors.ts';
import { isCutShort, parseJson } from './json.ts';
import { TokenEndpointDownError } from './oauth2.ts';
import { parseRetryAfterSeconds } from './retry-after.ts';
import type { CallScope } from './scope.ts';
import type { RestSettings } from './settings.ts';
import { classifyTransportError, type Transport, type TransportResponse } from './transport.ts';

/** What a source gave with an answer to have it confirmed later. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** What came back of one HTTP call. */
export type CallAnswer =
  /** `body` is null where the source has no such record: 404, 410 or 204. */
  | { readonly isUnchanged: false; readonly body: unknown; readonly bytes: number; readonly validators: Validators }
  /** The answer that the validators are of still holds. */
  | { readonly isUnchanged: true };

export interface CallOptions {
  readonly url: string;
  /** Its signal ends the call. */
  readonly scope: CallScope;
  /** Of an answer that is at hand: the source may say that it still holds. */
  readonly validators?: Validators;
}

export interface CallerOptions {
  readonly source: SourceLabel;
  readonly settings: RestSettings;
  readonly headers: Readonly<Record<string, string>>;
  readonly userAgent: string;
  readonly transport: Transport;
  readonly credentials: Credentials;
}

/**
 * Makes GET calls to a source, one HTTP exchange each: credentials, time limits, status, JSON.
 *
 * @returns a function that throws UpstreamError for everything that is not a JSON document
 */
export function createCaller({ source, settings, headers, userAgent, transport, credentials }: CallerOptions) {
  async function authorize(scope: CallScope): Promise<string> {
    let authorization: string | undefined;
    try {
      authorization = await credentials.authorization(scope);
    } catch (cause) {
      scope.signal.throwIfAborted();
      if (cause instanceof TokenEndpointDownError) {
        throw new UpstreamError('UPSTREAM_UNAVAILABLE', source, { reason: cause.message, cause });
      }
      throw new UpstreamError('UPSTREAM_UNAUTHORIZED', source, { reason: 'no access token could be had', cause });
    }
    if (authorization !== undefined) return authorization;
    throw new UpstreamError('UPSTREAM_UNAUTHORIZED', source, { reason: 'the caller brought no credentials' });
  }

  async function exchange({ url, scope, validators = {} }: CallOptions, authorization: string, clock: CallClock): Promise<CallAnswer> {
    const response = await transport.send({
      method: 'GET',
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
    return readAnswer(source, response, { maxBytes: settings.maxResponseBytes, isConditional: Object.keys(validators).length > 0 });
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

  /** An access token can die before its time: it is renewed once, and the call made again. */
  return async function call(options: CallOptions): Promise<CallAnswer> {
    const { scope } = options;
    const authorization = await authorize(scope);
    try {
      return await callTimed(options, authorization);
    } catch (error) {
      const isRefused = error instanceof UpstreamError && error.status === 401;
      if (!isRefused || !(await credentials.renew(authorization, scope).catch(() => false))) throw error;
    }
    return callTimed(options, await authorize(scope));
  };
}

async function readAnswer(
  source: SourceLabel,
  response: TransportResponse,
  { maxBytes, isConditional }: { maxBytes: number; isConditional: boolean },
): Promise<CallAnswer> {
  const { status } = response;
  if (status === 200) {
    const text = await readJsonText(response, maxBytes);
    return { isUnchanged: false, body: parseAnswer(text), bytes: text.length, validators: readValidators(response) };
  }
  // An answer left unread would keep its connection from the next call.
  await response.discard();
  if (status === 304 && isConditional) return { isUnchanged: true };
  if (status === 204 || status === 404 || status === 410) return { isUnchanged: false, body: null, bytes: 0, validators: {} };
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
  const retryAfterSeconds = saysWhen ? parseRetryAfterSeconds(response.header('retry-after'), Date.now()) : undefined;
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
    return new UpstreamError('UPSTREAM_BAD_RESPONSE', source, { reason: `the body cannot be used: ${message}`, isTransient, cause: error });
  }
  if (clock.signal.aborted) return new UpstreamError('UPSTREAM_TIMEOUT', source, { reason: clock.expired ?? 'aborted', cause: error });
  const { kind, reason, isTransient } = classifyTransportError(error);
  return new UpstreamError(kind === 'timeout' ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNAVAILABLE', source, { reason, isTransient, cause: error });
}
