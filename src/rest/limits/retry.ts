import { setTimeout as sleep } from 'node:timers/promises';
import type { Credentials } from '../credentials/credentials.ts';
import { UpstreamError } from '../errors.ts';
import type { SharedScope } from './shared-calls.ts';
import { createTokenBucket } from './rate-limit.ts';

/** A failed attempt at a call. */
export interface FailedAttempt {
  readonly error: unknown;
  /** What it was sent with. */
  readonly authorization: string;
  /** How long the source refuses calls at a time, in ms. */
  readonly refusedForMs: (nowMs: number) => number;
}

/**
 * Resolves when a call is to be made again: once when its failure may pass, and once with a newer access token, as one can
 * die before its time. Rejects with the failure when it is final.
 */
export type PrepareRetry = (failed: FailedAttempt, call: SharedScope) => Promise<void>;

/** @returns to be called for each call, with its first attempt */
export function createRetries(credentials: Pick<Credentials, 'renew'>): () => PrepareRetry {
  // Of all callers together, as the quota is.
  const budget = createRetryBudget(Date.now());
  return () => {
    budget.deposit();
    let isRenewed = false;
    let isRepeated = false;
    return async ({ error, authorization, refusedForMs }, call) => {
      if (!isRenewed && error instanceof UpstreamError && error.status === 401) {
        isRenewed = true;
        if (await credentials.renew(authorization, call)) return;
      }
      const nowMs = Date.now();
      const delayMs = isRepeated ? undefined : chooseRetryDelayMs(error, call.deadlineMs - nowMs);
      isRepeated = true;
      if (delayMs === undefined || call.isCancelled || refusedForMs(nowMs + delayMs) > 0) throw error;
      if (!budget.withdraw(nowMs)) throw error;
      await sleep(delayMs, undefined, { signal: call.signal });
    };
  };
}

/** How many retries a source may be sent: a fifth of its calls, and ten a second. */
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
