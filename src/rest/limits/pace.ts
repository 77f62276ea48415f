/** A call that a source has not answered yet. */
export interface RunningCall {
  readonly startMs: number;
  /** Whether it counts when a source is found to be silent. */
  readonly isTelling: () => boolean;
}

/** How fast a source answers. Times are those of `performance.now()`. */
export interface Pace {
  start(isTelling: () => boolean): RunningCall;
  /** @param isAnswered whether the source answered, well or not, rather than nobody waiting any longer */
  end(call: RunningCall, isAnswered: boolean): void;
  /** Whether the source has ever answered. */
  readonly isKnown: boolean;
  /** Longer than this is abnormal for the source, in ms. */
  abnormalMs(): number;
  /** How long a call that gets one of `places` after `ahead` others takes to be answered, in ms; 0 where that is not known. */
  estimateMs(ahead: number, places: number): number;
}

export interface PaceOptions {
  /** A source is silent when it has answered nothing for so long, and for twice as long as its slowest recent answer … */
  readonly silenceMs: number;
  /** … while at least so many calls wait for it so long. */
  readonly minCalls: number;
  /** Called again and again while the source is silent. */
  readonly onSilence: () => void;
}

const checkEveryMs = 200;

/** The slowest answer is that of this time and the same before it. */
const periodMs = 60_000;

export function createPace({ silenceMs, minCalls, onSilence }: PaceOptions): Pace {
  /** In the order of their start. */
  const running = new Set<RunningCall>();
  let answeredAtMs = Number.NEGATIVE_INFINITY;
  let usualMs = 0;
  let slowest = { sinceMs: 0, nowMs: 0, beforeMs: 0 };
  /** How long answers were waited for since the last one, while there were calls enough to tell. */
  let silentMs = 0;
  let checkedAtMs = 0;
  let timer: NodeJS.Timeout | undefined;

  function learn(durationMs: number, atMs: number): void {
    usualMs = usualMs === 0 ? durationMs : usualMs + (durationMs - usualMs) / 8;
    if (atMs - slowest.sinceMs >= periodMs) slowest = { sinceMs: atMs, nowMs: 0, beforeMs: slowest.nowMs };
    slowest.nowMs = Math.max(slowest.nowMs, durationMs);
    answeredAtMs = atMs;
    silentMs = 0;
  }

  const abnormalMs = () => Math.max(silenceMs, 2 * slowest.nowMs, 2 * slowest.beforeMs);

  function countWaiting(sinceMs: number): number {
    let count = 0;
    for (const call of running) {
      if (call.startMs > sinceMs) break;
      if (call.isTelling()) count += 1;
    }
    return count;
  }

  function watch(): void {
    timer = undefined;
    if (running.size < minCalls) return;
    const nowMs = performance.now();
    // While this process is held up it hears nothing, whatever the source says.
    silentMs += Math.min(nowMs - checkedAtMs, 2 * checkEveryMs);
    checkedAtMs = nowMs;
    if (silentMs >= abnormalMs() && countWaiting(nowMs - abnormalMs()) >= minCalls) onSilence();
    timer = setTimeout(watch, checkEveryMs).unref();
  }

  function startWatching(): void {
    silentMs = 0;
    checkedAtMs = performance.now();
    timer = setTimeout(watch, checkEveryMs).unref();
  }

  return {
    start(isTelling) {
      const call = { startMs: performance.now(), isTelling };
      running.add(call);
      if (timer === undefined && running.size >= minCalls) startWatching();
      return call;
    },
    end(call, isAnswered) {
      running.delete(call);
      const nowMs = performance.now();
      if (isAnswered) learn(nowMs - call.startMs, nowMs);
    },
    get isKnown() {
      return usualMs > 0;
    },
    abnormalMs,
    estimateMs(ahead, places) {
      const [oldest] = running;
      const waitedMs = oldest === undefined ? 0 : performance.now() - Math.max(answeredAtMs, oldest.startMs);
      return ((ahead + 1) * Math.max(usualMs, waitedMs)) / places + usualMs;
    },
  };
}
