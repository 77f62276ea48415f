/** Keeps calls from a source that fails, and finds out when it is back. */
export interface Breaker {
  readonly state: BreakerState;
  /** When it came into this state, epoch ms. */
  readonly sinceMs: number;
  /** How long calls are refused from now on, in ms; 0 while they are let through. */
  refusedForMs(nowMs: number): number;
  /** Lets a call through, or refuses it: undefined. The permit must be given back by one of its functions. */
  enter(nowMs: number): Permit | undefined;
  /** Opens a closed breaker, whatever recent calls came to. */
  trip(nowMs: number): void;
}

/** `HALF_OPEN` lets a single call through, and no other until it is known whether the source is back. */
export type BreakerState = 'CLOSED' | 'OPEN' | 'HALF_OPEN';

export interface Permit {
  /** Whether the call is the one that finds out whether the source is back. */
  readonly isProbe: boolean;
  succeed(nowMs: number): void;
  fail(nowMs: number): void;
  /** Nobody waits for the call any longer. It may still succeed or fail. */
  giveUp(nowMs: number): void;
  /** The call was not sent. */
  cancel(): void;
}

export interface BreakerSettings {
  /** Opens when at least this share of the calls failed … */
  readonly failureRatio: number;
  /** … of at least so many, and of five times as many at most … */
  readonly minCalls: number;
  /** … in the last so many ms. */
  readonly windowMs: number;
  /** Refuses calls for so long, then lets one through. */
  readonly openMs: number;
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
  let state: BreakerState = 'CLOSED';
  let sinceMs = startMs;
  let isProbing = false;
  let permit = createPermit();

  function change(next: BreakerState, nowMs: number): void {
    state = next;
    sinceMs = nowMs;
    isProbing = false;
    if (next === 'CLOSED') permit = createPermit();
    onChange(next);
  }

  function refusedForMs(nowMs: number): number {
    if (state === 'CLOSED') return 0;
    if (state === 'HALF_OPEN') return isProbing ? 1_000 : 0;
    const leftMs = sinceMs + settings.openMs - nowMs;
    // More is left than there was only when the clock was set back: it does not tell then how long it has been.
    return leftMs > settings.openMs ? 0 : Math.max(0, leftMs);
  }

  /** Of all calls while the breaker is closed. What those before that period come to is of no interest after it. */
  function createPermit(): Permit {
    const recent = createWindow(settings);
    const nothing = () => {};
    const own: Permit = {
      isProbe: false,
      succeed: (nowMs) => recent.add(nowMs, false),
      fail(nowMs) {
        recent.add(nowMs, true);
        const { calls, failures } = recent.count(nowMs);
        if (calls >= settings.minCalls && failures / calls >= settings.failureRatio && own === permit)
          trip(nowMs);
      },
      giveUp: nothing,
      cancel: nothing,
    };
    return own;
  }

  function createProbe(): Permit {
    isProbing = true;
    let hasEnded = false;
    const end = (next: BreakerState) => (nowMs: number) => {
      if (!hasEnded && state !== 'CLOSED') change(next, nowMs);
      hasEnded = true;
    };
    return {
      isProbe: true,
      succeed: end('CLOSED'),
      fail: end('OPEN'),
      // The source has the call all the same: the next one may come after another pause only.
      giveUp: (nowMs) => void (hasEnded || state !== 'HALF_OPEN' || change('OPEN', nowMs)),
      cancel() {
        hasEnded = true;
        if (state === 'HALF_OPEN') isProbing = false;
      },
    };
  }

  function trip(nowMs: number): void {
    if (state === 'CLOSED') change('OPEN', nowMs);
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
      return state === 'HALF_OPEN' ? createProbe() : permit;
    },
    trip,
  };
}

/** A window is a row of so many slices; the oldest is dropped as a whole. */
const slices = 10;

interface Slice {
  readonly startMs: number;
  calls: number;
  failures: number;
}

/**
 * Counts the latest calls: those of the last `windowMs`, and of them five times `minCalls`, so that calls which went well
 * before a failure do not hide it.
 */
function createWindow({ windowMs, minCalls }: BreakerSettings) {
  const sliceCalls = Math.ceil((5 * minCalls) / slices);
  let row: Slice[] = [];
  return {
    add(nowMs: number, isFailure: boolean): void {
      let slice = row.at(-1);
      const isOver =
        slice === undefined ||
        slice.calls >= sliceCalls ||
        Math.abs(nowMs - slice.startMs) >= windowMs / slices;
      if (slice === undefined || isOver) {
        slice = { startMs: nowMs, calls: 0, failures: 0 };
        row.push(slice);
        if (row.length > slices) row.shift();
      }
      slice.calls += 1;
      if (isFailure) slice.failures += 1;
    },
    count(nowMs: number): { calls: number; failures: number } {
      row = row.filter(({ startMs }) => nowMs - startMs < windowMs);
      const sum = { calls: 0, failures: 0 };
      for (const { calls, failures } of row) {
        sum.calls += calls;
        sum.failures += failures;
      }
      return sum;
    },
  };
}
