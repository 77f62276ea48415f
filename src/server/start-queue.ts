/** An operation that waits to begin. */
export interface Waiting {
  readonly caller: string;
  readonly begin: () => void;
  readonly refuse: () => void;
}

/** Operations that wait to begin, each caller's in their order and callers in turn. */
export interface StartQueue {
  readonly size: number;
  add(operation: Waiting): void;
  remove(operation: Waiting): void;
  /** Takes out the one whose turn it is. */
  take(): Waiting | undefined;
  /** How many would begin before another of this caller. */
  countBeforeNextOf(caller: string): number;
  /** Makes room for a caller: the newest operation of the caller with the most, if that has at least two more. */
  findGreediest(caller: string): Waiting | undefined;
}

export function createStartQueue(): StartQueue {
  /** The caller whose turn is next is the first. */
  const queues = new Map<string, Set<Waiting>>();
  let size = 0;

  function remove(operation: Waiting): void {
    const queue = queues.get(operation.caller);
    if (queue?.delete(operation) !== true) return;
    size -= 1;
    if (queue.size === 0) queues.delete(operation.caller);
  }

  return {
    get size() {
      return size;
    },
    add(operation) {
      const queue = queues.get(operation.caller) ?? new Set();
      queues.set(operation.caller, queue.add(operation));
      size += 1;
    },
    remove,
    take() {
      const [next] = queues;
      if (next === undefined) return undefined;
      const [caller, queue] = next;
      const [operation] = queue;
      // To the end of the round.
      queues.delete(caller);
      queues.set(caller, queue);
      if (operation !== undefined) remove(operation);
      return operation;
    },
    countBeforeNextOf(caller) {
      const rounds = (queues.get(caller)?.size ?? 0) + 1;
      let count = 0;
      for (const queue of queues.values()) count += Math.min(queue.size, rounds);
      return count;
    },
    findGreediest(caller) {
      let longest = new Set<Waiting>();
      for (const queue of queues.values()) if (queue.size > longest.size) longest = queue;
      return longest.size > (queues.get(caller)?.size ?? 0) + 1 ? [...longest].at(-1) : undefined;
    },
  };
}
