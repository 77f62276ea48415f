import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { pageOf } from '../support/page-of.ts';
import { entryFor, startRecordedSandbox, type RecordedApi } from '../support/sources.ts';
import { askCounted, idRange, isLookBehind } from './support/calls.ts';

let sandbox: Readonly<Record<string, RecordedApi>>;
let elevate: RecordedApi;
let product: TestProduct;

beforeAll(async () => {
  const apis = await startRecordedSandbox();
  sandbox = apis;
  elevate = apis.elevate;
  product = await startTestProduct({ elevate: elevate.source });
});

afterAll(async () => {
  await product.close();
  await Promise.all(Object.values(sandbox).map((api) => api.close()));
});

function ask(selection: string, ids: readonly string[], on = product) {
  const query = `query ($ids: [ID!]!) { customersByIds(ids: $ids) { nativeId ... on ElevateCustomer { ${selection} } } }`;
  return askCounted(on, elevate, query, { ids });
}

function customerCalls(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `/customers/${from + index}`);
}

const wholeList = '?page=1&pageSize=1000&sort=id';

describe('what many customers refer to', () => {
  const lookupForm = z.object({ nativeId: z.string(), name: z.string() }).nullable();
  const customersForm = z.array(
    z.object({
      contractOwnerId: z.string(),
      contractOwner: lookupForm,
      contractOwnerSubBrandId: z.string().nullable(),
      contractOwnerSubBrand: lookupForm,
      billingCycleId: z.string(),
      billingCycle: lookupForm,
      tripwirePlanId: z.string().nullable(),
      tripwirePlan: lookupForm,
      commissionAgentId: z.string().nullable(),
      commissionAgent: lookupForm,
    }),
  );
  const selection = `
    contractOwnerId contractOwner { nativeId name }
    contractOwnerSubBrandId contractOwnerSubBrand { nativeId name }
    billingCycleId billingCycle { nativeId name }
    tripwirePlanId tripwirePlan { nativeId name }
    commissionAgentId commissionAgent { nativeId name }
  `;
  const collections = [
    'billing-cycles',
    'commission-agents',
    'contract-owner-sub-brands',
    'contract-owners',
    'tripwire-plans',
  ];

  it('takes 2 calls for each collection, 1 once their lengths are known, and none in the next operation', async () => {
    const fresh = await startTestProduct({ elevate: elevate.source });
    const first = await ask(selection, idRange('elevate', 1, 50), fresh);
    expect(first.errors).toEqual([]);
    const lists = [...customerCalls(1, 50), ...collections.map((name) => `/${name}${wholeList}`)].toSorted();
    expect(first.calls.filter((call) => !isLookBehind(call)).toSorted()).toEqual(lists);
    expect(first.calls.filter(isLookBehind).toSorted()).toEqual(
      collections.map((name) => expect.stringMatching(new RegExp(`^/${name}[?]page=2&`))),
    );
    const uncached = await startTestProduct({
      elevate: { ...elevate.source, cache: { lookupsSeconds: 0 } },
    });
    await ask(selection, idRange('elevate', 1, 50), uncached);
    expect((await ask(selection, idRange('elevate', 1, 50), uncached)).calls.toSorted()).toEqual(lists);
    await uncached.close();
    const second = await ask(selection, idRange('elevate', 1, 50), fresh);
    expect(second.calls.toSorted()).toEqual(customerCalls(1, 50).toSorted());
    expect(second.data).toEqual(first.data);
    expect((await ask(selection, idRange('elevate', 301, 302), fresh)).calls).toEqual(
      customerCalls(301, 302),
    );
    await fresh.close();
  });

  it('is what the ids lead to, and null where there is no id', async () => {
    const { data } = await ask(selection, idRange('elevate', 1, 50));
    const customers = customersForm.parse(data['customersByIds']);
    for (const customer of customers) {
      expect(customer.contractOwner?.nativeId).toBe(customer.contractOwnerId);
      expect(customer.billingCycle?.nativeId).toBe(customer.billingCycleId);
      expect(customer.contractOwnerSubBrand?.nativeId ?? null).toBe(customer.contractOwnerSubBrandId);
      expect(customer.tripwirePlan?.nativeId ?? null).toBe(customer.tripwirePlanId);
      expect(customer.commissionAgent?.nativeId ?? null).toBe(customer.commissionAgentId);
    }
    expect(customers.some(({ commissionAgentId }) => commissionAgentId === null)).toBe(true);
    expect(customers.some(({ commissionAgentId }) => commissionAgentId !== null)).toBe(true);
  });

  it('takes no call where ids alone are selected', async () => {
    const fresh = await startTestProduct({ elevate: elevate.source });
    const keys = '{ __typename id nativeId }';
    const { data, errors, calls } = await ask(
      `contractOwner ${keys} contractOwnerSubBrand ${keys} billingCycle ${keys} tripwirePlan ${keys} commissionAgent ${keys}
       contractOwnerId contractOwnerSubBrandId billingCycleId tripwirePlanId commissionAgentId`,
      idRange('elevate', 1, 50),
      fresh,
    );
    expect(errors).toEqual([]);
    expect(calls.toSorted()).toEqual(customerCalls(1, 50).toSorted());
    const key = z.object({ id: z.string(), nativeId: z.string() }).nullable();
    const form = z.array(
      z.looseObject({
        contractOwnerId: z.string(),
        contractOwner: key,
        commissionAgentId: z.string().nullable(),
        commissionAgent: key,
      }),
    );
    for (const customer of form.parse(data['customersByIds'])) {
      expect(customer.contractOwner?.nativeId).toBe(customer.contractOwnerId);
      expect(customer.commissionAgent?.nativeId ?? null).toBe(customer.commissionAgentId);
    }
    await fresh.close();
  });

  it('takes a call for nothing but what is selected', async () => {
    const fresh = await startTestProduct({ elevate: elevate.source });
    const { calls } = await ask(
      'billingCycle { name } contractOwner @skip(if: true) { name }',
      ['elevate:1'],
      fresh,
    );
    expect(calls).toEqual([
      '/customers/1',
      `/billing-cycles${wholeList}`,
      expect.stringMatching(/^\/billing-cycles[?]page=2&/),
    ]);
    await fresh.close();
  });
});

