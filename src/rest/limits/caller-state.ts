import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { createBreaker, type Breaker, type BreakerState } from './circuit-breaker.ts';
import type { FetchedAnswer } from '../cache.ts';
import type { UpstreamErrorCode } from '../errors.ts';
import { createFlights, type Flights } from './shared-calls.ts';
import { createLatencyRecord, type LatencyRecord } from './latency.ts';
import type { RestSettings } from '../settings.ts';

/**
 * What the calls of one principal to one source share. Each principal has its own: a user whose token has expired
 * does not close the source for others, and nobody is given another's answers.
 */
export interface Lane {
  /** Stands for the principal in keys; not the credentials themselves. */
  readonly key: string;
  readonly breaker: Breaker;
  readonly flights: Flights<FetchedAnswer>;
  readonly latency: LatencyRecord;
  /** Epoch ms until which the source has asked not to be called. */
  heldUntilMs: number;
  lastError: { readonly code: UpstreamErrorCode; readonly atMs: number } | undefined;
}

/** Callers who bring their own credentials are many; those who have not been here for longest are forgotten. */
const mostLanes = 1_000;

/** @returns the lane of a principal, made at its first call */
export function createLanes(
  settings: RestSettings,
  onBreakerChange: (state: BreakerState) => void,
): (principal: string) => Lane {
  const lanes = new LRUCache<string, Lane>({ max: mostLanes });
  return (principal) => {
    const key = createHash('sha256').update(principal).digest('base64');
    const known = lanes.get(key);
    if (known !== undefined) return known;
    const nowMs = Date.now();
    const lane: Lane = {
      key,
      breaker: createBreaker(settings.breaker, onBreakerChange, nowMs),
      flights: createFlights(),
      latency: createLatencyRecord(),
      heldUntilMs: 0,
      lastError: undefined,
    };
    lanes.set(key, lane);
    return lane;
  };
}
