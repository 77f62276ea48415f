/** Keeps calls from a source that fails, and finds out when it is back. */
export interface Breaker {
  readonly state: BreakerState;
  /** When it came into this state, epoch ms. */
  readonly sinceMs: number;
  /** How long calls are refused from now on, in ms; 0 while they are let through. */
  refusedForMs(nowMs: number): number;
  /**
   * Lets a call through, or refuses it: undefined. The permit must be given back by one of its functions.
   */
  enter(nowMs: number): Permit | undefined;
}

/** `HALF_OPEN` lets a single call through, and no other until it is known whether the source is back. */
export type BreakerState = 'CLOSED' | 'OPEN' | 'HALF_OPEN';

export interface Permit {
  succeed(nowMs: number): void;
  fail(nowMs: number): void;
  /** The call was sent and given up before it told anything of the source. */
  giveUp(nowMs: number): void;
  /** The call was not sent. */
  cancel(): void;
}

export interface BreakerSettings {
  /** Opens when at least this share of the calls failed … */
  readonly failureRatio: number;
  /** … of at least so many … */
  readonly minCalls: number;
  /** … in the last so many seconds. */
  readonly windowSeconds: number;
  /** Refuses calls for so long, then lets one through. */
  readonly openSeconds: number;
}

/*
 * Libraries for this let callers wait for the probe of a half-open breaker; here they are answered at once, because
 * the probe may hang for as long as a call may.
 */
export function createBreaker(
  settings: BreakerSettings,
  onChange: (state: BreakerState) => void,
  startMs: number,
): Breaker {
  const recent = createWindow(settings.windowSeconds);
  let state: BreakerState = 'CLOSED';
  let sinceMs = startMs;
  let isProbing = false;

  function change(next: BreakerState, nowMs: number): void {
    state = next;
    sinceMs = nowMs;
    onChange(next);
  }

  function refusedForMs(nowMs: number): number {
    if (state === 'CLOSED') return 0;
    if (state === 'HALF_OPEN') return isProbing ? 1_000 : 0;
    const openMs = settings.openSeconds * 1_000;
    const leftMs = sinceMs + openMs - nowMs;
    // More is left than there was only when the clock was set back: it does not tell then how long it has been.
    return leftMs > openMs ? 0 : Math.max(0, leftMs);
  }

  function openIfFailing(nowMs: number): void {
    const { calls, failures } = recent.count(nowMs);
    if (state === 'CLOSED' && calls >= settings.minCalls && failures / calls >= settings.failureRatio)
      change('OPEN', nowMs);
  }

  function enterProbe(): Permit {
    isProbing = true;
    const end = (next: BreakerState) => (nowMs: number) => {
      isProbing = false;
      recent.clear();
      change(next, nowMs);
    };
    // One that was given up has burdened the source all the same: the next may come after another pause only.
    return {
      succeed: end('CLOSED'),
      fail: end('OPEN'),
      giveUp: end('OPEN'),
      cancel: () => void (isProbing = false),
    };
  }

  return {
    get state() {
      return state;
    },
    get sinceMs() {
      return sinceMs;
    },
    refusedForMs,
    enter(nowMs) {
      if (refusedForMs(nowMs) > 0) return undefined;
      if (state === 'OPEN') change('HALF_OPEN', nowMs);
      if (state === 'HALF_OPEN') return enterProbe();
      return {
        succeed: (endMs) => recent.add(endMs, false),
        fail(endMs) {
          recent.add(endMs, true);
          openIfFailing(endMs);
        },
        giveUp: () => {},
        cancel: () => {},
      };
    },
  };
}

/** Counts calls of the last seconds, by the second. */
function createWindow(seconds: number) {
  let buckets: { second: number; calls: number; failures: number }[] = [];
  return {
    add(nowMs: number, isFailure: boolean): void {
      const second = Math.floor(nowMs / 1_000);
      let bucket = buckets.at(-1);
      if (bucket === undefined || bucket.second !== second) {
        bucket = { second, calls: 0, failures: 0 };
        buckets.push(bucket);
      }
      bucket.calls += 1;
      if (isFailure) bucket.failures += 1;
    },
    count(nowMs: number): { calls: number; failures: number } {
      const first = Math.floor(nowMs / 1_000) - seconds + 1;
      buckets = buckets.filter(({ second }) => second >= first);
      return buckets.reduce(
        (sum, { calls, failures }) => ({ calls: sum.calls + calls, failures: sum.failures + failures }),
        {
          calls: 0,
          failures: 0,
        },
      );
    },
    clear(): void {
      buckets = [];
    },
  };
}
