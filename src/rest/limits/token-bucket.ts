/** Tokens that are taken at any rate as long as there are some, and come back at their own. */
export interface TokenBucket {
  /**
   * Takes a token: how long to wait for it in ms, 0 for none. When the wait would be longer than `maxWaitMs` nothing is
   * taken, and the wait is told as refused.
   */
  take(nowMs: number, maxWaitMs: number): { readonly waitMs: number; readonly isRefused: boolean };
  /** Gives a token back that was not used. */
  giveBack(): void;
}

/** A full bucket. */
export function createTokenBucket(capacity: number, tokensPerMs: number, startMs: number): TokenBucket {
  let left = capacity;
  let countedAtMs = startMs;
  return {
    take(nowMs, maxWaitMs) {
      // A clock that was set back takes nothing away.
      left = Math.min(left + Math.max(0, nowMs - countedAtMs) * tokensPerMs, capacity);
      countedAtMs = nowMs;
      const waitMs = left >= 1 ? 0 : Math.ceil((1 - left) / tokensPerMs);
      if (waitMs > maxWaitMs) return { waitMs, isRefused: true };
      left -= 1;
      return { waitMs, isRefused: false };
    },
    giveBack() {
      left = Math.min(left + 1, capacity);
    },
  };
}
