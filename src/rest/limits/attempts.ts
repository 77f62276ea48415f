import { setTimeout as sleep } from 'node:timers/promises';
import type { Credentials } from '../credentials/credentials.ts';
import type { Permit } from './circuit-breaker.ts';
import type { Call, CallAnswer, CallOptions } from '../http/call.ts';
import { UpstreamError } from '../errors.ts';
import type { Flight } from './shared-calls.ts';
import type { Lane } from './caller-state.ts';
import type { CallOutcome } from '../observer.ts';
import { chooseRetryDelayMs, createRetryBudget } from './retry.ts';
import { isClientGone } from '../scope.ts';
import { createTurns, type TurnsOptions } from './admission.ts';

export interface AttemptsOptions extends TurnsOptions {
  readonly credentials: Credentials;
  readonly call: Call;
}

/** Makes a call in its turn, and once more when it failed in a way that may pass. */
export type Attempt = (lane: Lane, flight: Flight, options: CallOptions) => Promise<CallAnswer>;

export function createAttempts({ source, settings, credentials, call, observer }: AttemptsOptions): Attempt {
  const takeTurn = createTurns({ source, settings, observer });
  // Of all callers together, as the quota is.
  const retries = createRetryBudget(Date.now());

  /** Makes a call and tells the breaker, the observer and the source's status of it. */
  async function callWithPermit(
    lane: Lane,
    permit: Permit,
    { scope }: CallOptions,
    exchange: () => Promise<CallAnswer>,
  ): Promise<CallAnswer> {
    const { signal, requestId } = scope;
    const startMs = Date.now();
    const report = (outcome: CallOutcome, reason = '') => {
      const durationMs = Date.now() - startMs;
      // How soon a client left says nothing of the source.
      if (outcome !== 'ABORTED') lane.latency.add(durationMs, startMs + durationMs);
      observer.callEnded({ source: source.name, requestId, outcome, reason, durationMs });
    };
    try {
      const answer = await exchange();
      permit.succeed(Date.now());
      report(outcomeOf(answer));
      return answer;
    } catch (error) {
      const nowMs = Date.now();
      giveBack(permit, error, signal, nowMs - startMs);
      if (error instanceof UpstreamError && !isClientGone(signal)) {
        lane.lastError = { code: error.code, atMs: nowMs };
        if (error.status === 429)
          lane.heldUntilMs = Math.max(lane.heldUntilMs, nowMs + (error.retryAfterSeconds ?? 0) * 1_000);
        report(error.code, error.reason);
      } else report('ABORTED');
      throw error;
    }
  }

  /** An access token can die before its time: it is renewed, and the call takes another turn. */
  async function callAuthorized(lane: Lane, flight: Flight, options: CallOptions): Promise<CallAnswer> {
    let authorization = '';
    const exchange = async () => {
      authorization = await credentials.authorization(options.scope);
      return call(options, authorization);
    };
    const callInTurn = () =>
      takeTurn(lane, flight, (permit) => callWithPermit(lane, permit, options, exchange));
    try {
      return await callInTurn();
    } catch (error) {
      const isRefused = error instanceof UpstreamError && error.status === 401;
      if (!isRefused || !(await credentials.renew(authorization, options.scope))) throw error;
    }
    observer.retried(source.name);
    return callInTurn();
  }

  return async function attempt(lane, flight, options) {
    retries.deposit();
    try {
      return await callAuthorized(lane, flight, options);
    } catch (error) {
      const nowMs = Date.now();
      const delayMs = chooseRetryDelayMs(error, flight.deadlineMs - nowMs);
      if (delayMs === undefined || flight.signal.aborted) throw error;
      if (lane.breaker.refusedForMs(nowMs + delayMs) > 0 || !retries.withdraw(nowMs)) throw error;
      await sleep(delayMs, undefined, { signal: flight.signal });
    }
    observer.retried(source.name);
    return callAuthorized(lane, flight, options);
  };
}

function outcomeOf(answer: CallAnswer): CallOutcome {
  if (answer.isUnchanged) return 'NOT_MODIFIED';
  return answer.body === null ? 'NOT_FOUND' : 'OK';
}

/** Shorter than this a healthy source may not have had the time to answer. */
const tellingMs = 1_000;

/**
 * Tells the breaker what a failed call says of the source. One that answered is there, whatever it answered; of one
 * that was given up soon, or never sent, nothing is known.
 */
function giveBack(permit: Permit, error: unknown, signal: AbortSignal, durationMs: number): void {
  const nowMs = Date.now();
  const isGivenUp = signal.aborted && (isClientGone(signal) || durationMs < tellingMs);
  const isDown =
    error instanceof UpstreamError &&
    !error.isUnsent &&
    (error.code === 'UPSTREAM_UNAVAILABLE' || error.code === 'UPSTREAM_TIMEOUT');
  const isAnswered =
    error instanceof UpstreamError && (error.status !== undefined || error.code === 'UPSTREAM_BAD_RESPONSE');
  if (!isDown && !isAnswered) permit.cancel();
  else if (isGivenUp) permit.giveUp(nowMs);
  else if (isDown) permit.fail(nowMs);
  else permit.succeed(nowMs);
}
