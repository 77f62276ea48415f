import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until something is true that is looked at often.
 *
 * @returns how long it took, in ms
 * @throws Error after `mostMs`
 */
export async function waitUntil(isTrue: () => boolean | Promise<boolean>, mostMs = 20_000): Promise<number> {
  const startMs = performance.now();
  while (!(await isTrue())) {
    if (performance.now() - startMs > mostMs)
      throw new Error(`in ${mostMs} ms it did not come to be: ${String(isTrue)}`);
    await sleep(5);
  }
  return performance.now() - startMs;
}
