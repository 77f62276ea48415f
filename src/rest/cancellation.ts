import { ClientGoneError } from './scope.ts';

/** The reason of a cancellation because a call took longer than its source is given. */
export class CallTimeoutError extends Error {
  override readonly name = 'CallTimeoutError';
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
