import { setTimeout as sleep } from 'node:timers/promises';
import type { Permit } from './breaker.ts';
import type { CallAnswer, CallOptions } from './call.ts';
import { UpstreamError, type SourceLabel } from './errors.ts';
import type { Flight } from './flights.ts';
import { GateFullError } from './gate.ts';
import type { Lane } from './lane.ts';
import type { CallObserver, Refusal } from './observer.ts';
import { createQuota } from './quota.ts';
import { chooseRetryDelayMs } from './retry.ts';
import { isClientGone } from './scope.ts';
import type { RestSettings } from './settings.ts';

export interface AttemptsOptions {
  readonly source: SourceLabel;
  readonly settings: RestSettings;
  /** One HTTP exchange. */
  readonly call: (options: CallOptions) => Promise<CallAnswer>;
  readonly observer: CallObserver;
}

/** Makes a call when the source may be called, and once more when it failed in a way that may pass. */
export type Attempt = (lane: Lane, flight: Flight, options: CallOptions) => Promise<CallAnswer>;

/**
 * A call passes: the source's own pause and the quota → the queue → the breaker → HTTP. Whatever refuses it does so
 * at once.
 */
export function createAttempts({ source, settings, call, observer }: AttemptsOptions): Attempt {
  const quota = createQuota(settings.quota, Date.now());

  /** Waits for the source's own pause and for the quota, where that fits the time that is left. */
  async function waitForTurn(lane: Lane, { signal, deadlineMs }: Flight): Promise<void> {
    const nowMs = Date.now();
    const heldMs = Math.max(0, lane.heldUntilMs - nowMs);
    const maxWaitMs = Math.max(0, deadlineMs - nowMs - heldMs);
    if (heldMs > 0 && nowMs + heldMs >= deadlineMs) throw refuse('hold', heldMs);
    const { waitMs, isRefused } = quota.reserve(nowMs, maxWaitMs);
    if (isRefused) throw refuse('quota', waitMs);
    if (heldMs + waitMs === 0) return;
    await sleep(heldMs + waitMs, undefined, { signal }).catch((error: unknown) => {
      quota.giveBack();
      throw error;
    });
  }

  function refuse(by: Refusal, forMs: number): UpstreamError {
    observer.refused(source.name, by);
    const code = by === 'quota' || by === 'hold' ? 'UPSTREAM_RATE_LIMITED' : 'UPSTREAM_UNAVAILABLE';
    return new UpstreamError(code, source, {
      reason: `not called: ${by}`,
      ...(forMs > 0 ? { retryAfterSeconds: Math.ceil(forMs / 1_000) } : {}),
    });
  }

  async function callThroughBreaker(lane: Lane, options: CallOptions): Promise<CallAnswer> {
    const startMs = Date.now();
    const permit = lane.breaker.enter(startMs);
    if (permit === undefined) throw refuse('breaker', lane.breaker.refusedForMs(startMs));
    const report = (outcome: string, reason = '') => {
      const durationMs = Date.now() - startMs;
      lane.latency.add(durationMs, startMs + durationMs);
      observer.callEnded({ source: source.name, requestId: options.scope.requestId, outcome, reason, durationMs });
    };
    try {
      const answer = await call(options);
      permit.succeed(Date.now());
      report(outcomeOf(answer));
      return answer;
    } catch (error) {
      const nowMs = Date.now();
      giveBack(permit, error, options.scope.signal, nowMs - startMs);
      if (error instanceof UpstreamError) {
        lane.lastError = { code: error.code, atMs: nowMs };
        if (error.status === 429 && error.retryAfterSeconds !== undefined) lane.heldUntilMs = nowMs + error.retryAfterSeconds * 1_000;
        report(error.code, error.reason);
      } else report('ABORTED');
      throw error;
    }
  }

  async function callInTurn(lane: Lane, flight: Flight, options: CallOptions): Promise<CallAnswer> {
    const refusedMs = lane.breaker.refusedForMs(Date.now());
    if (refusedMs > 0) throw refuse('breaker', refusedMs);
    await waitForTurn(lane, flight);
    try {
      return await lane.gate.run(() => callThroughBreaker(lane, options), flight.signal);
    } catch (error) {
      if (!(error instanceof GateFullError)) throw error;
      quota.giveBack();
      throw refuse('queue', 0);
    }
  }

  return async function attempt(lane, flight, options) {
    lane.retries.deposit();
    try {
      return await callInTurn(lane, flight, options);
    } catch (error) {
      const delayMs = chooseRetryDelayMs(error, flight.deadlineMs - Date.now());
      if (delayMs === undefined || flight.signal.aborted || !lane.retries.withdraw(Date.now())) throw error;
      await sleep(delayMs, undefined, { signal: flight.signal });
    }
    observer.retried(source.name);
    return callInTurn(lane, flight, options);
  };
}

function outcomeOf(answer: CallAnswer): string {
  if (answer.isUnchanged) return 'NOT_MODIFIED';
  return answer.body === null ? 'NOT_FOUND' : 'OK';
}

/** Shorter than this a healthy source may not have had the time to answer. */
const tellingMs = 1_000;

/**
 * Tells the breaker what a failed call says of the source. One that answered is there, whatever it answered; of one
 * that was given up soon, or was not called for want of credentials, nothing is known.
 */
function giveBack(permit: Permit, error: unknown, signal: AbortSignal, durationMs: number): void {
  const nowMs = Date.now();
  const isGivenUp = signal.aborted && (isClientGone(signal) || durationMs < tellingMs);
  if (!(error instanceof UpstreamError) || isGivenUp) permit.cancel();
  else if (error.code === 'UPSTREAM_UNAVAILABLE' || error.code === 'UPSTREAM_TIMEOUT') permit.fail(nowMs);
  else if (error.status !== undefined || error.code === 'UPSTREAM_BAD_RESPONSE') permit.succeed(nowMs);
  else permit.cancel();
}
