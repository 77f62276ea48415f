import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** A time in which a process was ready to run and the machine had no processor for it; epoch ms. */
export interface Starvation {
  readonly fromMs: number;
  readonly toMs: number;
  /** As much of that time. What the process itself did with it is not in it. */
  readonly starvedMs: number;
}

const tickMs = 10;
/** Shorter times are usual. */
const leastMs = 25;

/**
 * Tells of each such time of this process, until it ends or that is no longer wanted.
 *
 * @param countsOwnWork tells of times too in which the process itself was busy, such as with its garbage
 * @returns ends it
 */
export function watchStarvation(
  onStarved: (starvation: Starvation) => void,
  { countsOwnWork = false } = {},
): () => void {
  let lastMs = performance.now();
  let lastUsage = process.cpuUsage();
  const ticking = setInterval(() => {
    const nowMs = performance.now();
    const { user, system } = process.cpuUsage(lastUsage);
    const starvedMs = nowMs - lastMs - tickMs - (countsOwnWork ? 0 : (user + system) / 1_000);
    if (starvedMs > leastMs - tickMs)
      onStarved({ fromMs: performance.timeOrigin + lastMs, toMs: performance.timeOrigin + nowMs, starvedMs });
    lastMs = nowMs;
    lastUsage = process.cpuUsage();
  }, tickMs).unref();
  return () => clearInterval(ticking);
}

const starvationForm = z.object({ fromMs: z.number(), toMs: z.number(), starvedMs: z.number() });

/** What a process wrote of its starvation, in lines `starved {…}`. */
export function readStarvation(output: string): Starvation[] {
  return [...output.matchAll(/^starved (.*)$/gm)].map(([, text = '']) =>
    starvationForm.parse(JSON.parse(text)),
  );
}

/** How long a process was starved between two moments, epoch ms. */
export function sumStarvation(starvations: readonly Starvation[], fromMs: number, toMs: number): number {
  return starvations.reduce((sum, each) => {
    const overlapMs = Math.min(toMs, each.toMs) - Math.max(fromMs, each.fromMs);
    return sum + Math.max(0, Math.min(overlapMs, each.starvedMs));
  }, 0);
}

/** How long a task takes in this process, less the time that the machine had no processor for it. */
export async function measure<T>(
  task: () => Promise<T>,
): Promise<{ readonly result: T; readonly durationMs: number }> {
  const starved: Starvation[] = [];
  const stop = watchStarvation((each) => void starved.push(each));
  const fromMs = performance.timeOrigin + performance.now();
  const result = await task();
  const toMs = performance.timeOrigin + performance.now();
  // The last time is told of by the tick after it.
  await sleep(2 * tickMs);
  stop();
  return { result, durationMs: toMs - fromMs - sumStarvation(starved, fromMs, toMs) };
}
