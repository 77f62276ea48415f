import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startRecordedSandbox, type RecordedApi } from '../support/sources.ts';
import { askCounted, filterRange, idRange, isLookBehind } from './support/calls.ts';

let sandbox: Readonly<Record<string, RecordedApi>>;
let sage: RecordedApi;
let product: TestProduct;

beforeAll(async () => {
  const apis = await startRecordedSandbox();
  sandbox = apis;
  sage = apis.sage200;
  product = await startTestProduct({ sage: sage.source });
});

afterAll(async () => {
  await product.close();
  await Promise.all(Object.values(sandbox).map((api) => api.close()));
});

function ask(selection: string, ids: readonly string[], on = product) {
  const query = `query ($ids: [ID!]!) { customersByIds(ids: $ids) { nativeId ... on Sage200Customer { ${selection} } } }`;
  return askCounted(on, sage, query, { ids });
}

function customersCall(from: number, to: number): string {
  return `/customers?$filter=${filterRange('id', from, to)}`;
}

const wholeList = '?$orderby=id asc&$top=5000';

describe('lookups of 50 customers', () => {
  const selection = `
    currencyId currency { nativeId name }
    tax { countryId country { nativeId code } defaultCodeId defaultCode { nativeId rate } }
    priceBandId priceBand { nativeId name }
  `;
  const customerCalls = [customersCall(1, 20), customersCall(21, 40), customersCall(41, 50)];

  const collections = ['country_codes', 'currencies', 'price_bands', 'tax_codes'];

  it('take 3 calls for the customers and 1 for each collection, at first 2, and no more until they are stale', async () => {
    const fresh = await startTestProduct({ sage: sage.source });
    const first = await ask(selection, idRange('sage', 1, 50), fresh);
    expect(first.errors).toEqual([]);
    const lists = [...customerCalls, ...collections.map((name) => `/${name}${wholeList}`)].toSorted();
    expect(first.calls.filter((call) => !isLookBehind(call)).toSorted()).toEqual(lists);
    expect(first.calls.filter(isLookBehind).toSorted()).toEqual(
      collections.map((name) => expect.stringMatching(new RegExp(`^/${name}[?].*[$]skip=`))),
    );
    const uncached = await startTestProduct({ sage: { ...sage.source, cache: { lookupsSeconds: 0 } } });
    await ask(selection, idRange('sage', 1, 50), uncached);
    expect((await ask(selection, idRange('sage', 1, 50), uncached)).calls.toSorted()).toEqual(lists);
    await uncached.close();
    const second = await ask(selection, idRange('sage', 1, 50), fresh);
    expect(second.calls.toSorted()).toEqual(customerCalls.toSorted());
    expect(second.data).toEqual(first.data);
    const third = await ask(selection, idRange('sage', 101, 120), fresh);
    expect(third.calls).toEqual([customersCall(101, 120)]);
    await fresh.close();
  });

  it('are those that the ids lead to', async () => {
    const { data } = await ask(selection, idRange('sage', 1, 50));
    const customers = z
      .array(
        z.object({
          currencyId: z.string(),
          currency: z.object({ nativeId: z.string() }),
          tax: z.object({
            countryId: z.string(),
            country: z.object({ nativeId: z.string() }),
            defaultCodeId: z.string(),
            defaultCode: z.object({ nativeId: z.string() }),
          }),
          priceBandId: z.string(),
          priceBand: z.object({ nativeId: z.string() }),
        }),
      )
      .parse(data['customersByIds']);
    expect(customers).toHaveLength(50);
    for (const { currencyId, currency, tax, priceBandId, priceBand } of customers) {
      expect([currency.nativeId, tax.country.nativeId, tax.defaultCode.nativeId, priceBand.nativeId]).toEqual(
        [currencyId, tax.countryId, tax.defaultCodeId, priceBandId],
      );
    }
    expect(new Set(customers.map(({ currencyId }) => currencyId)).size).toBeGreaterThan(1);
  });

  it('are one call where many things lead to the same collection, and at first a second', async () => {
    const uncached = await startTestProduct({ sage: { ...sage.source, cache: { lookupsSeconds: 0 } } });
    const askForCountries = () =>
      ask(
        'tax { country { code } } addresses { countryCode } mainAddress { addressCountry { name } } deliveryAddresses { taxCountry { code } countryCode }',
        idRange('sage', 1, 40),
        uncached,
      );
    for (const count of [2, 1, 1]) {
      const { calls } = await askForCountries();
      expect(calls.filter((call) => call.startsWith('/country_codes'))).toHaveLength(count);
    }
    await uncached.close();
  });
});

