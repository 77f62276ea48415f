import { onAbort } from '../cancellation.ts';
import type { RateLimit } from './rate-limit.ts';
import { Line, Task } from './waiting.ts';

/** Too many tasks wait already. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/** A task's place in the queue. */
export interface Ticket {
  /** Resolves to whether the task has a place: false when it was let go. Rejects as `enter` does. */
  readonly entered: Promise<boolean>;
  /** Lets the task come in the turn of another owner as well, whichever comes first. */
  alsoFor(owners: readonly string[]): void;
  /** Takes the task out of the queue, if it is still there: `entered` rejects. */
  giveUp(reason: unknown): void;
}

/** Lets at most `limit` tasks run at one time; the others wait. */
export class FairQueue {
  readonly #limit: number;
  readonly #maxWaiting: number;
  readonly #rate: RateLimit | undefined;
  readonly #root = new Line();
  readonly #waiting = new Set<Task>();
  #running = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param rate taken from once for each task that enters */
  constructor(limit: number, maxWaiting: number, rate?: RateLimit) {
    this.#limit = limit;
    this.#maxWaiting = maxWaiting;
    this.#rate = rate;
  }

  /** How many tasks wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Takes a place that is free, unless others wait for one; false when the task has to wait. */
  tryEnter(): boolean {
    return this.#waiting.size === 0 && this.#takePlace() === 0;
  }

  /**
   * Waits for a place. Tasks of the same owner come in their order, owners in turn: one with many tasks does not keep
   * the others waiting for all of them. When too many wait, the last of the owner with the most is refused.
   *
   * @param owners from the widest to the narrowest: those within an owner share its turn
   * @returns what leaves the place: to be called once, when the task has ended
   * @throws QueueFullError when too many wait; the signal's reason when it is aborted while the task waits
   */
  async enter(signal: AbortSignal, ...owners: readonly string[]): Promise<() => void> {
    signal.throwIfAborted();
    if (this.tryEnter()) return () => this.leave();
    const ticket = this.wait(owners);
    const stay = onAbort(signal, () => ticket.giveUp(signal.reason));
    const hasPlace = await ticket.entered.finally(stay);
    return hasPlace ? () => this.leave() : () => {};
  }

  /** Waits where `tryEnter` found no place. @throws QueueFullError at once when too many do */
  wait(owners: readonly string[]): Ticket {
    if (this.#waiting.size >= this.#maxWaiting) this.#makeRoom(owners);
    const task = new Task(() => this.#forget(task));
    this.#waiting.add(task);
    task.join(this.#root.lineOf(owners));
    this.#serve();
    return {
      entered: task.entered,
      alsoFor: (others) => task.join(this.#root.lineOf(others)),
      giveUp: (reason) => task.refuse(reason),
    };
  }

  /** Leaves a place: once, when a task that was let in has ended. */
  leave(): void {
    this.#running -= 1;
    this.#serve();
  }

  /** How many tasks would come before the next one of these owners, at most. */
  countBefore(owners: readonly string[]): number {
    return Math.min(this.#waiting.size, (this.#countOwn(owners) + 1) * Math.max(1, this.#root.within.size));
  }

  /** Refuses all that wait. */
  refuseAll(createError: () => Error): void {
    for (const task of this.#waiting) task.refuse(createError());
  }

  /** Lets those of an owner go on without a place. */
  letGo(owner: string): void {
    for (const task of this.#waiting) if (task.isOf(owner)) task.start(false);
  }

  #serve(): void {
    while (this.#waiting.size > 0) {
      const waitMs = this.#takePlace();
      if (waitMs === undefined) return;
      if (waitMs > 0) return this.#serveAfter(waitMs);
      this.#root.takeTurn()?.start(true);
    }
  }

  /** @returns 0 when a place was taken, how long until the rate allows it, or undefined when there is none */
  #takePlace(): number | undefined {
    if (this.#running >= this.#limit) return undefined;
    const { waitMs, isRefused } = this.#rate?.take(Date.now(), 0) ?? { waitMs: 0, isRefused: false };
    if (isRefused) return waitMs;
    this.#running += 1;
    return 0;
  }

  #serveAfter(waitMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#serve();
    }, waitMs).unref();
  }

  #forget(task: Task): void {
    this.#waiting.delete(task);
    if (this.#waiting.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** @throws QueueFullError when no owner has clearly more tasks that wait than the newcomer's */
  #makeRoom(owners: readonly string[]): void {
    const longest = this.#root.longest();
    if (longest === undefined || longest.size <= this.#countOwn(owners) + 1) throw new QueueFullError();
    longest.last()?.refuse(new QueueFullError());
  }

  #countOwn([owner]: readonly string[]): number {
    return (owner === undefined ? this.#root : this.#root.within.get(owner))?.size ?? 0;
  }
}
