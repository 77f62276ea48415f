import { setMaxListeners } from 'node:events';

/** Who waits for a call, and how long. */
export interface Waiter {
  readonly signal: AbortSignal;
  /** Epoch ms at which the waiter needs its answer. */
  readonly deadlineMs: number;
}

/** Work that several waiters share. */
export interface Flight extends Waiter {
  /** Aborted when the last waiter has gone. */
  readonly signal: AbortSignal;
  /** The latest of the waiters' deadlines, as far as they have come. */
  readonly deadlineMs: number;
}

/** Work under way, by key: those who want the same at the same time get the same. */
export interface Flights<T> {
  /** Joins the work of a key, or starts it. @returns the result, and whether it was started by another */
  join(
    key: string,
    waiter: Waiter,
    start: (flight: Flight) => Promise<T>,
  ): { readonly result: Promise<T>; readonly isShared: boolean };
}

interface RunningFlight<T> {
  readonly controller: AbortController;
  readonly result: Promise<T>;
  waiters: number;
  deadlineMs: number;
}

export function createFlights<T>(): Flights<T> {
  const running = new Map<string, RunningFlight<T>>();

  function startFlight(key: string, waiter: Waiter, start: (flight: Flight) => Promise<T>): RunningFlight<T> {
    const controller = new AbortController();
    setMaxListeners(0, controller.signal);
    const state = { waiters: 0, deadlineMs: waiter.deadlineMs };
    const flight: Flight = {
      signal: controller.signal,
      get deadlineMs() {
        return state.deadlineMs;
      },
    };
    const result = start(flight).finally(() => {
      if (running.get(key) === entry) running.delete(key);
    });
    // When all waiters have gone nobody is left to handle its failure.
    result.catch(() => {});
    const entry: RunningFlight<T> = Object.assign(state, { controller, result });
    running.set(key, entry);
    return entry;
  }

  function wait(key: string, flight: RunningFlight<T>, { signal, deadlineMs }: Waiter): Promise<T> {
    flight.waiters += 1;
    flight.deadlineMs = Math.max(flight.deadlineMs, deadlineMs);
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        flight.waiters -= 1;
        if (flight.waiters === 0) {
          if (running.get(key) === flight) running.delete(key);
          flight.controller.abort(signal.reason);
        }
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      flight.result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  }

  return {
    join(key, waiter, start) {
      if (waiter.signal.aborted) return { result: Promise.reject(waiter.signal.reason), isShared: false };
      const known = running.get(key);
      const flight = known ?? startFlight(key, waiter, start);
      return { result: wait(key, flight, waiter), isShared: known !== undefined };
    },
  };
}
