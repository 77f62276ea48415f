import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { apiNames } from './support/listed-apis.ts';
import {
  arbitraryUnreliableWalk,
  findSilentLosses,
  startUnreliableLists,
  type UnreliableLists,
} from './support/unreliable-lists.ts';

let lists: UnreliableLists;
/** Walks by how they ended. */
let complete = 0;
let told = 0;

beforeAll(async () => {
  lists = await startUnreliableLists();
});

afterAll(() => lists.close());

it.each(apiNames)(
  'a walk over %s loses no customer without saying so where pages are cut, repeated and changed',
  async (api) => {
    await fc.assert(
      fc.asyncProperty(arbitraryUnreliableWalk(api), async (plan) => {
        const result = await lists.walk(plan);
        expect(findSilentLosses(plan, result)).toEqual([]);
        if (result.isComplete) complete += 1;
        else told += 1;
      }),
      // The same walks each time.
      { numRuns: 150, seed: 20_261_125 },
    );
  },
  120_000,
);

it('walks end both ways: complete, and told why not', () => {
  expect(complete).toBeGreaterThan(0);
  expect(told).toBeGreaterThan(0);
});
