import type { BreakerState } from './limits/circuit-breaker.ts';
import type { UpstreamErrorCode } from './errors.ts';

/** Learns how calls end, for logs and metrics; never a URL, header, body or credential. */
export interface CallObserver {
  /** An HTTP call has ended. */
  callEnded(call: {
    readonly source: string;
    readonly requestId: string;
    readonly outcome: CallOutcome;
    readonly reason: string;
    readonly durationMs: number;
  }): void;
  /** A failed call is made again. */
  retried(source: string): void;
  /** A call was not made. */
  refused(source: string, by: Refusal): void;
  /** An answer was given without a call of its own. */
  served(source: string, from: 'cache' | 'stale' | 'flight'): void;
  breakerChanged(source: string, state: BreakerState): void;
  /** An operator has to fix something. */
  warned(source: string, message: string): void;
}

/** What became of a call; `ABORTED` when nobody waited for it any more. */
export type CallOutcome = 'OK' | 'NOT_FOUND' | 'NOT_MODIFIED' | 'ABORTED' | UpstreamErrorCode;

/** What stopped a call: an open breaker, a used-up quota, the source's own `Retry-After`, too many that wait, too many operations. */
export type Refusal = 'breaker' | 'quota' | 'hold' | 'queue' | 'share';
