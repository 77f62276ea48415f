import { STATUS_CODES } from 'node:http';
import { acceptedEncodings, BodyError, readJsonText } from './body.ts';
import { createAnswerCache } from './cache.ts';
import { createCredentials, type Credentials } from './credentials.ts';
import { UpstreamError, type SourceLabel, type UpstreamErrorCode } from './errors.ts';
import { createGate } from './gate.ts';
import { parseJson } from './json.ts';
import { parseRetryAfterSeconds } from './retry-after.ts';
import type { CallScope } from './scope.ts';
import type { Resource, RestSettings } from './settings.ts';
import { startClock, type CallClock } from './clock.ts';
import { classifyTransportError, type Transport, type TransportResponse } from './transport.ts';
import { createNodeFetchTransport } from './transports/node-fetch.ts';
import { createUndiciTransport } from './transports/undici.ts';

/** Query parameters in the order in which they are sent. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Speaks to one source. */
export interface RestClient {
  /** The URL that `get` would ask for, as a key: equal keys are the same call. */
  urlOf(path: string, query?: Query): string;
  /**
   * GET a JSON document, numbers exact (see json.ts). Null when the source has none: 404, 410 or 204. Answers
   * may be shared with other requests: they are not to be changed.
   *
   * @throws UpstreamError for everything else that is not a JSON document
   */
  get(url: string, scope: CallScope, resource: Resource): Promise<unknown>;
  close(): Promise<void>;
}

export interface RestClientOptions {
  readonly source: SourceLabel;
  readonly settings: RestSettings;
  /** Headers that go with every call beside the usual ones; they may override these. */
  readonly headers: Readonly<Record<string, string>>;
  /** The product's name and version. */
  readonly userAgent: string;
  readonly log: CallLog;
}

/** Where failed calls are written, without URLs, headers and bodies. */
export interface CallLog {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

const transports = { undici: createUndiciTransport, fetch: createNodeFetchTransport };

export function createRestClient({ source, settings, headers, userAgent, log }: RestClientOptions): RestClient {
  const transport: Transport = transports[settings.transport](settings);
  const credentials: Credentials = createCredentials(settings.auth, source.name);
  const gate = createGate(settings.maxConcurrency);
  const cache = createAnswerCache(settings.cache);
  const root = settings.baseUrl.replace(/\/+$/, '');

  async function authorize(scope: CallScope): Promise<string> {
    let authorization: string | undefined;
    try {
      authorization = await credentials.authorization(scope);
    } catch (cause) {
      if (scope.signal.aborted) throw cause;
      throw new UpstreamError('UPSTREAM_UNAUTHORIZED', source, { reason: 'no access token could be had', cause });
    }
    if (authorization === undefined)
      throw new UpstreamError('UPSTREAM_UNAUTHORIZED', source, { reason: 'the caller brought no credentials' });
    return authorization;
  }

  async function callOnce(url: string, authorization: string, scope: CallScope, clock: CallClock): Promise<unknown> {
    const response = await transport.send({
      method: 'GET',
      url: new URL(url),
      headers: {
        accept: 'application/json',
        'accept-encoding': acceptedEncodings,
        'user-agent': userAgent,
        'x-request-id': scope.requestId,
        ...headers,
        authorization,
      },
      signal: clock.signal,
    });
    clock.headersArrived();
    return await readAnswer(response);
  }

  async function readAnswer(response: TransportResponse): Promise<unknown> {
    if (response.status === 200) return parseAnswer(await readJsonText(response, settings.maxResponseBytes));
    // An answer left unread would keep its connection from the next call.
    await response.discard();
    if (response.status === 204 || response.status === 404 || response.status === 410) return null;
    throw errorFromStatus(source, response);
  }

  function parseAnswer(text: string): unknown {
    try {
      return parseJson(text);
    } catch (cause) {
      throw new BodyError('it is not valid JSON', { cause });
    }
  }

  async function call(url: string, authorization: string, scope: CallScope): Promise<unknown> {
    const clock = startClock(scope.signal, settings);
    try {
      return await callOnce(url, authorization, scope, clock);
    } catch (error) {
      throw toUpstreamError(source, error, clock);
    } finally {
      clock.stop();
    }
  }

  /** An access token can die before its time: it is renewed once, and the call made again. */
  async function callAuthorized(url: string, scope: CallScope): Promise<unknown> {
    const authorization = await authorize(scope);
    try {
      return await call(url, authorization, scope);
    } catch (error) {
      const isRefused = error instanceof UpstreamError && error.status === 401;
      if (!isRefused || !(await credentials.renew(authorization, scope).catch(() => false))) throw error;
    }
    return call(url, await authorize(scope), scope);
  }

  async function getFresh(url: string, scope: CallScope): Promise<unknown> {
    try {
      return await gate.run(() => callAuthorized(url, scope), scope.signal);
    } catch (error) {
      const failure = toUpstreamError(source, error);
      const { code, reason } = failure;
      log.warn({ requestId: scope.requestId, source: source.name, code, reason }, 'upstream call failed');
      throw failure;
    }
  }

  return {
    urlOf: (path, query = {}) => `${root}${path}${encodeQuery(query)}`,
    async get(url, scope, resource) {
      const principal = credentials.principal(scope);
      const cached = cache.read(url, principal);
      if (cached !== undefined) return cached.answer;
      const answer = await getFresh(url, scope);
      cache.write(url, principal, resource, answer);
      return answer;
    },
    close: () => transport.close(),
  };
}

function encodeQuery(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  // `$` may stand in a query as it is, and `$filter` is easier to read in a vendor's log than `%24filter`.
  return pairs.length === 0 ? '' : `?${pairs.join('&').replaceAll('%24', '$').replaceAll('%2C', ',')}`;
}

const codesByStatus: Readonly<Record<number, UpstreamErrorCode>> = {
  401: 'UPSTREAM_UNAUTHORIZED',
  403: 'UPSTREAM_FORBIDDEN',
  429: 'UPSTREAM_RATE_LIMITED',
};

function errorFromStatus(source: SourceLabel, response: TransportResponse): UpstreamError {
  const { status } = response;
  const retryAfterSeconds = parseRetryAfterSeconds(response.header('retry-after'), Date.now());
  return new UpstreamError(codesByStatus[status] ?? codeOfStatusClass(status), source, {
    status,
    reason: `status ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd(),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

function codeOfStatusClass(status: number): UpstreamErrorCode {
  if (status >= 500) return 'UPSTREAM_UNAVAILABLE';
  // A redirect is never followed: it would carry the credentials to wherever it points.
  return status >= 400 ? 'UPSTREAM_REJECTED' : 'UPSTREAM_BAD_RESPONSE';
}

function toUpstreamError(source: SourceLabel, error: unknown, clock?: CallClock): UpstreamError {
  if (error instanceof UpstreamError) return error;
  if (error instanceof BodyError) {
    return new UpstreamError('UPSTREAM_BAD_RESPONSE', source, { reason: `the body cannot be used: ${error.message}`, cause: error });
  }
  if (clock === undefined || clock.signal.aborted) {
    return new UpstreamError('UPSTREAM_TIMEOUT', source, {
      reason: clock?.expired ?? 'the request was over before the call',
      cause: error,
    });
  }
  const { kind, reason } = classifyTransportError(error);
  return new UpstreamError(kind === 'timeout' ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNAVAILABLE', source, { reason, cause: error });
}
