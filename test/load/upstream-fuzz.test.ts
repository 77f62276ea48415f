import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  expectNoInternalErrors,
  startFuzzedProduct,
  type FuzzedProduct,
} from '../resilience/support/upstream-fuzz.ts';

const durationMs = 60_000;

let fuzzed: FuzzedProduct;

beforeAll(async () => {
  fuzzed = await startFuzzedProduct();
});

afterAll(() => fuzzed.close());

it('whatever sources send for a minute is told as theirs', async () => {
  const asked = await expectNoInternalErrors(fuzzed, {
    seed: 7,
    numRuns: Infinity,
    interruptAfterTimeLimit: durationMs,
  });
  console.log(`${asked} operations on sources that sent anything`);
  expect(asked).toBeGreaterThan(100);
});
