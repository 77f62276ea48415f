/** Tokens that are taken at any rate as long as there are some, and come back at their own. */
export interface RateLimit {
  /**
   * Takes a token: how long to wait for it in ms, 0 for none. When the wait would be longer than `maxWaitMs`, nothing is
   * taken and `isRefused` is true.
   */
  take(nowMs: number, maxWaitMs: number): { readonly waitMs: number; readonly isRefused: boolean };
  /** How long the token after `ahead` others takes to come, in ms; nothing is taken. */
  waitMs(nowMs: number, ahead: number): number;
  /** Gives a token back that was not used. */
  giveBack(): void;
}

export interface QuotaSettings {
  readonly calls: number;
  readonly perMs: number;
}

/**
 * How many calls a source may be sent in a time, as its vendor or its owner has set it: `calls` at once, then one
 * after the other as they come back. No settings, no limit.
 */
export function createQuota(settings: QuotaSettings | undefined, startMs: number): RateLimit {
  if (settings !== undefined)
    return createTokenBucket(settings.calls, settings.calls / settings.perMs, startMs);
  const taken = { waitMs: 0, isRefused: false };
  return { take: () => taken, waitMs: () => 0, giveBack: () => {} };
}

/** A token bucket that is full at first. */
export function createTokenBucket(capacity: number, tokensPerMs: number, startMs: number): RateLimit {
  let left = capacity;
  let countedAtMs = startMs;

  function waitMs(nowMs: number, ahead: number): number {
    // A clock that was set back takes nothing away.
    left = Math.min(left + Math.max(0, nowMs - countedAtMs) * tokensPerMs, capacity);
    countedAtMs = nowMs;
    return left >= ahead + 1 ? 0 : Math.ceil((ahead + 1 - left) / tokensPerMs);
  }

  return {
    take(nowMs, maxWaitMs) {
      const forMs = waitMs(nowMs, 0);
      const isRefused = forMs > maxWaitMs;
      if (!isRefused) left -= 1;
      return { waitMs: forMs, isRefused };
    },
    waitMs,
    giveBack() {
      left = Math.min(left + 1, capacity);
    },
  };
}
