/** Remembers that something failed, so that not everybody tries it again at once. */
export interface BackOff {
  /** The failure that holds at present; undefined when another attempt may be made. */
  current(): HeldFailure | undefined;
  /** @param pauseMs how long it holds; without it longer after each failure, at random by a fifth */
  failed(error: Error, pauseMs?: number): void;
  succeeded(): void;
}

export interface HeldFailure {
  readonly error: Error;
  /** Until another attempt may be made. */
  readonly leftMs: number;
}

export interface BackOffSettings {
  readonly firstMs: number;
  readonly mostMs: number;
}

export function createBackOff({ firstMs, mostMs }: BackOffSettings): BackOff {
  let failure: { readonly error: Error; readonly untilMs: number } | undefined;
  let failures = 0;
  return {
    current() {
      if (failure === undefined) return undefined;
      // A clock that cannot be set back.
      const leftMs = failure.untilMs - performance.now();
      return leftMs > 0 ? { error: failure.error, leftMs } : undefined;
    },
    failed(error, pauseMs) {
      const growingMs = Math.min(firstMs * 2 ** failures, mostMs);
      failures += 1;
      // Processes that failed together shall not come back together.
      const chosenMs = pauseMs ?? growingMs * (0.8 + Math.random() * 0.4);
      failure = { error, untilMs: performance.now() + chosenMs };
    },
    succeeded() {
      failure = undefined;
      failures = 0;
    },
  };
}
