import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { expectNoInternalErrors, startFuzzedProduct, type FuzzedProduct } from './support/upstream-fuzz.ts';

let fuzzed: FuzzedProduct;

beforeAll(async () => {
  fuzzed = await startFuzzedProduct();
});

afterAll(() => fuzzed.close());

it('whatever sources send is told as theirs', async () => {
  expect(await expectNoInternalErrors(fuzzed, { numRuns: 150, seed: 20_261_125 })).toBe(150);
});
