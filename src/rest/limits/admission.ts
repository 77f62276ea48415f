import { setTimeout as sleep } from 'node:timers/promises';
import type { Permit } from './circuit-breaker.ts';
import { UpstreamError, type SourceLabel } from '../errors.ts';
import type { Flight } from './shared-calls.ts';
import { createGate, GateFullError } from './fair-queue.ts';
import type { Lane } from './caller-state.ts';
import type { CallObserver, Refusal } from '../observer.ts';
import { createQuota } from './quota.ts';
import type { RestSettings } from '../settings.ts';

export interface TurnsOptions {
  readonly source: SourceLabel;
  readonly settings: RestSettings;
  readonly observer: CallObserver;
}

/** Makes a call when the source may be called. The call must give its permit back. */
export type TakeTurn = <T>(lane: Lane, flight: Flight, call: (permit: Permit) => Promise<T>) => Promise<T>;

/**
 * A call passes: the source's own pause and the quota → the queue → the breaker. Whatever refuses it does so at once,
 * by an UpstreamError.
 */
export function createTurns({ source, settings, observer }: TurnsOptions): TakeTurn {
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
    const { waitMs, isRefused } = quota.take(nowMs, Math.max(0, deadlineMs - nowMs));
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
      const leave = await gate.enter(flight.signal, lane.key).catch((error: unknown) => {
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

  return async function takeTurn(lane, flight, call) {
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
    return call(permit).finally(leave);
  };
}
