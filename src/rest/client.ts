import { setTimeout as sleep } from 'node:timers/promises';
import { createAttempts } from './limits/attempts.ts';
import { createAnswerCache, type CachedAnswer, type FetchedAnswer } from './cache.ts';
import { createCaller } from './http/call.ts';
import { createCredentials } from './credentials/credentials.ts';
import { UpstreamError, type SourceLabel } from './errors.ts';
import type { Flight } from './limits/shared-calls.ts';
import { createLanes, type Lane } from './limits/caller-state.ts';
import type { CallObserver } from './observer.ts';
import type { CallScope } from './scope.ts';
import type { Resource, RestSettings } from './settings.ts';
import { describeStatus, type ClientStatus } from './limits/status.ts';
import { createNodeFetchTransport } from './http/node-fetch.ts';
import { createUndiciTransport } from './http/undici.ts';

/** Query parameters in the order in which they are sent. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** A decoded JSON document, and where it comes from. It is shared with other requests and must not be changed. */
export interface Answer<T> {
  /** Null when the source has no such document (404, 410) or `decode` found nothing in it. Numbers are exact, see json.ts. */
  readonly body: T | null;
  readonly fetchedAtMs: number;
  readonly isFromCache: boolean;
}

/** How the body of an answer is read. Equal URLs must be decoded alike: callers share their answers. */
export interface Decoding<T> {
  /**
   * Checks and types a body. It is null for a document with nothing in it: 204, or the JSON `null`.
   *
   * @throws UpstreamError for one that is not what was asked for: the call has failed then
   */
  readonly decode: (body: unknown) => T | null;
  /** Decides how long the answer may be kept for other requests; left out: not at all. */
  readonly resource?: Resource;
}

export interface Get<T> extends Decoding<T> {
  /** From `urlOf`. */
  readonly url: string;
}

/** Speaks to one source. */
export interface RestClient {
  /** The URL that `get` would ask for, as a key: equal keys are the same call. */
  urlOf(path: string, query?: Query): string;
  /** @throws UpstreamError for everything that is not a JSON document */
  get<T>(request: Get<T>, scope: CallScope): Promise<Answer<T>>;
  /** How the source is doing for the caller of a request. */
  status(scope: CallScope): ClientStatus;
  close(): Promise<void>;
}

export interface RestClientOptions {
  readonly source: SourceLabel;
  readonly settings: RestSettings;
  /** Headers that go with every call beside the usual ones; they may override these. */
  readonly headers: Readonly<Record<string, string>>;
  /** The product's name and version. */
  readonly userAgent: string;
  readonly observer: CallObserver;
}

/** A GET, and what is at hand for it. */
interface Inquiry extends Get<unknown> {
  readonly scope: CallScope;
  readonly lane: Lane;
  /** Of its answer in the cache. */
  readonly key: string;
  readonly kept: CachedAnswer | undefined;
}

/** Time for calls under way when a client is closed. */
const lastCallsMs = 500;

const transports = { undici: createUndiciTransport, fetch: createNodeFetchTransport };

