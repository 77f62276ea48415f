import type { BreakerState } from './circuit-breaker.ts';
import type { UpstreamErrorCode } from '../errors.ts';
import type { Lane } from './caller-state.ts';
import type { LatencySummary } from './latency.ts';

/** How a source is doing, as its calls of late show. */
export interface ClientStatus {
  readonly state: BreakerState;
  readonly sinceMs: number;
  readonly lastError: { readonly code: UpstreamErrorCode; readonly atMs: number } | undefined;
  /** Undefined where there was no call of late. */
  readonly latency: LatencySummary | undefined;
}

export function describeStatus({ breaker, lastError, latency }: Lane, nowMs: number): ClientStatus {
  return { state: breaker.state, sinceMs: breaker.sinceMs, lastError, latency: latency.summarize(nowMs) };
}
