/** Too many tasks wait already. */
export class GateFullError extends Error {
  override readonly name = 'GateFullError';
}

/**
 * Lets at most `limit` tasks run at one time; the others wait. A task whose signal is aborted while it waits leaves the
 * queue at once.
 */
export interface Gate {
  /**
   * Waits for a place. Tasks of the same owner come in their order, owners in turn: one with many tasks does not keep
   * the others waiting for all of them.
   *
   * @returns what leaves the place: to be called once, when the task has ended
   * @throws GateFullError at once when too many wait; the signal's reason when it is aborted while the task waits
   */
  enter(signal: AbortSignal, owner?: string): Promise<() => void>;
}

export function createGate(limit: number, maxWaiting: number): Gate {
  let running = 0;
  let waiting = 0;
  /** Tasks that wait, by owner; the owner whose turn is next is the first. */
  const queues = new Map<string, Set<() => void>>();

  function release(): void {
    running -= 1;
    const [next] = queues;
    if (next === undefined) return;
    const [owner, queue] = next;
    const [start] = queue;
    // To the end of the turn.
    queues.delete(owner);
    queues.set(owner, queue);
    start?.();
  }

  function wait(signal: AbortSignal, owner: string): Promise<void> {
    if (waiting >= maxWaiting) return Promise.reject(new GateFullError());
    return new Promise((resolve, reject) => {
      const queue = queues.get(owner) ?? new Set();
      const leaveQueue = () => {
        waiting -= 1;
        queue.delete(start);
        if (queue.size === 0) queues.delete(owner);
        signal.removeEventListener('abort', giveUp);
      };
      const giveUp = () => {
        leaveQueue();
        reject(signal.reason);
      };
      const start = () => {
        leaveQueue();
        running += 1;
        resolve();
      };
      waiting += 1;
      queues.set(owner, queue.add(start));
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  return {
    async enter(signal, owner = '') {
      signal.throwIfAborted();
      if (running >= limit) await wait(signal, owner);
      else running += 1;
      return release;
    },
  };
}