/** A call passes: cache → the same call under way → attempts.ts → HTTP. */
export function createRestClient({
  source,
  settings,
  headers,
  userAgent,
  observer,
}: RestClientOptions): RestClient {
  const transport = transports[settings.transport](settings);
  const credentials = createCredentials(settings.auth, source, (message) =>
    observer.warned(source.name, message),
  );
  const call = createCaller({ source, settings, headers, userAgent, transport });
  const cache = createAnswerCache(settings.cache);
  const attempt = createAttempts({
    source,
    settings,
    credentials,
    call,
    observer,
  });
  const laneOf = createLanes(settings, (state) => observer.breakerChanged(source.name, state));
  const root = settings.baseUrl.replace(/\/+$/, '');

  async function fetchAnswer(inquiry: Inquiry): Promise<Answer<unknown>> {
    const { url, scope, lane } = inquiry;
    const { result, isShared } = lane.flights.join(url, scope, (flight) => fetchOnce(inquiry, flight));
    if (isShared) observer.served(source.name, 'flight');
    const { body, fetchedAtMs } = await result;
    return { body, fetchedAtMs, isFromCache: false };
  }

  /** What is done once for all who wait for the same answer. */
  async function fetchOnce(
    { url, scope, decode, resource, lane, key, kept }: Inquiry,
    flight: Flight,
  ): Promise<FetchedAnswer> {
    const answer = await attempt(lane, flight, {
      url,
      scope: { ...scope, signal: flight.signal },
      decode,
      validators: kept?.validators,
    });
    const content = answer.isUnchanged ? kept : answer;
    if (content === undefined)
      throw new UpstreamError('UPSTREAM_BAD_RESPONSE', source, { reason: 'unchanged, but nothing was kept' });
    const { body, textLength, validators } = content;
    const fetched = { body, textLength, validators, fetchedAtMs: Date.now() };
    if (resource !== undefined) cache.keep(key, resource, fetched);
    return fetched;
  }

  async function getAnswer(request: Get<unknown>, scope: CallScope): Promise<Answer<unknown>> {
    const lane = laneOf(credentials.principal(scope));
    const key = `${lane.key} ${request.url}`;
    const kept = cache.find(key);
    const inquiry: Inquiry = { ...request, scope, lane, key, kept };
    const nowMs = Date.now();
    if (kept === undefined) return fetchAnswer(inquiry);
    if (nowMs < kept.freshUntilMs) return serve(kept, 'cache');
    if (cache.mayServeWhileFetching(kept, nowMs)) {
      // The request may be over before this is; what fails here is found out by the next one.
      fetchAnswer({ ...inquiry, scope: outlive(scope, settings.timeoutMs) }).catch(() => {});
      return serve(kept, 'stale');
    }
    try {
      return await fetchAnswer(inquiry);
    } catch (error) {
      // A request whose time is over before the source answers has met a failure too.
      const isPassing = scope.signal.aborted || (error instanceof UpstreamError && error.retryable);
      if (isPassing && cache.mayServeAfterFailure(kept, Date.now())) return serve(kept, 'stale');
      throw error;
    }
  }

  function serve({ body, fetchedAtMs }: CachedAnswer, from: 'cache' | 'stale'): Answer<unknown> {
    observer.served(source.name, from);
    return { body, fetchedAtMs, isFromCache: true };
  }

  // What is shared and kept gets its type back here: equal URLs are decoded alike.
  async function get<T>(request: Get<T>, scope: CallScope): Promise<Answer<T>>;
  async function get(request: Get<unknown>, scope: CallScope): Promise<Answer<unknown>> {
    try {
      return await getAnswer(request, scope);
    } catch (error) {
      if (error instanceof UpstreamError || !scope.signal.aborted) throw error;
      throw new UpstreamError('UPSTREAM_TIMEOUT', source, { reason: 'the request was over', cause: error });
    }
  }

  return {
    urlOf: (path, query = {}) => `${root}${path}${encodeQuery(query)}`,
    get,
    status: (scope) => describeStatus(laneOf(credentials.principal(scope)), Date.now()),
    async close() {
      // A call that outlives its request may hang.
      await Promise.race([transport.close(), sleep(lastCallsMs, undefined, { ref: false })]);
      await credentials.close();
    },
  };
}

/** A scope for work that goes on after its request. */
function outlive(scope: CallScope, timeoutMs: number): CallScope {
  return { ...scope, signal: AbortSignal.timeout(timeoutMs), deadlineMs: Date.now() + timeoutMs };
}

function encodeQuery(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  // `$` may stand in a query as it is, and `$filter` is easier to read in a vendor's log than `%24filter`.
  return pairs.length === 0 ? '' : `?${pairs.join('&').replaceAll('%24', '$').replaceAll('%2C', ',')}`;
}
