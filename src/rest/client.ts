import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, FetchedAnswer, ReadHeader } from './answer.ts';
import { createAnswerCache, type KeptAnswer } from './cache.ts';
import type { AccessTokens } from './credentials/access-tokens.ts';
import { createCredentials } from './credentials/credentials.ts';
import { UpstreamError, type SourceLabel } from './errors.ts';
import { createSender } from './http/call.ts';
import { createNodeFetchTransport } from './http/node-fetch.ts';
import { noProxies, type ProxyChoice } from './http/proxies.ts';
import { createRoute } from './http/route.ts';
import { createUndiciTransport } from './http/undici.ts';
import { Admission } from './limits/admission.ts';
import {
  createCallerStates,
  describeStatus,
  type CallerState,
  type ClientStatus,
} from './limits/caller-state.ts';
import { createBreaker, type BreakerState } from './limits/circuit-breaker.ts';
import { createRetries } from './limits/retry.ts';
import type { SharedScope } from './limits/shared-calls.ts';
import type { CallObserver } from './observer.ts';
import type { CallScope, WaitingScope } from './scope.ts';
import { encodeQuery, type Decoding, type Get, type Query } from './request.ts';
import type { RestSettings } from './settings.ts';

export type { Answer, Decoding, Query, ReadHeader };

/** Speaks to one source. */
export interface RestClient {
  /** The URL that `get` would ask for, as a key: equal keys are the same call. */
  urlOf(path: string, query?: Query): string;
  /** @throws UpstreamError for everything that is not a JSON document */
  get<T>(request: Get<T>, scope: WaitingScope): Promise<Answer<T>>;
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
  /** For sources whose settings name no proxy. */
  readonly chooseProxy?: ProxyChoice;
  /** Credentials that sources share, by name. */
  readonly sharedTokens?: ReadonlyMap<string, AccessTokens>;
}

/** Time for calls in progress when a client is closed. */
const lastCallsMs = 500;

const transports = { undici: createUndiciTransport, fetch: createNodeFetchTransport };

