/** How many calls a source may be asked for in a time, as its vendor or its owner has set it. */
export interface Quota {
  /**
   * Reserves a call: how long to wait for it in ms, 0 for none. When the wait would be longer than `maxWaitMs`
   * nothing is reserved, and the wait is told as refused.
   */
  reserve(nowMs: number, maxWaitMs: number): { readonly waitMs: number; readonly isRefused: boolean };
  /** Gives a reserved call back that was not made. */
  giveBack(): void;
}

export interface QuotaSettings {
  readonly calls: number;
  readonly perSeconds: number;
}

/** A token bucket: `calls` at once, then one after the other as they come back. No settings, no limit. */
export function createQuota(settings: QuotaSettings | undefined, startMs: number): Quota {
  if (settings === undefined) return { reserve: () => ({ waitMs: 0, isRefused: false }), giveBack: () => {} };
  const { calls, perSeconds } = settings;
  const callsPerMs = calls / (perSeconds * 1_000);
  let left = calls;
  let countedAtMs = startMs;
  return {
    reserve(nowMs, maxWaitMs) {
      // A clock that was set back takes nothing away.
      left = Math.min(left + Math.max(0, nowMs - countedAtMs) * callsPerMs, calls);
      countedAtMs = nowMs;
      const waitMs = left >= 1 ? 0 : Math.ceil((1 - left) / callsPerMs);
      if (waitMs > maxWaitMs) return { waitMs, isRefused: true };
      left -= 1;
      return { waitMs, isRefused: false };
    },
    giveBack() {
      left = Math.min(left + 1, calls);
    },
  };
}
