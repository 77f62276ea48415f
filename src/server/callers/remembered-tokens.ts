import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Tokens that were found good, by their hashes. */
export interface RememberedTokens<T> {
  find(token: string): T | undefined;
  /** @param expiresAtMs epoch ms */
  add(token: string, value: T, expiresAtMs: number): void;
}

const mostTokens = 10_000;

/** Not longer than this, though they may be good for days: the issuer may withdraw a key. */
const longestMs = 300_000;

/** Remembers tokens until they expire: a check by a public key takes longer than most operations. */
export function createRememberedTokens<T>(): RememberedTokens<T> {
  const entries = new LRUCache<string, { readonly value: T; readonly untilMs: number }>({ max: mostTokens });
  return {
    find(token) {
      const hash = hashOf(token);
      const entry = entries.get(hash);
      if (entry === undefined || Date.now() < entry.untilMs) return entry?.value;
      entries.delete(hash);
      return undefined;
    },
    add(token, value, expiresAtMs) {
      entries.set(hashOf(token), { value, untilMs: Math.min(expiresAtMs, Date.now() + longestMs) });
    },
  };
}

/** The memory of the process is no place for tokens of others. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
