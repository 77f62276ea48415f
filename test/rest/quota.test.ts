import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createQuota } from '../../src/rest/limits/rate-limit.ts';

const startMs = 1_000_000;

describe('a quota', () => {
  it('that is not set never waits', () => {
    const quota = createQuota(undefined, startMs);
    for (let count = 0; count < 1_000; count += 1)
      expect(quota.take(startMs, 0)).toEqual({ waitMs: 0, isRefused: false });
  });

  it('lets its calls through at once and the next as they come back', () => {
    const quota = createQuota({ calls: 2, perMs: 1_000 }, startMs);
    const waits = Array.from({ length: 5 }, () => quota.take(startMs, 10_000).waitMs);
    expect(waits).toEqual([0, 0, 500, 1_000, 1_500]);
  });

  it('does not gather more than its calls in a quiet time', () => {
    const quota = createQuota({ calls: 2, perMs: 1_000 }, startMs);
    const waits = Array.from({ length: 3 }, () => quota.take(startMs + 3_600_000, 10_000).waitMs);
    expect(waits).toEqual([0, 0, 500]);
  });

  it('refuses what would have to wait too long, and reserves nothing for it', () => {
    const quota = createQuota({ calls: 1, perMs: 10_000 }, startMs);
    expect(quota.take(startMs, 0)).toEqual({ waitMs: 0, isRefused: false });
    for (let count = 0; count < 100; count += 1)
      expect(quota.take(startMs, 9_999)).toEqual({ waitMs: 10_000, isRefused: true });
    expect(quota.take(startMs, 10_000)).toEqual({ waitMs: 10_000, isRefused: false });
  });

  it('takes back a call that was not made', () => {
    const quota = createQuota({ calls: 1, perMs: 10_000 }, startMs);
    quota.take(startMs, 0);
    quota.giveBack();
    expect(quota.take(startMs, 0)).toEqual({ waitMs: 0, isRefused: false });
  });

  it('takes back no more than it has given', () => {
    const quota = createQuota({ calls: 1, perMs: 10_000 }, startMs);
    for (let count = 0; count < 5; count += 1) quota.giveBack();
    expect(quota.take(startMs, 0).isRefused).toBe(false);
    expect(quota.take(startMs, 0).isRefused).toBe(true);
  });

  it('does not take the clock at its word when that is set back', () => {
    const quota = createQuota({ calls: 10, perMs: 10_000 }, startMs);
    quota.take(startMs, 0);
    expect(quota.take(startMs - 3_600_000, 0)).toEqual({ waitMs: 0, isRefused: false });
  });
});

const settings = fc.record({
  calls: fc.integer({ min: 1, max: 20 }),
  perMs: fc.integer({ min: 1_000, max: 60_000 }),
});
const wishes = fc.array(
  fc.record({
    pauseMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2_000 })),
    maxWaitMs: fc.integer({ min: 0, max: 30_000 }),
  }),
  { minLength: 1, maxLength: 200 },
);

describe('in every random schedule a quota', () => {
  /*
   * The bucket is full when a window begins and fills again while it lasts, so a window of any length holds its calls
   * and what came back in that time.
   */
  it('never lets more than its calls through in a window, and what comes back in it', () => {
    fc.assert(
      fc.property(settings, wishes, ({ calls, perMs }, schedule) => {
        const quota = createQuota({ calls, perMs }, startMs);
        const callsPerMs = calls / perMs;
        const madeAt: number[] = [];
        let nowMs = startMs;
        for (const { pauseMs, maxWaitMs } of schedule) {
          nowMs += pauseMs;
          const { waitMs, isRefused } = quota.take(nowMs, maxWaitMs);
          if (!isRefused) madeAt.push(nowMs + waitMs);
        }
        madeAt.sort((a, b) => a - b);
        for (const [index, firstMs] of madeAt.entries()) {
          for (const [count, lastMs] of madeAt.slice(index).entries()) {
            // Waits are whole ms: two calls can come together by one.
            expect(count + 1).toBeLessThanOrEqual(calls + (lastMs - firstMs + 1) * callsPerMs + 1e-6);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('refuses only what would wait longer than allowed, and is right about how long', () => {
    fc.assert(
      fc.property(settings, wishes, (options, schedule) => {
        const quota = createQuota(options, startMs);
        let nowMs = startMs;
        for (const { pauseMs, maxWaitMs } of schedule) {
          nowMs += pauseMs;
          const { waitMs, isRefused } = quota.take(nowMs, maxWaitMs);
          expect(isRefused).toBe(waitMs > maxWaitMs);
          if (!isRefused) continue;
          // Waits are whole ms.
          nowMs += waitMs + 1;
          expect(quota.take(nowMs, 0)).toEqual({ waitMs: 0, isRefused: false });
        }
      }),
      { numRuns: 300 },
    );
  });
});