describe('sites', () => {
  it('come with their customer, and lead back to it for nothing', async () => {
    const { data, errors, calls } = await ask(
      'sites { nativeId customer { __typename id nativeId source { name } } }',
      ['elevate:1', 'elevate:2'],
    );
    expect(errors).toEqual([]);
    expect(calls).toEqual(customerCalls(1, 2));
    const customer = {
      __typename: 'ElevateCustomer',
      id: 'elevate:1',
      nativeId: '1',
      source: { name: 'elevate' },
    };
    expect(data['customersByIds']).toMatchObject([
      { sites: expect.arrayContaining([{ nativeId: '1', customer }]) },
      {},
    ]);
  });

  it('lead to a customer that is loaded already for nothing', async () => {
    const { errors, calls } = await ask('sites { customer { name sites { customer { name } } } }', [
      'elevate:1',
      'elevate:2',
    ]);
    expect(errors).toEqual([]);
    expect(calls).toEqual(customerCalls(1, 2));
  });

  it('by themselves tell the id of their customer for nothing, and load it for its name', async () => {
    const node = (selection: string) =>
      `{ node(id: "elevate:site:1") { ... on ElevateSite { customer { ${selection} } } } }`;
    const key = await askCounted(product, elevate, node('id name @include(if: false)'));
    expect({ data: key.data, calls: key.calls }).toEqual({
      data: { node: { customer: { id: 'elevate:1' } } },
      calls: ['/sites/1'],
    });
    const named = await askCounted(product, elevate, node('id name'));
    expect(named.data).toEqual({ node: { customer: { id: 'elevate:1', name: expect.any(String) } } });
    expect(named.calls).toEqual(['/sites/1', '/customers/1']);
  });

  it('name the site that receives their invoices, which came with them', async () => {
    const form = z.object({
      customer: z.object({
        sites: z.array(
          z.object({
            nativeId: z.string(),
            siteReceivingInvoiceId: z.string().nullable(),
            receiver: z.looseObject({ nativeId: z.string() }).nullable(),
          }),
        ),
      }),
    });
    const query = (selection: string) =>
      `{ customer(id: "elevate:1") { ... on ElevateCustomer { sites { nativeId siteReceivingInvoiceId receiver: siteReceivingInvoice { nativeId ${selection} } } } } }`;
    const keys = await askCounted(product, elevate, query('id'));
    expect(keys.calls).toEqual(['/customers/1']);
    const { customer } = form.parse(keys.data);
    for (const { receiver, siteReceivingInvoiceId } of customer.sites)
      expect(receiver?.nativeId ?? null).toBe(siteReceivingInvoiceId);
    expect(customer.sites.filter(({ receiver }) => receiver !== null).length).toBeGreaterThan(1);

    const named = await askCounted(
      product,
      elevate,
      query('name address { postcode } siteReceivingInvoice { nativeId }'),
    );
    expect(named.errors).toEqual([]);
    expect(named.calls).toEqual(['/customers/1']);
    expect(
      form.parse(named.data).customer.sites.find(({ receiver }) => receiver !== null)?.receiver,
    ).toMatchObject({
      name: expect.any(String),
      address: { postcode: expect.any(String) },
      siteReceivingInvoice: null,
    });
  });
});

