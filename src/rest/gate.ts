/** Too many tasks wait already. */
export class GateFullError extends Error {
  override readonly name = 'GateFullError';
}

/**
 * Lets at most `limit` tasks run at one time; the others wait in their order. A task whose signal is aborted
 * while it waits leaves the queue at once.
 */
export interface Gate {
  /** @throws GateFullError at once when too many wait; the signal's reason when it is aborted while the task waits */
  run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** The same for a task that ends elsewhere: it must call what is returned, once. */
  enter(signal: AbortSignal): Promise<() => void>;
}

export function createGate(limit: number, maxWaiting: number): Gate {
  let running = 0;
  const waiting = new Set<() => void>();

  function release(): void {
    running -= 1;
    for (const start of waiting) {
      waiting.delete(start);
      start();
      return;
    }
  }

  async function enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (running >= limit) await wait(signal);
    else running += 1;
    return release;
  }

  function wait(signal: AbortSignal): Promise<void> {
    if (waiting.size >= maxWaiting) return Promise.reject(new GateFullError());
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.delete(start);
        reject(signal.reason);
      };
      const start = () => {
        signal.removeEventListener('abort', leave);
        running += 1;
        resolve();
      };
      waiting.add(start);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  return {
    enter,
    async run(task, signal) {
      const leave = await enter(signal);
      try {
        return await task();
      } finally {
        leave();
      }
    },
  };
}
