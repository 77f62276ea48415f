import { UpstreamError } from '../errors.ts';
import { createTokenBucket } from './token-bucket.ts';

/** Retries that a source may be burdened with: a fifth of its calls and ten a second. */
export interface RetryBudget {
  /** Counts a first call. */
  deposit(): void;
  /** Takes a retry; false when there is none left. */
  withdraw(nowMs: number): boolean;
}

const retriesPerCall = 0.2;
const retriesPerSecond = 10;
/** Enough for the calls that one broken connection or restart spoils; good times do not pay for a storm of retries later. */
const mostEarned = 10;

export function createRetryBudget(startMs: number): RetryBudget {
  const reserve = createTokenBucket(retriesPerSecond, retriesPerSecond / 1_000, startMs);
  let earned = 0;
  return {
    deposit() {
      earned = Math.min(earned + retriesPerCall, mostEarned);
    },
    withdraw(nowMs) {
      if (earned < 1) return !reserve.take(nowMs, 0).isRefused;
      earned -= 1;
      return true;
    },
  };
}

/** A retry leaves this much of the request's time for its answer. */
const leastCallMs = 50;

/**
 * How long to wait before a failed call is made again; undefined when it is not to be made again: because it would
 * fail again, or the wait does not fit the time that is left.
 */
export function chooseRetryDelayMs(error: unknown, remainingMs: number): number | undefined {
  if (!(error instanceof UpstreamError) || !error.isTransient) return undefined;
  // At random, so that many callers who failed together do not come back together.
  const jitteredMs = 50 + Math.random() * 100;
  const delayMs =
    error.retryAfterSeconds === undefined ? jitteredMs : error.retryAfterSeconds * 1_000 + jitteredMs;
  return delayMs + leastCallMs <= remainingMs ? delayMs : undefined;
}
