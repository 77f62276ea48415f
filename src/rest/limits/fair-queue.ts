import type { RateLimit } from './rate-limit.ts';

/** Too many tasks wait already. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/**
 * Lets at most `limit` tasks run at one time; the others wait. A task whose signal is aborted while it waits leaves the
 * queue at once.
 */
export interface FairQueue {
  /** How many tasks wait. */
  readonly waiting: number;
  /** Takes a place that is free, unless others wait for one; false when the task has to wait. */
  tryEnter(): boolean;
  /**
   * Waits for a place. Tasks of the same owner come in their order, owners in turn: one with many tasks does not keep
   * the others waiting for all of them. When too many wait, the last of the owner with the most is refused.
   *
   * @param owners from the widest to the narrowest: those within an owner share its turn
   * @returns what leaves the place: to be called once, when the task has ended
   * @throws QueueFullError when too many wait; the signal's reason when it is aborted while the task waits
   */
  enter(signal: AbortSignal, ...owners: readonly string[]): Promise<() => void>;
  /** Waits where `tryEnter` found no place. */
  wait(signal: AbortSignal, owners: readonly string[]): Ticket;
  /** Leaves a place: once, when the task that `tryEnter` let in has ended. */
  leave(): void;
  /** How many tasks would come before the next one of these owners, at most. */
  countBefore(owners: readonly string[]): number;
  /** Refuses all that wait. */
  refuseAll(createError: () => Error): void;
  /** Lets those of an owner go on without a place. */
  letGo(owner: string): void;
}

/** A task's place in the queue. */
export interface Ticket {
  /** Resolves to whether the task has a place: false when it was let go. Rejects as `enter` does. */
  readonly entered: Promise<boolean>;
  /** Lets the task come in the turn of another owner as well, whichever comes first. */
  alsoFor(owners: readonly string[]): void;
}

/**
 * @param maxWaiting tasks that may wait
 * @param rate taken from once for each task that enters
 */
export function createFairQueue(limit: number, maxWaiting: number, rate?: RateLimit): FairQueue {
  const root = new Line();
  const waiting = new Set<Task>();
  let running = 0;
  let timer: NodeJS.Timeout | undefined;

  function takePlace(): boolean {
    if (running >= limit) return false;
    const { waitMs, isRefused } = rate?.take(Date.now(), 0) ?? { waitMs: 0, isRefused: false };
    if (isRefused) wakeAfter(waitMs);
    else running += 1;
    return !isRefused;
  }

  function wakeAfter(waitMs: number): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      serve();
    }, waitMs);
  }

  function serve(): void {
    while (waiting.size > 0 && takePlace()) root.takeTurn()?.start(true);
  }

  function leave(): void {
    running -= 1;
    serve();
  }

  function wait(signal: AbortSignal, owners: readonly string[]): Ticket {
    if (waiting.size >= maxWaiting) makeRoom(owners);
    const task = new Task(signal, () => {
      waiting.delete(task);
      if (waiting.size > 0) return;
      clearTimeout(timer);
      timer = undefined;
    });
    waiting.add(task);
    task.join(root.lineOf(owners));
    serve();
    return { entered: task.entered, alsoFor: (others) => task.join(root.lineOf(others)) };
  }

  /** @throws QueueFullError when no owner has clearly more tasks that wait than the newcomer's */
  function makeRoom(owners: readonly string[]): void {
    const longest = root.longest();
    if (longest === undefined || longest.size <= countOwn(owners) + 1) throw new QueueFullError();
    longest.last()?.refuse(new QueueFullError());
  }

  function countOwn([owner]: readonly string[]): number {
    return (owner === undefined ? root : root.within.get(owner))?.size ?? 0;
  }

  const tryEnter = () => waiting.size === 0 && takePlace();

  return {
    get waiting() {
      return waiting.size;
    },
    tryEnter,
    async enter(signal, ...owners) {
      signal.throwIfAborted();
      const hasPlace = tryEnter() || (await wait(signal, owners).entered);
      return hasPlace ? leave : () => {};
    },
    wait,
    leave,
    countBefore(owners) {
      return Math.min(waiting.size, (countOwn(owners) + 1) * Math.max(1, root.within.size));
    },
    refuseAll(createError) {
      for (const task of waiting) task.refuse(createError());
    },
    letGo(owner) {
      for (const task of waiting) if (task.isOf(owner)) task.start(false);
    },
  };
}

/** A task that waits. It leaves its lines when it starts, is refused, or its signal is aborted. */
class Task {
  readonly entered: Promise<boolean>;
  readonly #lines: Line[] = [];
  readonly #signal: AbortSignal;
  readonly #onEnd: () => void;
  #resolve: (hasPlace: boolean) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(signal: AbortSignal, onEnd: () => void) {
    this.#signal = signal;
    this.#onEnd = onEnd;
    this.entered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    signal.addEventListener('abort', this, { once: true });
  }

  join(line: Line): void {
    if (this.#lines.includes(line)) return;
    this.#lines.push(line);
    line.add(this);
  }

  isOf(owner: string): boolean {
    return this.#lines.some((line) => line.owner === owner);
  }

  start(hasPlace: boolean): void {
    this.#end();
    this.#resolve(hasPlace);
  }

  refuse(error: unknown): void {
    this.#end();
    this.#reject(error);
  }

  /** The signal was aborted. */
  handleEvent(): void {
    this.refuse(this.#signal.reason);
  }

  #end(): void {
    for (const line of this.#lines) line.remove(this);
    this.#signal.removeEventListener('abort', this);
    this.#onEnd();
  }
}

/** Tasks that wait for one owner, and those of owners within it. */
class Line {
  readonly owner: string;
  readonly within = new Map<string, Line>();
  readonly #parent: Line | undefined;
  readonly #tasks = new Set<Task>();
  /** All tasks, those within included. */
  size = 0;

  constructor(owner = '', parent?: Line) {
    this.owner = owner;
    this.#parent = parent;
  }

  lineOf([owner, ...rest]: readonly string[]): Line {
    if (owner === undefined) return this;
    const line = this.within.get(owner) ?? new Line(owner, this);
    this.within.set(owner, line);
    return line.lineOf(rest);
  }

  add(task: Task): void {
    this.#tasks.add(task);
    this.#grow(1);
  }

  remove(task: Task): void {
    if (!this.#tasks.delete(task)) return;
    this.#grow(-1);
  }

  /** The next task; its owners go to the end of their turn. */
  takeTurn(): Task | undefined {
    const [task] = this.#tasks;
    if (task !== undefined) return task;
    const [line] = this.within.values();
    if (line === undefined) return undefined;
    this.within.delete(line.owner);
    this.within.set(line.owner, line);
    return line.takeTurn();
  }

  last(): Task | undefined {
    return [...this.#tasks].at(-1) ?? this.longest()?.last();
  }

  /** The line of the owner within this one who has the most tasks. */
  longest(): Line | undefined {
    let longest: Line | undefined;
    for (const line of this.within.values()) if (line.size > (longest?.size ?? 0)) longest = line;
    return longest;
  }

  #grow(by: number): void {
    this.size += by;
    if (this.size === 0) this.#parent?.within.delete(this.owner);
    if (this.#parent !== undefined) this.#parent.#grow(by);
  }
}