describe('delivery addresses', () => {
  it('of 40 customers take 2 calls beside the 2 for the customers, and at first a third', async () => {
    const askForAddresses = () => ask('deliveryAddresses { customerId postcode }', idRange('sage', 1, 40));
    expect((await askForAddresses()).calls.filter(isLookBehind)).toHaveLength(1);
    const { data, errors, calls } = await askForAddresses();
    expect(errors).toEqual([]);
    const addressCall = (from: number, to: number) =>
      `/customer_delivery_addresses?$filter=${filterRange('customer_id', from, to)}&$orderby=id asc&$top=5000`;
    expect(calls.toSorted()).toEqual(
      [customersCall(1, 20), customersCall(21, 40), addressCall(1, 20), addressCall(21, 40)].toSorted(),
    );
    const customers = z
      .array(
        z.object({ nativeId: z.string(), deliveryAddresses: z.array(z.object({ customerId: z.string() })) }),
      )
      .parse(data['customersByIds']);
    for (const { nativeId, deliveryAddresses } of customers) {
      expect(deliveryAddresses.every(({ customerId }) => customerId === nativeId)).toBe(true);
    }
    expect(customers.map(({ deliveryAddresses }) => deliveryAddresses.length)).toEqual(
      expect.arrayContaining([0, 1, 2, 3]),
    );
  });

  it('take no call where they are left out', async () => {
    const { calls } = await ask('deliveryAddresses @skip(if: true) { postcode }', idRange('sage', 1, 2));
    expect(calls).toEqual([customersCall(1, 2)]);
  });
});

