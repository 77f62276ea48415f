import { setTimeout as sleep } from 'node:timers/promises';

/** Does a task `count` times, at most `concurrency` at one time. */
export async function runMany(
  count: number,
  concurrency: number,
  task: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await task(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, work));
}

/** A load that does not wait for its answers. */
export interface SteadyLoad {
  /** Ends it, and waits for what is under way. */
  stop(): Promise<void>;
}

/** Begins a task so many times a second, until it is stopped or for a minute. The task handles its own failures. */
export function startSteadyLoad(perSecond: number, task: (index: number) => Promise<unknown>): SteadyLoad {
  const startMs = performance.now();
  const underWay = new Set<Promise<unknown>>();
  const stopped = new AbortController();
  const begin = (index: number) => {
    const begun = task(index).finally(() => underWay.delete(begun));
    underWay.add(begun);
  };
  const run = async () => {
    for (let index = 0; !stopped.signal.aborted && index < 60 * perSecond; index += 1) {
      await sleep(Math.max(0, startMs + (index * 1_000) / perSecond - performance.now()));
      if (!stopped.signal.aborted) begin(index);
    }
  };
  const running = run();
  return {
    async stop() {
      stopped.abort();
      await running;
      await Promise.all(underWay);
    },
  };
}
