import { LRUCache } from 'lru-cache';
import type { Validators } from './http/call.ts';
import type { Resource, RestSettings } from './settings.ts';

/** An answer as it was fetched. Its body is shared by all who are given it: it is not to be changed. */
export interface FetchedAnswer {
  /** Null for a record that the source does not have. */
  readonly body: unknown;
  /** Of its JSON text, in characters. */
  readonly textLength: number;
  readonly validators: Validators;
  /** When the source last said that this is its answer. */
  readonly fetchedAtMs: number;
}

/** An answer that is kept. */
export interface CachedAnswer extends FetchedAnswer {
  readonly freshUntilMs: number;
}

/** Answers of one source, by principal and URL. */
export interface AnswerCache {
  find(key: string): CachedAnswer | undefined;
  /** Keeps an answer for as long as its resource may be kept, if at all. */
  keep(key: string, resource: Resource, answer: FetchedAnswer): void;
  /** Whether a kept answer may be given while a newer one is fetched. */
  mayServeWhileFetching(answer: CachedAnswer, nowMs: number): boolean;
  /** Whether a kept answer may be given because no newer one could be had. */
  mayServeAfterFailure(answer: CachedAnswer, nowMs: number): boolean;
}

type CacheSettings = RestSettings['cache'];

export function createAnswerCache(settings: CacheSettings): AnswerCache {
  const secondsOf: Readonly<Record<Resource, number>> = {
    customers: settings.customersSeconds,
    lookups: settings.lookupsSeconds,
  };
  const longestStaleMs =
    Math.max(settings.staleWhileRevalidateSeconds, settings.staleIfErrorSeconds, revalidatedSeconds) * 1_000;
  const entries =
    settings.maxBytes === 0 ? undefined : new LRUCache<string, CachedAnswer>({ maxSize: settings.maxBytes });
  return {
    find: (key) => entries?.get(key),
    keep(key, resource, answer) {
      const seconds = secondsOf[resource];
      const freshMs = 1_000 * (answer.body === null ? Math.min(settings.notFoundSeconds, seconds) : seconds);
      if (freshMs === 0) return void entries?.delete(key);
      entries?.set(
        key,
        { ...answer, freshUntilMs: answer.fetchedAtMs + freshMs },
        { ttl: freshMs + longestStaleMs, size: sizeInMemory(key, answer.textLength) },
      );
    },
    mayServeWhileFetching: ({ freshUntilMs }, nowMs) =>
      nowMs < freshUntilMs + settings.staleWhileRevalidateSeconds * 1_000,
    mayServeAfterFailure: ({ freshUntilMs }, nowMs) =>
      nowMs < freshUntilMs + settings.staleIfErrorSeconds * 1_000,
  };
}

/** How long a stale answer is kept in case the source confirms that it still holds. */
const revalidatedSeconds = 600;

/** About what an answer takes: objects are larger than their text. */
function sizeInMemory(key: string, textLength: number): number {
  return 3 * textLength + 2 * key.length + 200;
}