describe('head offices and branches', () => {
  const branchForm = z.array(z.object({ nativeId: z.string(), headOfficeId: z.string().nullable() }));

  /** Branches among the first customers whose head offices are not among them. */
  async function findBranches(): Promise<{ id: string; headOfficeId: string }[]> {
    const { data } = await ask('headOfficeId', idRange('sage', 1, 200));
    const customers = branchForm.parse(data['customersByIds']);
    const branches = customers.flatMap(({ nativeId: id, headOfficeId }) =>
      headOfficeId === null ? [] : [{ id, headOfficeId }],
    );
    return branches
      .filter(({ headOfficeId }) => !branches.some(({ id }) => id === headOfficeId))
      .slice(0, 12);
  }

  it('cost nothing where the id alone is selected of a head office', async () => {
    const branches = await findBranches();
    const ids = branches.map(({ id }) => `sage:${id}`);
    const { data, errors, calls } = await ask(
      'headOffice { __typename key: id nativeId source { name } name @skip(if: true) ... @include(if: false) { balance } }',
      ids,
    );
    expect(errors).toEqual([]);
    expect(calls).toHaveLength(1);
    expect(data['customersByIds']).toEqual(
      branches.map(({ id, headOfficeId }) => ({
        nativeId: id,
        headOffice: {
          __typename: 'Sage200Customer',
          key: `sage:${headOfficeId}`,
          nativeId: headOfficeId,
          source: { name: 'sage' },
        },
      })),
    );
  });

  it('are one call for the head offices of a batch', async () => {
    const branches = await findBranches();
    const { data, errors, calls } = await ask(
      'headOffice { nativeId name }',
      branches.map(({ id }) => `sage:${id}`),
    );
    expect(errors).toEqual([]);
    const headOffices = [...new Set(branches.map(({ headOfficeId }) => headOfficeId))];
    expect(headOffices.length).toBeGreaterThan(3);
    expect(calls).toEqual([
      `/customers?$filter=${branches.map(({ id }) => `id eq ${id}`).join(' or ')}`,
      `/customers?$filter=${headOffices.map((id) => `id eq ${id}`).join(' or ')}`,
    ]);
    expect(data['customersByIds']).toEqual(
      branches.map(({ id, headOfficeId }) => ({
        nativeId: id,
        headOffice: { nativeId: headOfficeId, name: expect.any(String) },
      })),
    );
  });

  it('are one call for the branches of a batch, and none for the head offices they lead back to', async () => {
    const { data, errors, calls } = await ask(
      'branches { nativeId headOffice { nativeId name } }',
      idRange('sage', 1, 20),
    );
    expect(errors).toEqual([]);
    expect(calls).toEqual([
      customersCall(1, 20),
      `/customers?$filter=${filterRange('associated_head_office_id', 1, 20)}&$orderby=id asc&$top=5000`,
    ]);
    const customers = z
      .array(
        z.object({
          nativeId: z.string(),
          branches: z.array(z.object({ headOffice: z.object({ nativeId: z.string() }) })),
        }),
      )
      .parse(data['customersByIds']);
    for (const { nativeId, branches } of customers) {
      expect(branches.every(({ headOffice }) => headOffice.nativeId === nativeId)).toBe(true);
    }
    expect(customers.find(({ nativeId }) => nativeId === '7')?.branches).toHaveLength(3);
  });

  it('keep a branch for whoever asks for it by its id as well', async () => {
    const { calls } = await askCounted(
      product,
      sage,
      '{ customer(id: "sage:7") { ... on Sage200Customer { branches { headOffice { branches { name } } name } } } }',
    );
    expect(calls).toEqual([
      '/customers/7',
      '/customers?$filter=associated_head_office_id eq 7&$orderby=id asc&$top=5000',
    ]);
  });
});

describe('nominal codes', () => {
  const selection =
    'defaultNominalAccount { reference nominalCodeId nominalCode { nativeId reference name } }';

  const accountForm = z.object({
    reference: z.string(),
    nominalCodeId: z.string().nullable(),
    nominalCode: z.object({ nativeId: z.string(), reference: z.string() }).nullable(),
  });

  it('are read in one call for a batch of customers, without their balances, and kept', async () => {
    const fresh = await startTestProduct({ sage: sage.source });
    const { data, errors, calls } = await ask(selection, idRange('sage', 1, 20), fresh);
    expect(errors).toEqual([]);
    const customers = z.array(z.object({ defaultNominalAccount: accountForm })).parse(data['customersByIds']);
    const accounts = customers.flatMap(({ defaultNominalAccount: account }) =>
      account.nominalCodeId === null ? [] : [account],
    );
    const ids = [...new Set(accounts.map(({ nominalCodeId }) => nominalCodeId))];
    expect(calls).toEqual([
      customersCall(1, 20),
      `/nominal_codes?$filter=${ids.map((id) => `id eq ${id}`).join(' or ')}&$select=id,reference,name`,
    ]);
    for (const { reference, nominalCodeId: nativeId, nominalCode } of accounts)
      expect(nominalCode).toMatchObject({ reference, nativeId });
    expect((await ask(selection, idRange('sage', 1, 20), fresh)).calls).toEqual([customersCall(1, 20)]);
    await fresh.close();
  });

  it('come with what is selected of them, and no more', async () => {
    const select = async (fields: string) => {
      const { calls, errors } = await ask(`defaultNominalAccount { nominalCode { ${fields} } }`, ['sage:1']);
      expect(errors).toEqual([]);
      return calls.map((call) => call.split('$select=')[1]);
    };
    expect(await select('__typename costCentre: costCentreCode')).toEqual([undefined, 'id,cost_centre_code']);
    expect(await select('reference name costCentreCode departmentCode accountType accountStatus')).toEqual([
      undefined,
      'id,reference,name,cost_centre_code,department_code,nominal_account_type,account_status_type',
    ]);
  });

  it('are read by id where there is one', async () => {
    const { calls } = await ask(selection, ['sage:1']);
    expect(calls).toEqual([
      '/customers/1',
      expect.stringMatching(/^\/nominal_codes\/\d+\?\$select=id,reference,name$/),
    ]);
  });
});