/** A call passes: kept? → shared? → repeat { admit → authorize → send → decode } → keep. */
export function createRestClient(options: RestClientOptions): RestClient {
  const { source, settings, observer, chooseProxy = noProxies, sharedTokens = new Map() } = options;
  const credentials = createCredentials(settings.auth, source, {
    network: settings,
    chooseProxy,
    sharedTokens,
    warn: (text) => observer.warned(source.name, text),
  });
  const { origin, pathname } = new URL(settings.baseUrl);
  const route = createRoute(settings.baseUrl, settings, chooseProxy);
  const transport = transports[settings.transport]({ ...settings, origin }, route);
  const headers = { ...options.headers, ...credentials.headers };
  const send = createSender({ ...options, headers, transport });
  const cache = createAnswerCache(settings.cache);
  const breaker = createBreaker(settings.breaker, onSourceBreakerChange, Date.now());
  const onBreakerChange = (state: BreakerState) => observer.breakerChanged(source.name, state);
  const callers = createCallerStates({
    areForwarded: settings.auth.type === 'forward',
    principalOf: (scope) => credentials.principal(scope),
    settings: settings.breaker,
    sourceBreaker: breaker,
    onBreakerChange,
  });
  const admission = new Admission({
    source,
    settings,
    observer,
    breaker,
    onLearnt: (caller) => callers.remember(caller),
  });
  const startAttempts = createRetries(credentials);
  const root = `${origin}${pathname.replace(/\/+$/, '')}`;

  function onSourceBreakerChange(state: BreakerState): void {
    if (state === 'OPEN') admission.refuseWaiting();
    onBreakerChange(state);
  }

  // What is shared and kept gets its type back here: equal URLs are decoded alike.
  async function get<T>(request: Get<T>, scope: WaitingScope): Promise<Answer<T>>;
  async function get(request: Get<unknown>, scope: WaitingScope): Promise<Answer<unknown>> {
    const caller = callers.of(scope);
    const kept = cache.find(caller.key, request);
    const nowMs = Date.now();
    if (kept !== undefined && nowMs < kept.freshUntilMs) return serve(kept, 'cache');
    if (kept !== undefined && cache.mayServeWhileFetching(kept, nowMs)) {
      // The request may be over before this is; what fails here is found out by the next one.
      share(request, caller, kept, outlive(scope, settings.timeoutMs)).catch(() => {});
      return serve(kept, 'stale');
    }
    try {
      const { body, fetchedAtMs } = await wait(scope, () => share(request, caller, kept, scope));
      return { body, fetchedAtMs, isFromCache: false };
    } catch (error) {
      // A request whose time is over before the source answers has met a failure too.
      const isPassing = scope.signal.aborted || (error instanceof UpstreamError && error.retryable);
      if (kept !== undefined && isPassing && cache.mayServeAfterFailure(kept, Date.now()))
        return serve(kept, 'stale');
      if (error instanceof UpstreamError || !scope.signal.aborted) throw error;
      throw new UpstreamError('UPSTREAM_TIMEOUT', source, { reason: 'the request was over', cause: error });
    }
  }

  /** The request goes on in its turn. */
  async function wait(scope: WaitingScope, start: () => Promise<FetchedAnswer>): Promise<FetchedAnswer> {
    const endWait = scope.beginWait(source.name, scope.caller);
    if (endWait === undefined) {
      observer.refused(source.name, 'share');
      throw new UpstreamError('UPSTREAM_UNAVAILABLE', source, { reason: 'not called: share' });
    }
    try {
      return await start();
    } finally {
      await endWait();
    }
  }

  function serve({ body, fetchedAtMs }: KeptAnswer, from: 'cache' | 'stale'): Answer<unknown> {
    observer.served(source.name, from);
    return { body, fetchedAtMs, isFromCache: true };
  }

  function share(
    request: Get<unknown>,
    caller: CallerState,
    kept: KeptAnswer | undefined,
    scope: CallScope,
  ): Promise<FetchedAnswer> {
    const { result, isShared } = caller.sharedCalls.join(request.url, scope, (call) =>
      fetch(request, caller, kept, call),
    );
    if (isShared) observer.served(source.name, 'flight');
    return result;
  }

  async function fetch(
    { url, decode, resource }: Get<unknown>,
    caller: CallerState,
    kept: KeptAnswer | undefined,
    call: SharedScope,
  ): Promise<FetchedAnswer> {
    const prepareRetry = startAttempts();
    for (;;) {
      let authorization = '';
      let failure: unknown;
      const slot = await admission.admit(caller, call);
      try {
        authorization = await credentials.authorization(call);
        const path = credentials.sign(url.slice(origin.length));
        const answer = await send({ path, authorization, kept }, call);
        // What still holds was decoded before it was kept.
        const decoded = answer.outcome === 'OK' ? decodeAnswer(answer, decode) : answer;
        slot.succeeded(decoded.outcome);
        cache.keep(caller.key, { url, resource }, decoded);
        return decoded;
      } catch (error) {
        slot.failed(error);
        failure = error;
      } finally {
        slot.leave();
      }
      const refusedForMs = (nowMs: number) => admission.refusedForMs(caller, nowMs);
      await prepareRetry({ error: failure, authorization, refusedForMs }, call);
      observer.retried(source.name);
    }
  }

  return {
    urlOf: (path, query = {}) => `${root}${path}${encodeQuery(query)}`,
    get,
    status: (scope) => describeStatus(callers.of(scope), breaker),
    async close() {
      // A call that outlives its request may hang.
      await Promise.race([transport.close(), sleep(lastCallsMs, undefined, { ref: false })]);
      await credentials.close();
    },
  };
}

/** @throws UpstreamError for a body that is not what was asked for */
function decodeAnswer(answer: FetchedAnswer, decode: Decoding<unknown>['decode']): FetchedAnswer {
  const { header = () => undefined, ...rest } = answer;
  const body = decode(answer.body, header);
  return { ...rest, body, outcome: body === null ? 'NOT_FOUND' : 'OK' };
}

/** A scope for work that goes on after its request. */
function outlive(scope: CallScope, timeoutMs: number): CallScope {
  const { requestId, caller, callerHeader } = scope;
  const signal = AbortSignal.timeout(timeoutMs);
  return {
    requestId,
    caller,
    callerHeader,
    signal,
    deadlineMs: Date.now() + timeoutMs,
    hasOwnDeadline: false,
  };
}
