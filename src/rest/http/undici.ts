import type { Dispatcher } from 'undici';
import { createDispatcher } from './dispatcher.ts';
import type { Route } from './route.ts';
import {
  discardedBytes,
  idleConnectionMs,
  tooLarge,
  type ResponseHead,
  type Transport,
  type TransportRequest,
  type TransportResponse,
  type TransportSettings,
} from './transport.ts';

/**
 * The default transport: undici with connections of its own for each source, and without its streams, which cost as much as
 * the call itself. Its retry, redirect, cache and decompression ignore the limits of the call they serve, and are left out.
 */
export function createUndiciTransport(
  { origin, connectTimeoutMs, maxConcurrency }: TransportSettings,
  route: Route,
): Transport {
  const dispatcher = createDispatcher(origin, route, connectTimeoutMs, {
    connections: maxConcurrency,
    pipelining: 1,
    keepAliveTimeout: idleConnectionMs,
    keepAliveMaxTimeout: idleConnectionMs,
    // The client's own timer is finer than these and covers the whole call.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const { path, headers, cancellation } = request;
        if (cancellation.isCancelled) return reject(cancellation.reason);
        const exchange = new Exchange(request, resolve, reject);
        dispatcher.dispatch({ origin, path, headers, method: 'GET' }, exchange);
      }),
    close: () => dispatcher.close(),
  };
}

/** One call: its head, and as much of its body as is wanted. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: TransportRequest;
  readonly #resolve: (response: TransportResponse) => void;
  readonly #reject: (error: unknown) => void;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #head: ResponseHead | undefined;
  #size = 0;
  #maxBytes = 0;
  #isOver = false;
  /** Why the body is thrown away. */
  #failure: unknown;

  constructor(
    request: TransportRequest,
    resolve: (response: TransportResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    request.cancellation.onCancel = () => this.#cancel();
  }

  /** undici would notice only once it has a connection for the call. */
  #cancel(): void {
    const { reason } = this.#request.cancellation;
    this.#fail(reason);
    this.#controller?.abort(toError(reason));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    const { isCancelled, reason } = this.#request.cancellation;
    if (isCancelled) controller.abort(toError(reason));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[]>,
  ): void {
    if (status < 200) return;
    this.#head = {
      status,
      header(name) {
        const value = headers[name];
        return Array.isArray(value) ? value.join(', ') : value;
      },
    };
    try {
      this.#maxBytes = this.#request.onHead(this.#head);
    } catch (error) {
      this.#failure = error;
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.byteLength;
    if (this.#maxBytes > 0) this.#chunks.push(chunk);
    if (this.#size <= (this.#maxBytes || discardedBytes)) return;
    // The connection is closed; the rest would take longer to read than a new one to make.
    this.#finish(this.#maxBytes > 0 ? tooLarge(this.#maxBytes) : this.#failure);
    controller.abort(new Error('the rest of the body is not wanted'));
  }

  onResponseEnd(): void {
    this.#finish(this.#failure);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // An unwanted body that ends badly takes nothing from what is known of its answer.
    if (this.#maxBytes === 0 && this.#head !== undefined) this.#finish(this.#failure);
    else this.#fail(error);
  }

  #finish(failure: unknown): void {
    if (failure !== undefined || this.#head === undefined) return this.#fail(failure);
    if (!this.#end()) return;
    const { status, header } = this.#head;
    const [first, ...others] = this.#chunks;
    const bytes = first !== undefined && others.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#resolve({ status, header, bytes });
  }

  #fail(error: unknown): void {
    if (this.#end()) this.#reject(error);
  }

  /** @returns false when it had ended before */
  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#request.cancellation.onCancel = undefined;
    return true;
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('cancelled', { cause: reason });
}