describe('$expand', () => {
  const linked: readonly (readonly [string, string])[] = [
    ['main_address', 'mainAddress { city }'],
    ['contacts', 'contacts { name }'],
    ['credit_memo_note', 'credit { memo { note } }'],
    ['status', 'liveStatus { isLive }'],
    ['alerts', 'alerts { text }'],
    ['memos', 'memos { note }'],
    ['cards', 'cards { nativeId }'],
    ['limited_price_bands', 'limitedPriceBands { nativeId }'],
    ['sales_invoice_layout', 'documentLayouts { salesInvoice { name } }'],
    ['sales_credit_note_layout', 'documentLayouts { salesCreditNote { name } }'],
    ['statement_layout', 'documentLayouts { statement { name } }'],
  ];
  const named = linked.map(([name]) => name).join(',');
  const everything = linked.map(([, selection]) => selection).join(' ');

  it.each(linked)('names %s where `%s` is selected, and nothing else', async (name, selection) => {
    const { calls, data, errors } = await askCounted(
      product,
      sage,
      `{ customer(id: "sage:1") { ... on Sage200Customer { ${selection} } } }`,
    );
    expect({ calls, errors }).toEqual({ calls: [`/customers/1?$expand=${name}`], errors: [] });
    expect(JSON.stringify(data)).not.toMatch(/null|\[\]/);
  });

  it('names all that are selected, and status not unless it is', async () => {
    const whole = await askCounted(
      product,
      sage,
      `{ customer(id: "sage:1") { ... on Sage200Customer { ${everything} } } }`,
    );
    expect(whole.calls).toEqual([`/customers/1?$expand=${named}`]);
    const withoutStatus = everything.replace(
      'liveStatus { isLive }',
      'liveStatus @skip(if: true) { isLive }',
    );
    const rest = await askCounted(
      product,
      sage,
      `{ customer(id: "sage:1") { ... on Sage200Customer { ${withoutStatus} } } }`,
    );
    expect(rest.calls).toEqual([`/customers/1?$expand=${named.replace(',status', '')}`]);
  });

  it('names nothing for scalars and lookups', async () => {
    const { calls } = await ask(
      'name balance currency { name } account { status } office { type } tax { country { code } }',
      ['sage:1'],
    );
    expect(calls[0]).toBe('/customers/1');
  });

  it('is the same in lists, searches and lists of branches', async () => {
    const query = `{
      customers(first: 2, filter: { sources: ["sage"] }) { nodes { addresses { city } ... on Sage200Customer { branches { memos { note } } } } }
      search(text: "Harbour", sources: ["sage"]) { nodes { name } }
    }`;
    const { calls, errors } = await askCounted(product, sage, query);
    expect(errors).toEqual([]);
    const customerCalls = calls.filter((call) => call.startsWith('/customers'));
    expect(customerCalls).toHaveLength(3);
    const named = customerCalls.map(
      (call) => `${call.includes('Harbour') ? 'search ' : ''}${call.split('$expand=')[1]}`,
    );
    // A search reads more than is selected: what it goes by.
    expect(named.toSorted()).toEqual([
      'main_address,memos',
      'main_address,memos',
      'search main_address,contacts,memos',
    ]);
  });
});
