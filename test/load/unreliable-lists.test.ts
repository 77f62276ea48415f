import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { apiNames, type ApiName } from '../lists/support/listed-apis.ts';
import {
  arbitraryUnreliableWalk,
  findSilentLosses,
  startUnreliableLists,
} from '../lists/support/unreliable-lists.ts';

const walks = { undici: 3_000, fetch: 340 } as const;

const cases = apiNames.flatMap((api): [number, ApiName, keyof typeof walks][] => [
  [walks.undici, api, 'undici'],
  [walks.fetch, api, 'fetch'],
]);

describe('lists that are cut, repeated and changed', () => {
  it.each(cases)('%i walks over %s by %s lose no customer silently', async (numRuns, api, transport) => {
    const lists = await startUnreliableLists({ transport });
    let complete = 0;
    let told = 0;
    try {
      await fc.assert(
        fc.asyncProperty(arbitraryUnreliableWalk(api), async (plan) => {
          const result = await lists.walk(plan);
          expect(findSilentLosses(plan, result)).toEqual([]);
          if (result.isComplete) complete += 1;
          else told += 1;
        }),
        { numRuns, seed: 20_261_125 },
      );
    } finally {
      await lists.close();
    }
    expect(complete + told).toBe(numRuns);
    expect(complete).toBeGreaterThan(numRuns / 2);
  });
});
