import { describe, expect, it } from '@jest/globals';
import { killDuringRotations } from '../resilience/support/killed-rotation.ts';

/** From when the endpoint has rotated; it answers 20 ms later. */
const around = (random: () => number) => random() * 60;
const longAfter = (random: () => number) => 600 + random() * 100;

describe('a process killed while its tokens are rotated', () => {
  it('leaves a working token where the endpoint has a grace period, 40 times', async () => {
    const report = await killDuringRotations({ kills: 40, hasGrace: true, delayMs: around, seed: 2 });
    expect(report).toEqual({ kills: 40, lost: 0, lostLate: 0 });
  });

  it('loses it only in the gap where the endpoint has none, 40 times', async () => {
    const report = await killDuringRotations({ kills: 40, hasGrace: false, delayMs: around, seed: 3 });
    process.stdout.write(
      `killed within 40 ms of the answer of an endpoint without a grace period: ${report.lost} of 40 sign-ins lost\n`,
    );
    expect(report.lostLate).toBe(0);
  });

  it('leaves a working token when the answer has arrived, with a grace period or without, 8 times', async () => {
    const report = await killDuringRotations({ kills: 8, hasGrace: false, delayMs: longAfter, seed: 4 });
    expect(report.lost).toBe(0);
  });
});
