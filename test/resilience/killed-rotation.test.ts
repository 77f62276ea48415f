import { expect, it } from '@jest/globals';
import { killDuringRotations } from './support/killed-rotation.ts';

/** A few of the kills of test/load: from when the endpoint has rotated to well after its answer. */
const delayMs = (random: () => number) => random() * 60;

it('a process killed while its tokens are rotated leaves a working token, where the endpoint has a grace period', async () => {
  const report = await killDuringRotations({ kills: 4, hasGrace: true, delayMs, seed: 1 });
  expect(report).toEqual({ kills: 4, lost: 0, lostLate: 0 });
});
