import { LRUCache } from 'lru-cache';
import type { FetchedAnswer } from './answer.ts';
import type { Resource, RestSettings } from './settings.ts';

/** An answer that is kept for other requests. */
export interface KeptAnswer extends FetchedAnswer {
  readonly freshUntilMs: number;
}

/** Which answer: whose it is, and what was asked for. Answers of no resource are not kept. */
export interface AnswerKey {
  readonly url: string;
  readonly resource?: Resource | undefined;
}

/** Answers of one source, by principal and URL. */
export interface AnswerCache {
  find(principal: string, key: AnswerKey): KeptAnswer | undefined;
  /** Keeps an answer for as long as its resource may be kept, if at all. */
  keep(principal: string, key: AnswerKey, answer: FetchedAnswer): void;
  /** Whether a kept answer may be given while a newer one is fetched. */
  mayServeWhileFetching(answer: KeptAnswer, nowMs: number): boolean;
  /** Whether a kept answer may be given because no newer one could be fetched. */
  mayServeAfterFailure(answer: KeptAnswer, nowMs: number): boolean;
}

export function createAnswerCache(settings: RestSettings['cache']): AnswerCache {
  const msOf: Readonly<Record<Resource, number>> = {
    customers: settings.maxBytes === 0 ? 0 : settings.customersSeconds * 1_000,
    lookups: settings.maxBytes === 0 ? 0 : settings.lookupsSeconds * 1_000,
  };
  const notFoundMs = settings.notFoundSeconds * 1_000;
  const whileFetchingMs = settings.staleWhileRevalidateSeconds * 1_000;
  const afterFailureMs = settings.staleIfErrorSeconds * 1_000;
  const longestStaleMs = Math.max(whileFetchingMs, afterFailureMs, confirmableMs);
  const entries = new LRUCache<string, KeptAnswer>({ maxSize: Math.max(1, settings.maxBytes) });
  const isKept = (resource: Resource | undefined) => resource !== undefined && msOf[resource] > 0;
  return {
    find: (principal, { url, resource }) =>
      isKept(resource) ? entries.get(`${principal} ${url}`) : undefined,
    keep(principal, { url, resource }, answer) {
      if (resource === undefined || msOf[resource] === 0) return;
      const key = `${principal} ${url}`;
      const freshMs = answer.body === null ? Math.min(notFoundMs, msOf[resource]) : msOf[resource];
      if (freshMs === 0) return void entries.delete(key);
      entries.set(
        key,
        { ...answer, freshUntilMs: answer.fetchedAtMs + freshMs },
        { ttl: freshMs + longestStaleMs, size: sizeInMemory(key, answer.textLength) },
      );
    },
    mayServeWhileFetching: ({ freshUntilMs }, nowMs) => nowMs < freshUntilMs + whileFetchingMs,
    mayServeAfterFailure: ({ freshUntilMs }, nowMs) => nowMs < freshUntilMs + afterFailureMs,
  };
}

/** How long a stale answer is kept in case the source confirms that it still holds. */
const confirmableMs = 600_000;

/** Roughly what an answer takes: objects are larger than their text. */
function sizeInMemory(key: string, textLength: number): number {
  return 3 * textLength + 2 * key.length + 200;
}
