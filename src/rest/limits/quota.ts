import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

export interface QuotaSettings {
  readonly calls: number;
  readonly perSeconds: number;
}

/**
 * How many calls a source may be asked for in a time, as its vendor or its owner has set it: `calls` at once, then one
 * after the other as they come back. No settings, no limit.
 */
export function createQuota(settings: QuotaSettings | undefined, startMs: number): TokenBucket {
  if (settings === undefined) return { take: () => ({ waitMs: 0, isRefused: false }), giveBack: () => {} };
  return createTokenBucket(settings.calls, settings.calls / (settings.perSeconds * 1_000), startMs);
}
