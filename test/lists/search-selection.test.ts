import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { pageOf } from '../support/page-of.ts';
import { entryFor } from '../support/sources.ts';

/** The second is found by its contact, the third by its address. */
const customers = [
  { id: 1, name: 'Harbour N1 1AA', contacts: [], main_address: { postcode: 'E1 1AA' } },
  {
    id: 2,
    name: 'Harbour Lane',
    contacts: [{ id: 5, default_email: 'harbour@example.com' }],
    main_address: {},
  },
  { id: 3, name: 'Quay', contacts: [], main_address: { postcode: 'N1 1AA' } },
];

let api: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  api = await startStubServer((url) => {
    const expanded = (url.searchParams.get('$expand') ?? '').split(',');
    const show = (name: string, value: unknown, empty: unknown) => ({
      [name]: expanded.includes(name) ? value : empty,
    });
    const rows = customers.map(({ id, name, contacts, main_address: address }) => ({
      id,
      name,
      ...show('contacts', contacts, []),
      ...show('main_address', address, {}),
    }));
    return { body: pageOf(url, rows) };
  });
  product = await startTestProduct({ sage: entryFor.sage200(api.url) });
});

beforeEach(() => void api.calls.splice(0));

afterAll(async () => {
  await product.close();
  await api.close();
});

async function search(text: string, selection: string): Promise<string> {
  const query = `query ($text: String!) { search(text: $text) { edges { score matchedField node { id } } nodes { id ${selection} } } }`;
  const { data, errors } = await product.query(query, { variables: { text } });
  expect(errors).toEqual([]);
  return JSON.stringify(Object.entries(Object(data['search'])).find(([name]) => name === 'edges')?.[1]);
}

it.each([
  ['harbour@example.com', { score: 1, matchedField: 'EMAIL', node: { id: 'sage:2' } }],
  ['N1 1AA', { score: 1, matchedField: 'POSTCODE', node: { id: 'sage:3' } }],
])('finds the same by "%s", with the same scores, whatever is selected', async (text, best) => {
  const bare = await search(text, '');
  expect(JSON.parse(bare)[0]).toEqual(best);
  expect(await search(text, 'contacts { emailAddresses }')).toBe(bare);
  expect(await search(text, 'addresses { postcode } contacts { name }')).toBe(bare);
  expect(new Set(api.calls.map((call) => call.split('$expand=')[1]))).toEqual(
    new Set(['main_address,contacts']),
  );
});

it('lists customers with no more than is selected', async () => {
  await product.query('{ customers(first: 2) { nodes { id } } }');
  expect(api.calls).toEqual([expect.not.stringContaining('$expand')]);
});
