import { setTimeout as sleep } from 'node:timers/promises';
import type { Permit } from './breaker.ts';
import type { CallAnswer, CallOptions } from './call.ts';
import { UpstreamError, type SourceLabel } from './errors.ts';
import type { Flight } from './flights.ts';
import { createGate, GateFullError } from './gate.ts';
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
  // Of all callers together: what the source can take does not grow with their number.
  const quota = createQuota(settings.quota, Date.now());
  const gate = createGate(settings.maxConcurrency, settings.maxQueued);

  /** Waits for the source's own pause, where that ends before the deadline. It may be prolonged meanwhile. */
  async function waitOutHold(lane: Lane, { signal, deadlineMs }: Flight): Promise<void> {
    for (let nowMs = Date.now(); lane.heldUntilMs > nowMs; nowMs = Date.now()) {
      if (lane.heldUntilMs >= deadlineMs) throw refuse('hold', lane.heldUntilMs - nowMs);
      await sleep(lane.heldUntilMs - nowMs, undefined, { signal });
    }
  }

  /** Reserves a call of the quota; waits for it where that fits the time that is left. */
  async function waitForQuota({ signal, deadlineMs }: Flight): Promise<void> {
    const nowMs = Date.now();
    const { waitMs, isRefused } = quota.reserve(nowMs, Math.max(0, deadlineMs - nowMs));
    if (isRefused) throw refuse('quota', waitMs);
    if (waitMs === 0) return;
    await sleep(waitMs, undefined, { signal }).catch((error: unknown) => {
      quota.giveBack();
      throw error;
    });
  }

  /** Waits in the queue. @returns what leaves the place in it */
  async function enterGate(lane: Lane, flight: Flight): Promise<() => void> {
    for (;;) {
      const leave = await gate.enter(flight.signal).catch((error: unknown) => {
        throw error instanceof GateFullError ? refuse('queue', 0) : error;
      });
      if (lane.heldUntilMs <= Date.now()) return leave;
      // The answer to a call before this one said so.
      leave();
      await waitOutHold(lane, flight);
    }
  }

  function enterBreaker(lane: Lane): Permit {
    const nowMs = Date.now();
    const permit = lane.breaker.enter(nowMs);
    if (permit === undefined) throw refuse('breaker', lane.breaker.refusedForMs(nowMs));
    return permit;
  }

  function refuse(by: Refusal, forMs: number): UpstreamError {
    observer.refused(source.name, by);
    const code = by === 'quota' || by === 'hold' ? 'UPSTREAM_RATE_LIMITED' : 'UPSTREAM_UNAVAILABLE';
    return new UpstreamError(code, source, {
      reason: `not called: ${by}`,
      ...(forMs > 0 ? { retryAfterSeconds: Math.ceil(forMs / 1_000) } : {}),
    });
  }

  async function callWithPermit(lane: Lane, permit: Permit, options: CallOptions): Promise<CallAnswer> {
    const { signal, requestId } = options.scope;
    const startMs = Date.now();
    const report = (outcome: string, reason = '') => {
      const durationMs = Date.now() - startMs;
      // How soon a client left says nothing of the source.
      if (outcome !== 'ABORTED') lane.latency.add(durationMs, startMs + durationMs);
      observer.callEnded({ source: source.name, requestId, outcome, reason, durationMs });
    };
    try {
      const answer = await call(options);
      permit.succeed(Date.now());
      report(outcomeOf(answer));
      return answer;
    } catch (error) {
      const nowMs = Date.now();
      giveBack(permit, error, signal, nowMs - startMs);
      if (error instanceof UpstreamError && !isClientGone(signal)) {
        lane.lastError = { code: error.code, atMs: nowMs };
        if (error.status === 429) lane.heldUntilMs = Math.max(lane.heldUntilMs, nowMs + (error.retryAfterSeconds ?? 0) * 1_000);
        report(error.code, error.reason);
      } else report('ABORTED');
      throw error;
    }
  }

  async function callInTurn(lane: Lane, flight: Flight, options: CallOptions): Promise<CallAnswer> {
    const refusedMs = lane.breaker.refusedForMs(Date.now());
    if (refusedMs > 0) throw refuse('breaker', refusedMs);
    await waitOutHold(lane, flight);
    await waitForQuota(flight);
    let leave: (() => void) | undefined;
    let permit: Permit;
    try {
      leave = await enterGate(lane, flight);
      permit = enterBreaker(lane);
    } catch (error) {
      quota.giveBack();
      leave?.();
      throw error;
    }
    return callWithPermit(lane, permit, options).finally(leave);
  }

  return async function attempt(lane, flight, options) {
    lane.retries.deposit();
    try {
      return await callInTurn(lane, flight, options);
    } catch (error) {
      const nowMs = Date.now();
      const delayMs = chooseRetryDelayMs(error, flight.deadlineMs - nowMs);
      if (delayMs === undefined || flight.signal.aborted) throw error;
      if (lane.breaker.refusedForMs(nowMs + delayMs) > 0 || !lane.retries.withdraw(nowMs)) throw error;
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
