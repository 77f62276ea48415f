import { setTimeout as sleep } from 'node:timers/promises';
import { UpstreamError, type SourceLabel } from '../errors.ts';
import type { CallObserver, Refusal } from '../observer.ts';
import type { RestSettings } from '../settings.ts';
import type { CallerState } from './caller-state.ts';
import type { Breaker, Permit } from './circuit-breaker.ts';
import { FairQueue, QueueFullError } from './fair-queue.ts';
import { createPace, type Pace } from './pace.ts';
import { createQuota, type RateLimit } from './rate-limit.ts';
import type { SharedScope } from './shared-calls.ts';
import { createSlot, type Slot } from './slot.ts';

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

/** For calls that come while it is tried whether the source is back. */
const leastRefusedMs = 1_000;

/** Lets calls to a source through as it can take them, of all callers together. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #everybody: Entrance;
  readonly #unproven: Entrance;
  readonly #pace: Pace;

  constructor(options: AdmissionOptions) {
    const { settings, breaker } = options;
    const { minCalls, silenceMs } = settings.breaker;
    const minSilent = Math.min(minCalls, settings.maxConcurrency);
    this.#options = options;
    this.#everybody = createEntrance(settings, 1);
    this.#unproven = createEntrance(settings, unprovenShare);
    this.#pace = createPace({
      silenceMs,
      minCalls: minSilent,
      onSilence: () => {
        if (minSilent + this.#everybody.queue.waiting >= minCalls) breaker.trip(Date.now());
      },
    });
  }

  /**
   * Waits until a call may be made: for the end of the source's own pause, for its quota, for a place.
   *
   * @throws UpstreamError at once when it may not be made in time; the signal's reason when it is aborted
   */
  admit(caller: CallerState, call: SharedScope): Slot | Promise<Slot> {
    const nowMs = Date.now();
    const forMs = this.refusedForMs(caller, nowMs);
    if (forMs > 0) throw this.#refuse('breaker', forMs);
    if (caller.pausedUntilMs > nowMs) return this.#waitForTurn(caller, call);
    const entered = this.#tryEnter(caller);
    if (entered !== undefined) return this.#openSlot(caller, call, entered);
    // While it is not known whether the source is back, nobody waits for it.
    if (!this.#isClosed(caller)) throw this.#refuse('breaker', leastRefusedMs);
    return this.#waitForTurn(caller, call);
  }

  /** How long calls of a caller are refused because the source fails, from a time on, in ms. */
  refusedForMs(caller: CallerState, nowMs: number): number {
    return Math.max(this.#options.breaker.refusedForMs(nowMs), caller.breaker.refusedForMs(nowMs));
  }

  /** Refuses all calls that wait, because the source fails. */
  refuseWaiting(): void {
    const { openMs } = this.#options.settings.breaker;
    for (const { queue } of [this.#everybody, this.#unproven])
      queue.refuseAll(() => this.#refuse('breaker', openMs));
  }

  #refuse(by: Refusal, forMs: number): UpstreamError {
    const { observer, source } = this.#options;
    observer.refused(source.name, by);
    const code = by === 'quota' || by === 'hold' ? 'UPSTREAM_RATE_LIMITED' : 'UPSTREAM_UNAVAILABLE';
    return new UpstreamError(code, source, {
      reason: `not called: ${by}`,
      ...(forMs > 0 ? { retryAfterSeconds: Math.ceil(forMs / 1_000) } : {}),
    });
  }

  #isClosed(caller: CallerState): boolean {
    return this.#options.breaker.state === 'CLOSED' && caller.breaker.state === 'CLOSED';
  }

  #tryEnter({ isProven }: CallerState): readonly Entrance[] | undefined {
    if (isProven) return this.#everybody.queue.tryEnter() ? [this.#everybody] : undefined;
    if (!this.#unproven.queue.tryEnter()) return undefined;
    if (this.#everybody.queue.tryEnter()) return [this.#unproven, this.#everybody];
    leaveUnused(this.#unproven);
    return undefined;
  }

  async #waitForTurn(caller: CallerState, call: SharedScope): Promise<Slot> {
    let entered: Entrance[] = [];
    try {
      for (;;) {
        await this.#waitOutPause(caller, call);
        if (!caller.isProven && (await this.#enter(this.#unproven, caller, call)))
          entered.push(this.#unproven);
        if (await this.#enter(this.#everybody, caller, call)) entered.push(this.#everybody);
        if (caller.pausedUntilMs <= Date.now()) break;
        // The answer to a call before this one said so.
        entered.forEach(leaveUnused);
        entered = [];
      }
    } catch (error) {
      entered.forEach(leaveUnused);
      throw error;
    }
    return this.#openSlot(caller, call, entered);
  }

  /** Waits for the end of the source's own pause, where that is before the deadline. It may be prolonged meanwhile. */
  async #waitOutPause(caller: CallerState, { signal, deadlineMs }: SharedScope): Promise<void> {
    for (let nowMs = Date.now(); caller.pausedUntilMs > nowMs; nowMs = Date.now()) {
      if (caller.pausedUntilMs >= deadlineMs) throw this.#refuse('hold', caller.pausedUntilMs - nowMs);
      await sleep(caller.pausedUntilMs - nowMs, undefined, { signal });
    }
  }

  /** @returns whether the call has got a place; it needs none when its credentials were accepted meanwhile */
  async #enter(entrance: Entrance, caller: CallerState, call: SharedScope): Promise<boolean> {
    const { queue, quota, places } = entrance;
    if (call.isCancelled) throw call.reason;
    if (queue.tryEnter()) return true;
    const ownersOf = (name: string) => [name, caller.key];
    const nowMs = Date.now();
    const leftMs = Math.max(0, call.deadlineMs - nowMs);
    const ahead = Math.min(...call.callers.map((name) => queue.countBefore(ownersOf(name))));
    const quotaMs = quota.waitMs(nowMs, ahead);
    if (quotaMs > leftMs) throw this.#refuse('quota', quotaMs);
    const answerMs = this.#pace.estimateMs(ahead, places);
    // A call whose time is over already is ended by its signal.
    if (leftMs > 0 && answerMs > leftMs) throw this.#refuse('queue', answerMs);
    try {
      const ticket = queue.wait(ownersOf(call.caller));
      // Nobody else works on a call that waits.
      call.onCancel = () => ticket.giveUp(call.reason);
      call.onJoin = (name) => ticket.alsoFor(ownersOf(name));
      call.callers.forEach(call.onJoin);
      return await ticket.entered;
    } catch (error) {
      throw error instanceof QueueFullError ? this.#refuse('queue', answerMs) : error;
    } finally {
      call.onJoin = undefined;
      call.onCancel = undefined;
    }
  }

  #openSlot(caller: CallerState, call: SharedScope, entered: readonly Entrance[]): Slot {
    const permits = this.#takePermits(caller);
    if (permits === undefined) {
      entered.forEach(leaveUnused);
      throw this.#refuse('breaker', this.refusedForMs(caller, Date.now()));
    }
    // Whether the source is back must be found out even if the caller has gone, or those in haste would keep it closed.
    if (permits.some(({ isProbe }) => isProbe))
      call.onAbandoned = () => permits.forEach((permit) => permit.giveUp(Date.now()));
    const { source, observer } = this.#options;
    const leave = () => {
      call.onAbandoned = undefined;
      for (const { queue } of entered) queue.leave();
    };
    const onLearnt = () => this.#learn(caller);
    return createSlot({ source, observer, pace: this.#pace, caller, call, permits, leave, onLearnt });
  }

  #learn(caller: CallerState): void {
    // Its calls that wait for the places of the unproven need not do so any longer.
    if (caller.isProven) this.#unproven.queue.letGo(caller.key);
    this.#options.onLearnt(caller);
  }

  /** What one caller meets says nothing of the source for others, except that it is back. */
  #takePermits(caller: CallerState): readonly Permit[] | undefined {
    const { breaker } = this.#options;
    const nowMs = Date.now();
    const permit = breaker.enter(nowMs);
    if (permit === undefined || caller.breaker === breaker) return permit && [permit];
    const own = caller.breaker.enter(nowMs);
    if (own !== undefined) return permit.isProbe ? [permit, own] : [own];
    permit.cancel();
    return undefined;
  }
}

function createEntrance({ quota, maxConcurrency, maxQueued }: RestSettings, share: number): Entrance {
  // Of a few, two: or the first call of an honest newcomer would keep its second waiting.
  const part = (whole: number) => Math.max(1, Math.min(2, whole - 1), Math.floor(whole * share));
  const limit = createQuota(quota && { ...quota, calls: part(quota.calls) }, Date.now());
  const places = part(maxConcurrency);
  return { places, quota: limit, queue: new FairQueue(places, Math.floor(maxQueued * share), limit) };
}

/** For a call that is not made after all. */
function leaveUnused({ queue, quota }: Entrance): void {
  quota.giveBack();
  queue.leave();
}
