/** The share that the newest interval has in the average. */
const newestShare = 1 / 8;

/** An interval counts as at most so many times the average: a single pause of the process is not a trend. */
const mostTimes = 4;

/** How quickly operations begin, as far as it depends on the processor. */
export interface StartPace {
  /** One waits for the processor, and for nothing else. */
  noteWaiting(): void;
  /** None does any more. */
  noteIdle(): void;
  /** One begins. @param doOthersWait whether others wait for the processor still */
  noteStart(doOthersWait: boolean): void;
  /** How long one would wait before which so many others begin, in ms. */
  estimateMs(others: number): number;
}

export function createStartPace(): StartPace {
  let intervalMs = 1;
  let waitingSinceMs: number | undefined;

  return {
    noteWaiting: () => void (waitingSinceMs ??= performance.now()),
    noteIdle: () => void (waitingSinceMs = undefined),
    noteStart(doOthersWait) {
      const nowMs = performance.now();
      const sampleMs = Math.min(nowMs - (waitingSinceMs ?? nowMs), mostTimes * intervalMs);
      intervalMs = Math.max(0.01, intervalMs + (sampleMs - intervalMs) * newestShare);
      waitingSinceMs = doOthersWait ? nowMs : undefined;
    },
    estimateMs(others) {
      const pauseMs = waitingSinceMs === undefined ? 0 : performance.now() - waitingSinceMs;
      return Math.max(pauseMs, intervalMs) + others * intervalMs;
    },
  };
}
