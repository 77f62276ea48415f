import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createEntries } from '../graph/support/stub-graph.ts';
import {
  arbitraryWalk,
  findFaults,
  startChangingLists,
  type ChangingLists,
} from '../lists/support/changing-lists.ts';
import type { ApiName } from '../lists/support/listed-apis.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';

let lists: ChangingLists;
let product: TestProduct;

beforeAll(async () => {
  lists = await startChangingLists();
  product = await startTestProduct(createEntries(lists.stub.url, { breaker: { minCalls: 1_000 } }));
});

afterAll(async () => {
  await product.close();
  await lists.stub.close();
});

// Not CRO: see the limits of its list in docs/providers/cro.md.
const cases: [string, readonly ApiName[]][] = [
  ['elevate', ['elevate']],
  ['sage200', ['sage200']],
];

it.each(cases)(
  '1,000 walks over %s come past every customer that stays, and past none twice',
  async (_what, sources) => {
    let lost = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryWalk(sources, { maxRows: 450, maxChanged: 150 }), async (walk) => {
        const result = await lists.walk(product, walk);
        expect(findFaults(result)).toEqual([]);
        lost += result.lost.length;
      }),
      // The same walks each time.
      { numRuns: 1_000, seed: 1 },
    );
    // Only where a list has no order, and all that marked the place is gone.
    expect(lost).toBeLessThan(200);
  },
  600_000,
);
