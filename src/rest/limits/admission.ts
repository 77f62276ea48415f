import { setTimeout as sleep } from 'node:timers/promises';
import { UpstreamError, type SourceLabel } from '../errors.ts';
import type { CallObserver, Refusal } from '../observer.ts';
import type { RestSettings } from '../settings.ts';
import type { CallerState } from './caller-state.ts';
import type { Breaker, Permit } from './circuit-breaker.ts';
import { createFairQueue, QueueFullError, type FairQueue } from './fair-queue.ts';
import { createPace } from './pace.ts';
import { createQuota, type RateLimit } from './rate-limit.ts';
import type { SharedScope } from './shared-calls.ts';
import { createSlot, type Slot } from './slot.ts';

/** Lets calls to a source through as it can take them, of all callers together. */
export interface Admission {
  /**
   * Waits until a call may be made: for the end of the source's own pause, for its quota, for a place.
   *
   * @throws UpstreamError at once when it may not be made in time; the signal's reason when it is aborted
   */
  admit(caller: CallerState, call: SharedScope): Slot | Promise<Slot>;
  /** How long calls of a caller are refused because the source fails, from a time on, in ms. */
  refusedForMs(caller: CallerState, nowMs: number): number;
  /** Refuses all calls that wait, because the source fails. */
  refuseWaiting(): void;
}

export interface AdmissionOptions {
  readonly source: SourceLabel;
  readonly settings: RestSettings;
  readonly observer: CallObserver;
  /** Of the source itself, whoever calls. */
  readonly breaker: Breaker;
  /** Called when a caller's state has learnt what is worth remembering. */
  readonly onLearnt: (caller: CallerState) => void;
}

/** A queue, and what is taken from by each call that it lets in. */
interface Entrance {
  readonly places: number;
  readonly quota: RateLimit;
  readonly queue: FairQueue;
}

/** What callers share among them whose credentials the source has not accepted yet: they may be made up. */
const unprovenShare = 0.25;

