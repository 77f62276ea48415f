import { ClientGoneError } from './scope.ts';

/** The reason of a cancellation because a call took longer than its source is given. */
export class CallTimeoutError extends Error {
  override readonly name = 'CallTimeoutError';
}

/** What is to be called when a signal is aborted: one listener of the signal, whatever the number of functions. */
class AbortListeners {
  readonly #signal: AbortSignal;
  readonly #listeners = new Set<() => void>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this, { once: true });
  }

  add(listener: () => void): void {
    this.#listeners.add(listener);
  }

  remove(listener: () => void): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    this.#signal.removeEventListener('abort', this);
    listenersOf.delete(this.#signal);
  }

  /** The signal was aborted. */
  handleEvent(): void {
    listenersOf.delete(this.#signal);
    for (const listener of this.#listeners) listener();
  }
}

const listenersOf = new WeakMap<AbortSignal, AbortListeners>();

/**
 * Calls a function when a signal is aborted. The many calls of a request share one listener of its signal: each of their own
 * would have to be found in a list when it is removed.
 *
 * @returns what takes the function back
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const listeners = listenersOf.get(signal) ?? new AbortListeners(signal);
  listenersOf.set(signal, listeners);
  listeners.add(listener);
  return () => listeners.remove(listener);
}

/**
 * Ends a call before its answer is there. An AbortSignal for each call would cost a third of all that it costs, most of it in
 * the garbage collector: one is made only for those who need one.
 */
export class Cancellation {
  isCancelled = false;
  reason: unknown;
  /** Called when the call is cancelled: set by whoever works on it at the time. */
  onCancel: (() => void) | undefined;
  #controller: AbortController | undefined;

  cancel(reason: unknown): void {
    if (this.isCancelled) return;
    this.isCancelled = true;
    this.reason = reason;
    this.#controller?.abort(reason);
    this.onCancel?.();
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.isCancelled) this.#controller.abort(this.reason);
    }
    return this.#controller.signal;
  }

  /** Whether the last client that waited for the call has gone. */
  get isByClient(): boolean {
    return this.reason instanceof ClientGoneError;
  }

  /** Whether nobody waited for the call any longer, whatever the source was doing. */
  get isGivenUp(): boolean {
    return this.isCancelled && !(this.reason instanceof CallTimeoutError);
  }
}
