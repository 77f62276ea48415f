import type { Logger } from 'pino';
import type { CallObserver, CallOutcome } from '../rest/observer.ts';

/** Outcomes that are nobody's failure. */
const expectedOutcomes: ReadonlySet<CallOutcome> = new Set(['OK', 'NOT_FOUND', 'NOT_MODIFIED', 'ABORTED']);

/** Counts calls, and writes those that failed to the log. */
export function createCallObserver(log: Logger, metrics: Omit<CallObserver, 'warned'>): CallObserver {
  return {
    ...metrics,
    callEnded(call) {
      metrics.callEnded(call);
      const { source, requestId, outcome, reason, durationMs } = call;
      if (!expectedOutcomes.has(outcome))
        log.warn({ requestId, source, code: outcome, reason, durationMs }, 'upstream call failed');
    },
    breakerChanged(source, state) {
      metrics.breakerChanged(source, state);
      log.warn({ source, state }, 'breaker changed');
    },
    warned: (source, message) => log.warn({ source }, message),
  };
}
