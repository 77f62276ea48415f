import type { FetchedAnswer } from '../answer.ts';
import { UpstreamError, type SourceLabel } from '../errors.ts';
import type { CallObserver, CallOutcome } from '../observer.ts';
import type { CallerState } from './caller-state.ts';
import type { Permit } from './circuit-breaker.ts';
import type { Pace } from './pace.ts';
import type { SharedScope } from './shared-calls.ts';

/** A call that is being made. It ends by `succeeded` or `failed`, and then leaves. */
export interface Slot {
  succeeded(outcome: FetchedAnswer['outcome']): void;
  failed(error: unknown): void;
  leave(): void;
}

export interface SlotOptions {
  readonly source: SourceLabel;
  readonly observer: CallObserver;
  readonly pace: Pace;
  readonly caller: CallerState;
  readonly call: SharedScope;
  readonly permits: readonly Permit[];
  /** Leaves the places that the call took. */
  readonly leave: () => void;
  /** Called when the caller's state has learnt what is worth remembering. */
  readonly onLearnt: () => void;
}

/** Tells all who keep count of a call what it came to: breakers, pace, the caller's state, the observer. */
export function createSlot({
  source,
  observer,
  pace,
  caller,
  call,
  permits,
  leave,
  onLearnt,
}: SlotOptions): Slot {
  const startMs = performance.now();
  // How long a caller in haste has waited says something only of a source whose usual time is known.
  const running = pace.start(() => caller.isProven && (!call.hasOwnDeadline || pace.isKnown));
  let isAnswered = false;

  function settle(verdict: 'succeed' | 'fail' | 'giveUp' | 'cancel', nowMs: number): void {
    for (const permit of permits) permit[verdict](nowMs);
  }

  function report(outcome: CallOutcome, reason: string, durationMs: number): void {
    observer.callEnded({ source: source.name, requestId: call.requestId, outcome, reason, durationMs });
  }

  return {
    succeeded(outcome) {
      const durationMs = Math.round(performance.now() - startMs);
      const nowMs = Date.now();
      isAnswered = true;
      settle('succeed', nowMs);
      if (!caller.isProven) {
        caller.isProven = true;
        onLearnt();
      }
      caller.latency.add(durationMs, nowMs);
      report(outcome, '', durationMs);
    },
    failed(error) {
      const durationMs = Math.round(performance.now() - startMs);
      // One time for all: a breaker that opens by an error must not have opened before it.
      const nowMs = Date.now();
      isAnswered = hasAnswered(error);
      settle(judge(error, call, durationMs > pace.abnormalMs()), nowMs);
      if (!(error instanceof UpstreamError) || call.isByClient) return report('ABORTED', '', durationMs);
      // What a request had no time for is no error of the source.
      if (!call.isGivenUp) {
        caller.latency.add(durationMs, nowMs);
        caller.lastError = { code: error.code, atMs: nowMs };
        if (error.status === 429 && error.retryAfterSeconds !== undefined) {
          caller.pausedUntilMs = Math.max(caller.pausedUntilMs, nowMs + error.retryAfterSeconds * 1_000);
          onLearnt();
        }
      }
      report(error.code, error.reason, durationMs);
    },
    leave() {
      pace.end(running, isAnswered);
      leave();
    },
  };
}

function hasAnswered(error: unknown): boolean {
  return (
    error instanceof UpstreamError && (error.status !== undefined || error.code === 'UPSTREAM_BAD_RESPONSE')
  );
}

/**
 * What a failed call says of the source. One that answered is there, whatever it answered, unless it says that it is down;
 * of a call that was never sent nothing is known, and of one that a client had no time for neither.
 *
 * @param tookLong whether that was longer than is normal for the source
 */
function judge(
  error: unknown,
  call: SharedScope,
  tookLong: boolean,
): 'succeed' | 'fail' | 'giveUp' | 'cancel' {
  const isDown =
    error instanceof UpstreamError &&
    !error.isUnsent &&
    (error.code === 'UPSTREAM_UNAVAILABLE' || error.code === 'UPSTREAM_TIMEOUT');
  if (!isDown) return hasAnswered(error) ? 'succeed' : 'cancel';
  if (!call.isGivenUp) return 'fail';
  return tookLong && !call.hasOwnDeadline && !call.isByClient ? 'fail' : 'giveUp';
}
