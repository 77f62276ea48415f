/** Starts are counted over at least so much time in which some operation always waits. */
const sliceMs = 50;

/** The share that the newest slice has in the average. */
const newestShare = 0.5;

/** A slice counts as at most so many times the average: a single pause of the process is not a trend. */
const mostTimes = 4;

/** A pause counts when so many turns of the loop were full of other work; during a single long one nothing else goes on. */
const fullTurns = 8;

/** Operations have waited for so long without a break when more arrives than can be worked on: it is no burst. */
const standingMs = 500;

/** How quickly operations begin, as far as it depends on the processor. */
export interface StartPace {
  /** One waits for the processor, and for nothing else. */
  noteWaiting(): void;
  /** None does any more. */
  noteIdle(): void;
  /** A turn of the event loop was full of work. */
  noteFullTurn(): void;
  /** One begins, of which others may wait still. */
  noteStart(): void;
  /** Whether there have been operations that wait for longer than a burst takes. */
  readonly isStanding: boolean;
  /** How long one would wait before which so many others begin, in ms. */
  estimateMs(others: number): number;
}

/**
 * The pace is that of times in which operations wait: while there is none, one begins as soon as it comes, and that says
 * nothing of how many could.
 */
export function createStartPace(): StartPace {
  let intervalMs = 1;
  /** Since when there has always been one that waits. */
  let busySinceMs: number | undefined;
  let slice = { sinceMs: 0, starts: 0 };
  let lastStartMs = 0;
  let turnsSinceStart = 0;

  function endSlice(nowMs: number): void {
    const sampleMs = Math.min((nowMs - slice.sinceMs) / slice.starts, mostTimes * intervalMs);
    intervalMs = Math.max(0.01, intervalMs + (sampleMs - intervalMs) * newestShare);
    slice = { sinceMs: nowMs, starts: 0 };
  }

  return {
    noteWaiting() {
      if (busySinceMs !== undefined) return;
      busySinceMs = performance.now();
      slice = { sinceMs: busySinceMs, starts: 0 };
      lastStartMs = busySinceMs;
      turnsSinceStart = 0;
    },
    noteIdle: () => void (busySinceMs = undefined),
    noteFullTurn: () => void (turnsSinceStart += 1),
    noteStart() {
      turnsSinceStart = 0;
      lastStartMs = performance.now();
      slice.starts += 1;
      if (lastStartMs - slice.sinceMs > sliceMs) endSlice(lastStartMs);
    },
    get isStanding() {
      return busySinceMs !== undefined && performance.now() - busySinceMs > standingMs;
    },
    estimateMs(others) {
      const isPaused = busySinceMs !== undefined && turnsSinceStart >= fullTurns;
      return others * intervalMs + (isPaused ? performance.now() - lastStartMs : 0);
    },
  };
}
