/**
 * Lets at most `limit` tasks run at one time; the others wait in their order. A task whose signal is aborted
 * while it waits leaves the queue at once.
 */
export interface Gate {
  run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export function createGate(limit: number): Gate {
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

  function enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (running < limit) {
      running += 1;
      return Promise.resolve();
    }
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
    async run(task, signal) {
      await enter(signal);
      try {
        return await task();
      } finally {
        release();
      }
    },
  };
}
