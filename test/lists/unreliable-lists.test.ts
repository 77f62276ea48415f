import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startUnreliableLists, type UnreliableLists } from './support/unreliable-lists.ts';
import { arbitraryPlan, findSilentLosses, readerNames } from './support/unreliable-plans.ts';

let lists: UnreliableLists;
/** Readings by how they ended. */
let complete = 0;
let told = 0;

beforeAll(async () => {
  lists = await startUnreliableLists();
});

afterAll(() => lists.close());

/** The same readings each time. */
const seed = 20_261_125;

describe.each(readerNames)('%s', (reader) => {
  it('are all there, however small the pages are that an honest source sends', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryPlan(reader, true), async (plan) => {
        expect(findSilentLosses(plan, await lists.read(plan))).toEqual([]);
      }),
      { numRuns: 30, seed },
    );
  }, 120_000);

  it('are not lost without a word where pages are cut, repeated, skipped and changed', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryPlan(reader), async (plan) => {
        const result = await lists.read(plan);
        expect(findSilentLosses(plan, result)).toEqual([]);
        if (result.isComplete) complete += 1;
        else told += 1;
      }),
      { numRuns: 40, seed },
    );
  }, 120_000);
});

it('readings end both ways: complete, and told why not', () => {
  expect(complete).toBeGreaterThan(0);
  expect(told).toBeGreaterThan(0);
});
