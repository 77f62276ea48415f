import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Resource, RestSettings } from './settings.ts';

/** Answers of one source that other requests with the same credentials may use. */
export interface AnswerCache {
  /** @param principal part of the key: nobody is given what was fetched with another's credentials */
  read(url: string, principal: string): { readonly answer: unknown } | undefined;
  write(url: string, principal: string, resource: Resource, answer: unknown): void;
}

export function createAnswerCache({ customersSeconds, lookupsSeconds, maxBytes }: RestSettings['cache']): AnswerCache {
  const secondsOf: Readonly<Record<Resource, number>> = { customers: customersSeconds, lookups: lookupsSeconds };
  const entries = maxBytes === 0 ? undefined : new LRUCache<string, { readonly answer: unknown }>({ maxSize: maxBytes });
  return {
    read: (url, principal) => entries?.get(keyOf(url, principal)),
    write(url, principal, resource, answer) {
      const ttl = secondsOf[resource] * 1_000;
      if (ttl > 0 && answer !== null) entries?.set(keyOf(url, principal), { answer }, { ttl, size: sizeOf(answer) });
    },
  };
}

/** Credentials are kept as a digest only. */
function keyOf(url: string, principal: string): string {
  return `${createHash('sha256').update(principal).digest('base64')} ${url}`;
}

/** About what an answer takes in memory: twice its JSON text. */
function sizeOf(answer: unknown): number {
  return 2 * JSON.stringify(answer).length + 100;
}