export function createAdmission({
  source,
  settings,
  observer,
  breaker,
  onLearnt,
}: AdmissionOptions): Admission {
  const everybody = createEntrance(settings, 1);
  const unproven = createEntrance(settings, unprovenShare);
  const { minCalls, silenceMs, openMs } = settings.breaker;
  const minSilent = Math.min(minCalls, settings.maxConcurrency);
  const pace = createPace({
    silenceMs,
    minCalls: minSilent,
    onSilence() {
      if (minSilent + everybody.queue.waiting >= minCalls) breaker.trip(Date.now());
    },
  });

  function refuse(by: Refusal, forMs: number): UpstreamError {
    observer.refused(source.name, by);
    const code = by === 'quota' || by === 'hold' ? 'UPSTREAM_RATE_LIMITED' : 'UPSTREAM_UNAVAILABLE';
    return new UpstreamError(code, source, {
      reason: `not called: ${by}`,
      ...(forMs > 0 ? { retryAfterSeconds: Math.ceil(forMs / 1_000) } : {}),
    });
  }

  const refusedForMs = (caller: CallerState, nowMs: number) =>
    Math.max(breaker.refusedForMs(nowMs), caller.breaker.refusedForMs(nowMs));

  function admit(caller: CallerState, call: SharedScope): Slot | Promise<Slot> {
    const nowMs = Date.now();
    const forMs = refusedForMs(caller, nowMs);
    if (forMs > 0) throw refuse('breaker', forMs);
    if (!caller.isProven || caller.pausedUntilMs > nowMs || !everybody.queue.tryEnter())
      return waitForTurn(caller, call);
    return openSlot(caller, call, [everybody]);
  }

  async function waitForTurn(caller: CallerState, call: SharedScope): Promise<Slot> {
    let entered: Entrance[] = [];
    try {
      for (;;) {
        await waitOutPause(caller, call);
        if (!caller.isProven && (await enter(unproven, caller, call))) entered.push(unproven);
        if (await enter(everybody, caller, call)) entered.push(everybody);
        if (caller.pausedUntilMs <= Date.now()) break;
        // The answer to a call before this one said so.
        entered.forEach(leaveUnused);
        entered = [];
      }
    } catch (error) {
      entered.forEach(leaveUnused);
      throw error;
    }
    return openSlot(caller, call, entered);
  }

  /** Waits for the end of the source's own pause, where that is before the deadline. It may be prolonged meanwhile. */
  async function waitOutPause(caller: CallerState, { signal, deadlineMs }: SharedScope): Promise<void> {
    for (let nowMs = Date.now(); caller.pausedUntilMs > nowMs; nowMs = Date.now()) {
      if (caller.pausedUntilMs >= deadlineMs) throw refuse('hold', caller.pausedUntilMs - nowMs);
      await sleep(caller.pausedUntilMs - nowMs, undefined, { signal });
    }
  }

  /** @returns whether the call has got a place; it needs none when its credentials were accepted meanwhile */
  async function enter(
    { queue, quota, places }: Entrance,
    caller: CallerState,
    call: SharedScope,
  ): Promise<boolean> {
    call.signal.throwIfAborted();
    if (queue.tryEnter()) return true;
    const ownersOf = (name: string) => [name, caller.key];
    const nowMs = Date.now();
    const leftMs = Math.max(0, call.deadlineMs - nowMs);
    const ahead = Math.min(...call.callers.map((name) => queue.countBefore(ownersOf(name))));
    const quotaMs = quota.waitMs(nowMs, ahead);
    if (quotaMs > leftMs) throw refuse('quota', quotaMs);
    const answerMs = pace.estimateMs(ahead, places);
    // A call whose time is over already is ended by its signal.
    if (leftMs > 0 && answerMs > leftMs) throw refuse('queue', answerMs);
    try {
      const ticket = queue.wait(call.signal, ownersOf(call.caller));
      call.onJoin = (name) => ticket.alsoFor(ownersOf(name));
      call.callers.forEach(call.onJoin);
      return await ticket.entered;
    } catch (error) {
      throw error instanceof QueueFullError ? refuse('queue', answerMs) : error;
    } finally {
      call.onJoin = undefined;
    }
  }

  function openSlot(caller: CallerState, call: SharedScope, entered: readonly Entrance[]): Slot {
    const permits = takePermits(caller);
    if (permits === undefined) {
      entered.forEach(leaveUnused);
      throw refuse('breaker', refusedForMs(caller, Date.now()));
    }
    // Whether the source is back must be found out even if the caller has gone, or those in haste would keep it closed.
    if (permits.some(({ isProbe }) => isProbe))
      call.onAbandoned = () => permits.forEach((permit) => permit.giveUp(Date.now()));
    return createSlot({ source, observer, pace, caller, call, permits, leave, onLearnt: learn });

    function leave(): void {
      call.onAbandoned = undefined;
      for (const { queue } of entered) queue.leave();
    }
  }

  function learn(caller: CallerState): void {
    // Its calls that wait for the places of the unproven need not do so any longer.
    if (caller.isProven) unproven.queue.letGo(caller.key);
    onLearnt(caller);
  }

  /** What one caller meets says nothing of the source for others, except that it is back. */
  function takePermits(caller: CallerState): readonly Permit[] | undefined {
    const nowMs = Date.now();
    const permit = breaker.enter(nowMs);
    if (permit === undefined || caller.breaker === breaker) return permit && [permit];
    const own = caller.breaker.enter(nowMs);
    if (own !== undefined) return permit.isProbe ? [permit, own] : [own];
    permit.cancel();
    return undefined;
  }

  return {
    admit,
    refusedForMs,
    refuseWaiting() {
      for (const { queue } of [everybody, unproven]) queue.refuseAll(() => refuse('breaker', openMs));
    },
  };
}

function createEntrance({ quota, maxConcurrency, maxQueued }: RestSettings, share: number): Entrance {
  // Of a few, two: or the first call of an honest newcomer would keep its second waiting.
  const part = (whole: number) => Math.max(1, Math.min(2, whole - 1), Math.floor(whole * share));
  const limit = createQuota(quota && { ...quota, calls: part(quota.calls) }, Date.now());
  const places = part(maxConcurrency);
  return { places, quota: limit, queue: createFairQueue(places, Math.floor(maxQueued * share), limit) };
}

/** For a call that is not made after all. */
function leaveUnused({ queue, quota }: Entrance): void {
  quota.giveBack();
  queue.leave();
}
