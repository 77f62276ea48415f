import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createEntries } from '../graph/support/stub-graph.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import {
  arbitraryWalk,
  findFaults,
  startChangingLists,
  type ChangingLists,
} from './support/changing-lists.ts';
import { apiNames, type ApiName } from './support/listed-apis.ts';

let lists: ChangingLists;

beforeAll(async () => {
  lists = await startChangingLists();
});

afterAll(() => lists.stub.close());

const cases: [string, readonly ApiName[], string][] = [
  ...apiNames.map((name): [string, readonly ApiName[], string] => [name, [name], 'undici']),
  ['three sources', apiNames, 'fetch'],
];

describe.each(cases)('a walk over %s', (_what, sources, transport) => {
  let product: TestProduct;

  beforeAll(async () => {
    product = await startTestProduct(
      createEntries(lists.stub.url, { transport, breaker: { minCalls: 1_000 } }),
    );
  });

  afterAll(() => product.close());

  it('comes past every customer that stays, and past none twice, whatever comes and goes meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryWalk(sources), async (walk) => {
        expect(findFaults(await lists.walk(product, walk))).toEqual([]);
      }),
      // The same walks each time.
      { numRuns: 100, seed: 1 },
    );
  }, 120_000);
});