function sitesOf(customerId: number): object[] {
  if (customerId === 4)
    return [
      { id: 40, customerId: 4 },
      { id: 80, customerId: 8 },
    ];
  if (customerId === 5)
    return [
      { id: 50, siteName: 'Quay' },
      { id: 51, customerId: null, siteName: 'Mill' },
    ];
  return [10, 11].map((number) => ({
    id: customerId * 100 + number,
    customerId,
    siteName: `Site ${number}`,
    siteIdReceivingInvoice: customerId * 100 + 11,
    siteAddress: { id: number, town: 'Leeds' },
    siteContacts: [{ id: number, contactName: `Contact ${number}` }],
  }));
}

describe('a customer without its sites', () => {
  let stub: RecordingServer;
  let stubbed: TestProduct;

  beforeAll(async () => {
    stub = await startStubServer((url) => {
      const { pathname, searchParams } = url;
      const customerId = Number(searchParams.get('customerId'));
      if (pathname === '/v1/sites' && customerId === 3) return { status: 403 };
      if (pathname === '/v1/sites') return { body: pageOf(url, sitesOf(customerId)) };
      if (pathname === '/v1/sites/12')
        return { body: { id: 12, customerId: 1, siteName: 'Pier', siteIdReceivingInvoice: 13 } };
      if (pathname === '/v1/sites/13') return { body: { id: 13, customerId: 1, siteName: 'Lock' } };
      const id = Number(/^\/v1\/customers\/(\d+)$/.exec(pathname)?.[1]);
      const withoutSites: unknown = { 7: null, 8: {}, 9: [] }[id];
      return {
        body: {
          id,
          customerName: `elevate ${id}`,
          ...(withoutSites === undefined ? {} : { sites: withoutSites }),
        },
      };
    });
    stubbed = await startTestProduct({ elevate: entryFor.elevate(stub.url) });
  });

  afterAll(async () => {
    await stubbed.close();
    await stub.close();
  });

  const selection =
    'nativeId name addresses { city } contacts { name } ... on ElevateCustomer { sites { nativeId name } }';

  it('reads them from their own list, once for all that is made of them', async () => {
    const query = `{ customer(id: "elevate:2") { ${selection} } }`;
    const { data, errors, calls } = await askCounted(stubbed, stub, query);
    expect(errors).toEqual([]);
    const usual = ['/customers/2', '/sites?page=1&pageSize=1000&sort=id&customerId=2'];
    expect(calls).toEqual([...usual, '/sites?page=2&pageSize=2&sort=id&customerId=2']);
    expect((await askCounted(stubbed, stub, query)).calls).toEqual(usual);
    expect(data['customer']).toEqual({
      nativeId: '2',
      name: 'elevate 2',
      addresses: [{ city: 'Leeds' }, { city: 'Leeds' }],
      contacts: [{ name: 'Contact 10' }, { name: 'Contact 11' }],
      sites: [
        { nativeId: '210', name: 'Site 10' },
        { nativeId: '211', name: 'Site 11' },
      ],
    });
  });

  // Every customer has a site: a record that says it has none has left them out.
  it.each(['7', '8', '9'])('reads them so where the record says that there are none (%s)', async (id) => {
    const { data, errors, calls } = await askCounted(
      stubbed,
      stub,
      `{ customer(id: "elevate:${id}") { ${selection} } }`,
    );
    expect(errors).toEqual([]);
    expect(calls).toEqual([`/customers/${id}`, `/sites?page=1&pageSize=1000&sort=id&customerId=${id}`]);
    expect(data['customer']).toMatchObject({
      sites: [{ nativeId: `${id}10` }, { nativeId: `${id}11` }],
      contacts: [{}, {}],
    });
  });

  it('takes no call where nothing of them is selected', async () => {
    for (const id of ['2', '9']) {
      expect((await askCounted(stubbed, stub, `{ customer(id: "elevate:${id}") { name } }`)).calls).toEqual([
        `/customers/${id}`,
      ]);
    }
  });

  it('has the site that receives their invoices in that list', async () => {
    const query =
      '{ customer(id: "elevate:2") { ... on ElevateCustomer { sites { siteReceivingInvoice { name } } } } }';
    const { data, calls } = await askCounted(stubbed, stub, query);
    expect(calls).toEqual(['/customers/2', '/sites?page=1&pageSize=1000&sort=id&customerId=2']);
    const receiver = { siteReceivingInvoice: { name: 'Site 11' } };
    expect(data['customer']).toEqual({ sites: [receiver, receiver] });
  });

  it('has nothing of what belongs to another customer', async () => {
    const { data, errors } = await askCounted(
      stubbed,
      stub,
      `{ customer(id: "elevate:4") { ${selection} } }`,
    );
    expect(data['customer']).toEqual({
      nativeId: '4',
      name: 'elevate 4',
      addresses: null,
      contacts: null,
      sites: null,
    });
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(
      Array.from({ length: 3 }, () => 'UPSTREAM_BAD_RESPONSE'),
    );
  });

  it('has what does not say whose it is', async () => {
    const { data, errors } = await askCounted(
      stubbed,
      stub,
      '{ customer(id: "elevate:5") { ... on ElevateCustomer { sites { name } } } }',
    );
    expect({ data, errors }).toEqual({
      data: { customer: { sites: [{ name: 'Quay' }, { name: 'Mill' }] } },
      errors: [],
    });
  });

  it('is not needed for a site, and the site that receives its invoice takes a call', async () => {
    const query = '{ node(id: "elevate:site:12") { ... on ElevateSite { siteReceivingInvoice { name } } } }';
    const { data, calls } = await askCounted(stubbed, stub, query);
    expect(data['node']).toEqual({ siteReceivingInvoice: { name: 'Lock' } });
    expect(calls).toEqual(['/sites/12', '/sites/13']);
  });

  it('keeps the rest of the record when that list fails', async () => {
    const { data, errors } = await askCounted(
      stubbed,
      stub,
      `{ customer(id: "elevate:3") { ${selection} } }`,
    );
    expect(data['customer']).toEqual({
      nativeId: '3',
      name: 'elevate 3',
      addresses: null,
      contacts: null,
      sites: null,
    });
    const expected = ['addresses', 'contacts', 'sites'].map((field) => [
      ['customer', field],
      'UPSTREAM_FORBIDDEN',
    ]);
    expect(errors).toHaveLength(3);
    expect(errors.map(({ path, extensions }) => [path, extensions['code']])).toEqual(
      expect.arrayContaining(expected),
    );
  });
});

it('rows of the list of customers lack sites and contacts: one call each, and only where these are selected', async () => {
  const list = (selection: string) => `{ customers(first: 3) { nodes { name ${selection} } } }`;
  const page = '/customers?page=1&pageSize=4&sort=id';
  expect((await askCounted(product, elevate, list('references isActive createdAt'))).calls).toEqual([page]);
  const whole = await askCounted(product, elevate, list('contacts { name } addresses { city }'));
  expect(whole.errors).toEqual([]);
  expect(whole.calls[0]).toBe(page);
  expect(whole.calls.slice(1).toSorted()).toEqual(customerCalls(1, 3));
});
