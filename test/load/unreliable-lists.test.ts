import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startUnreliableLists } from '../lists/support/unreliable-lists.ts';
import {
  arbitraryPlan,
  findSilentLosses,
  readerNames,
  type Reader,
} from '../lists/support/unreliable-plans.ts';

const readings = { undici: 720, fetch: 80 } as const;

const cases = readerNames.flatMap((reader): [number, Reader, keyof typeof readings][] => [
  [readings.undici, reader, 'undici'],
  [readings.fetch, reader, 'fetch'],
]);

describe('lists that are cut, repeated, skipped and changed', () => {
  it.each(cases)('%i readings of %s by %s lose nothing silently', async (numRuns, reader, transport) => {
    const lists = await startUnreliableLists({ transport });
    let complete = 0;
    try {
      await fc.assert(
        fc.asyncProperty(arbitraryPlan(reader), async (plan) => {
          const result = await lists.read(plan);
          expect(findSilentLosses(plan, result)).toEqual([]);
          if (result.isComplete) complete += 1;
        }),
        // The same readings each time.
        { numRuns, seed: 20_261_125 },
      );
    } finally {
      await lists.close();
    }
    expect(complete).toBeGreaterThan(numRuns / 5);
  });
});
