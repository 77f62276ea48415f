import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { pageOf } from '../support/page-of.ts';
import { entryFor } from '../support/sources.ts';
import { askCounted, isLookBehind } from './support/calls.ts';
import { sage200Customer } from './support/sage200-customer.ts';

/** Where a customer has a reference, the collection of the record that it leads to, and a field that only the record has. */
const references: readonly (readonly [field: string, inner: string, collection: string, other?: string])[] = [
  ['currency', '', 'currencies'],
  ['priceBand', '', 'price_bands'],
  ['credit', 'position', 'credit_positions'],
  ['credit', 'bureau', 'credit_bureaus'],
  ['credit', 'financeCharge', 'finance_charges', 'createdAt'],
  ['tax', 'country', 'country_codes'],
  ['tax', 'defaultCode', 'tax_codes'],
  ['discounts', 'group', 'customer_discount_groups'],
  ['discounts', 'orderValueDiscount', 'order_value_discounts'],
  ['defaultNominalAccount', 'nominalCode', 'nominal_codes'],
  ['mainAddress', 'addressCountry', 'country_codes'],
  ['contacts', 'salutation', 'salutations', 'createdAt'],
  ['contacts { roles', 'role', 'trader_contact_roles'],
  ['limitedPriceBands', 'priceBand', 'price_bands'],
];

let api: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  api = await startStubServer((url) => {
    const { pathname } = url;
    if (pathname.endsWith('/customers/1')) return { body: sage200Customer };
    // Sent along with the customer, as some sites do.
    if (pathname.endsWith('/customers/2'))
      return {
        body: { ...sage200Customer, id: 2, currency: { id: 4, name: 'Euro', currency_iso_code_id: 3 } },
      };
    const record = { id: 3, name: 'Third', code: 'C' };
    return { body: pathname.endsWith('/3') ? record : pageOf(url, [record]) };
  });
  product = await startTestProduct({ sage: entryFor.sage200(api.url, { cache: { lookupsSeconds: 0 } }) });
});

afterAll(async () => {
  await product.close();
  await api.close();
});

function ask(selection: string, id = 'sage:1') {
  return askCounted(product, api, `{ customer(id: "${id}") { ... on Sage200Customer { ${selection} } } }`);
}

function select(field: string, inner: string, fields: string): string {
  const closed = '}'.repeat(field.split('{').length);
  return inner === '' ? `${field} { ${fields} }` : `${field} { ${inner} { ${fields} } ${closed}`;
}

describe.each(references)('%s %s', (field, inner, collection, other = 'name') => {
  it(`takes no call to ${collection} for its id`, async () => {
    const { data, errors, calls } = await ask(select(field, inner, '__typename id nativeId'));
    expect(errors).toEqual([]);
    expect(calls).toEqual([expect.stringMatching(/^\/customers\/1/)]);
    expect(JSON.stringify(data)).toMatch(/"id":"sage:[a-z-]+:3","nativeId":"3"/);
  });

  it(`takes one call to ${collection} for more than that, and once another to learn the length of its pages`, async () => {
    const usual = [
      expect.stringMatching(/^\/customers\/1/),
      expect.stringMatching(new RegExp(`^/${collection}[/?]`)),
    ];
    const first = await ask(select(field, inner, `id ${other}`));
    expect(first.errors).toEqual([]);
    expect(first.calls.filter((call) => !isLookBehind(call))).toEqual(usual);
    expect(first.calls.filter(isLookBehind).length).toBeLessThanOrEqual(1);
    expect(await ask(select(field, inner, `id ${other}`))).toEqual({ ...first, calls: usual });
  });
});

it('takes no calls for a lookup within a lookup by its id', async () => {
  const { data, calls, errors } = await ask('currency { name isoCode { nativeId } }', 'sage:2');
  expect(errors).toEqual([]);
  expect(data['customer']).toEqual({ currency: { name: 'Euro', isoCode: { nativeId: '3' } } });
  expect(calls).toEqual(['/customers/2']);
});

it('takes a call for the code of a country, which is no id', async () => {
  await ask('mainAddress { countryCode }');
  const { data, calls } = await ask('mainAddress { countryCode }');
  expect(data['customer']).toEqual({ mainAddress: { countryCode: 'C' } });
  expect(calls).toEqual(['/customers/1?$expand=main_address', expect.stringMatching(/^\/country_codes\?/)]);
});
