import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { askCounted } from './support/calls.ts';

let api: RecordingServer;
let product: TestProduct;

beforeEach(async () => {
  api = await startStubServer((url) => ({
    body: { id: Number(url.pathname.split('/').at(-1)), name: 'Fossil' },
  }));
  product = await startTestProduct({ sage: entryFor.sage200(api.url) });
});

afterEach(async () => {
  await product.close();
  await api.close();
});

it.each([
  ['a field', 'contacts @include(if: $with) { name }'],
  ['an inline fragment', '... @include(if: $with) { contacts { name } }'],
  ['what a fragment holds', '...Rest', 'fragment Rest on Customer { contacts @include(if: $with) { name } }'],
])(
  '%s that a variable decides is read in one operation and not in the next',
  async (_what, field, more = '') => {
    const query = `query ($id: ID!, $with: Boolean!) { customer(id: $id) { name ${field} } } ${more}`;
    const calls: string[] = [];
    for (const [id, isWith] of [true, false, true, false].entries()) {
      const asked = await askCounted(product, api, query, { id: `sage:${id + 1}`, with: isWith });
      expect(asked.errors).toEqual([]);
      calls.push(...asked.calls);
    }
    expect(calls).toEqual([
      '/customers/1?$expand=contacts',
      '/customers/2',
      '/customers/3?$expand=contacts',
      '/customers/4',
    ]);
  },
);

it('two operations of one document each read their own', async () => {
  const query =
    'query A($id: ID!) { customer(id: $id) { contacts { name } } } query B($id: ID!) { customer(id: $id) { name } }';
  for (const [id, operationName] of ['A', 'B', 'A', 'B'].entries()) {
    const response = await fetch(`${product.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, operationName, variables: { id: `sage:${id + 1}` } }),
    });
    expect(response.status).toBe(200);
    await response.text();
  }
  expect(api.calls.map((call) => call.replace(/^.*(?=\/customers)/, ''))).toEqual([
    '/customers/1?$expand=contacts',
    '/customers/2',
    '/customers/3?$expand=contacts',
    '/customers/4',
  ]);
});
