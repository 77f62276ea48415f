import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor, startRecordedSandbox, type RecordedApi } from '../support/sources.ts';
import { askCounted, idRange } from './support/calls.ts';

let sandbox: Readonly<Record<string, RecordedApi>>;
let cro: RecordedApi;
let product: TestProduct;

beforeAll(async () => {
  const apis = await startRecordedSandbox();
  sandbox = apis;
  cro = apis.cro;
  product = await startTestProduct({ cro: cro.source });
});

afterAll(async () => {
  await product.close();
  await Promise.all(Object.values(sandbox).map((api) => api.close()));
});

function ask(selection: string, ids: readonly string[], on = product) {
  const query = `query ($ids: [ID!]!) { customersByIds(ids: $ids) { nativeId ... on CroCustomer { ${selection} } } }`;
  return askCounted(on, cro, query, { ids });
}

function customerCalls(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `/customers/${from + index}`);
}

const family = z.array(
  z.object({
    nativeId: z.string(),
    parentId: z.string().nullable(),
    locations: z.array(z.object({ locationId: z.string() })),
  }),
);

describe('parents and branches of 20 customers', () => {
  it('take a call for each customer, each other parent and each branch', async () => {
    const fresh = await startTestProduct({ cro: cro.source });
    const ids = idRange('cro', 1, 20);
    const { data: known } = await ask('parentId locations { locationId }', ids);
    const customers = family.parse(known['customersByIds']);
    const parents = new Set(
      customers.flatMap(({ parentId }) => (parentId === null || Number(parentId) <= 20 ? [] : [parentId])),
    );
    const locations = new Set(
      customers.flatMap((customer) => customer.locations.map(({ locationId }) => locationId)),
    );
    expect(parents.size).toBeGreaterThan(0);
    expect(locations.size).toBeGreaterThan(5);

    const { data, errors, calls } = await ask(
      'parentId parent { nativeId name } locations { locationId location { nativeId name } }',
      ids,
      fresh,
    );
    expect(errors).toEqual([]);
    expect(calls.toSorted()).toEqual(
      [
        ...customerCalls(1, 20),
        ...[...parents].map((id) => `/customers/${id}`),
        ...[...locations].map((id) => `/locations/${id}`),
      ].toSorted(),
    );
    expect(calls).toHaveLength(20 + parents.size + locations.size);
    const named = z.object({ nativeId: z.string(), name: z.string() });
    const form = z.array(
      z.object({
        parentId: z.string().nullable(),
        parent: named.nullable(),
        locations: z.array(z.object({ locationId: z.string(), location: named })),
      }),
    );
    for (const customer of form.parse(data['customersByIds'])) {
      expect(customer.parent?.nativeId ?? null).toBe(customer.parentId);
      for (const { locationId, location } of customer.locations) expect(location.nativeId).toBe(locationId);
    }
    const again = await ask('parent { nativeId name } locations { location { name } }', ids, fresh);
    expect(again.calls).toHaveLength(20 + parents.size);
    await fresh.close();
  });

  it('take nothing beside the customers where ids alone are selected', async () => {
    const selection =
      'parent { __typename id source { name } name @skip(if: true) } locations { location { id nativeId } }';
    const { data, errors, calls } = await ask(selection, idRange('cro', 1, 20));
    expect(errors).toEqual([]);
    expect(calls.toSorted()).toEqual(customerCalls(1, 20).toSorted());
    expect(data['customersByIds']).toMatchObject([
      {
        parent: {
          __typename: 'CroCustomer',
          id: expect.stringMatching(/^cro:\d+$/),
          source: { name: 'cro' },
        },
      },
      ...Array.from({ length: 19 }, () => ({})),
    ]);
  });
});

describe('children', () => {
  const parentId = '{ customer(id: "cro:1") { ... on CroCustomer { parentId } } }';

  async function readParentId(): Promise<string> {
    const { data } = await askCounted(product, cro, parentId);
    return z.object({ customer: z.object({ parentId: z.string() }) }).parse(data).customer.parentId;
  }

  function childrenOf(id: string, selection: string, argument = ''): string {
    return `{ customer(id: "cro:${id}") { ... on CroCustomer { children${argument} { ${selection} } } } }`;
  }

  const childrenForm = z.object({
    customer: z.object({ children: z.array(z.looseObject({ nativeId: z.string() })) }),
  });

  it('are one call where the rows of the list hold what is selected', async () => {
    const id = await readParentId();
    const { data, errors, calls } = await askCounted(
      product,
      cro,
      childrenOf(
        id,
        'nativeId name parentId createdAtLocal updatedAtLocal addresses { city purposes } parent { id }',
      ),
    );
    expect(errors).toEqual([]);
    expect(calls).toEqual([`/customers/${id}`, `/customers?page_index=1&page_limit=1000&parent_id=${id}`]);
    const { children } = childrenForm.parse(data).customer;
    expect(children.length).toBeGreaterThan(1);
    for (const child of children)
      expect(child).toMatchObject({ parentId: id, parent: { id: `cro:${id}` }, name: expect.any(String) });
  });

  it.each(['contacts { name }', 'locations { locationId }', 'references', 'isActive'])(
    'are one more call each where %s is selected, which the rows do not hold',
    async (selection) => {
      const id = await readParentId();
      const { data, errors, calls } = await askCounted(product, cro, childrenOf(id, `nativeId ${selection}`));
      expect(errors).toEqual([]);
      const { children } = childrenForm.parse(data).customer;
      expect(calls.toSorted()).toEqual(
        [
          `/customers/${id}`,
          `/customers?page_index=1&page_limit=1000&parent_id=${id}`,
          ...children.map(({ nativeId }) => `/customers/${nativeId}`),
        ].toSorted(),
      );
    },
  );

  it('may be those in use only', async () => {
    const id = await readParentId();
    const { calls } = await askCounted(product, cro, childrenOf(id, 'nativeId', '(activeOnly: true)'));
    expect(calls).toEqual([
      `/customers/${id}`,
      `/customers?page_index=1&page_limit=1000&parent_id=${id}&active=true`,
    ]);
    const both = `{ customer(id: "cro:${id}") { ... on CroCustomer { all: children { nativeId } explicit: children(activeOnly: false) { nativeId } active: children(activeOnly: true) { nativeId } } } }`;
    expect((await askCounted(product, cro, both)).calls).toHaveLength(3);
  });

  it('of a customer without any are none', async () => {
    const { data } = await askCounted(product, cro, childrenOf('1', 'nativeId'));
    expect(data).toEqual({ customer: { children: [] } });
  });
});

describe('with records of its own', () => {
  const rows = [{ is_active: true }, { is_active: false }, { created_on: '2018-06-13T19:50:20.447000' }];
  const answers = new Map<string, unknown>();
  let stub: RecordingServer;
  let stubbed: TestProduct;

  beforeAll(async () => {
    stub = await startStubServer(({ pathname, search }) => {
      const body =
        answers.get(pathname.slice('/cro'.length) + search) ?? answers.get(pathname.slice('/cro'.length));
      return body === undefined ? { status: 404 } : { body };
    });
    stubbed = await startTestProduct({ cro: entryFor.cro(`${stub.url}/cro`) });
  });

  beforeEach(() => answers.clear());

  afterAll(async () => {
    await stubbed.close();
    await stub.close();
  });

  function askOne(selection: string) {
    return askCounted(stubbed, stub, `{ customer(id: "cro:1") { ... on CroCustomer { ${selection} } } }`);
  }

  it('activeOnly leaves out soft-deleted addresses and locations, and no others', async () => {
    answers.set('/customers/1', { id: 1, addresses: rows, locations: rows });
    const { data, errors } = await askOne(`
      addresses { isActive } activeAddresses: addresses(activeOnly: true) { isActive }
      locations(activeOnly: false) { isActive } activeLocations: locations(activeOnly: true) { isActive }
    `);
    expect(errors).toEqual([]);
    const all = [{ isActive: true }, { isActive: false }, { isActive: null }];
    const active = [{ isActive: true }, { isActive: null }];
    expect(data['customer']).toEqual({
      addresses: all,
      activeAddresses: active,
      locations: all,
      activeLocations: active,
    });
  });

  it('a sales representative is loaded by number alone, at its branch', async () => {
    const reps = [
      '100007',
      100_007,
      '0f7ac2f4-6b5e-4b44-9a37-2f1f0a6c8e21',
      'shane.b',
      '',
      null,
      '0',
      '-1',
      '1.5',
      '../7',
      '12',
    ];
    answers.set('/customers/1', {
      id: 1,
      locations: reps.map((rep, index) => ({ location_id: index === 1 ? 4 : 3, sales_rep_id: rep })),
    });
    answers.set('/locations/3/users/100007', { id: 100_007, username: 'halifax.sales' });
    answers.set('/locations/4/users/100007', { id: 100_007, username: 'leeds.sales' });
    const { data, errors, calls } = await askOne('locations { salesRepId salesRepUser { id username } }');
    expect(errors).toEqual([]);
    expect(calls.toSorted()).toEqual(
      [
        '/customers/1',
        '/locations/3/users/100007',
        '/locations/4/users/100007',
        '/locations/3/users/12',
      ].toSorted(),
    );
    const none = (salesRepId: string | null) => ({ salesRepId, salesRepUser: null });
    const user = (username: string) => ({
      salesRepId: '100007',
      salesRepUser: { id: 'cro:user:100007', username },
    });
    expect(data['customer']).toEqual({
      locations: [
        user('halifax.sales'),
        user('leeds.sales'),
        none('0f7ac2f4-6b5e-4b44-9a37-2f1f0a6c8e21'),
        none('shane.b'),
        none(null),
        none(null),
        none('0'),
        none('-1'),
        none('1.5'),
        none('../7'),
        none('12'),
      ],
    });
  });

  it('a sales representative of several rows is one call, and none where no branch is known', async () => {
    answers.set('/customers/1', {
      id: 1,
      locations: [
        { location_id: 3, sales_rep_id: '7' },
        { location_id: 3, sales_rep_id: 7 },
        { sales_rep_id: '7' },
        { location_id: null, sales_rep_id: '7' },
      ],
    });
    answers.set('/locations/3/users/7', { id: 7, username: 'a' });
    const { data, calls } = await askOne('locations { salesRepUser { username } }');
    expect(calls).toEqual(['/customers/1', '/locations/3/users/7']);
    expect(data['customer']).toEqual({
      locations: [
        { salesRepUser: { username: 'a' } },
        { salesRepUser: { username: 'a' } },
        { salesRepUser: null },
        { salesRepUser: null },
      ],
    });
  });

  it('rows of the list that hold contacts and locations need no further call', async () => {
    answers.set('/customers/1', { id: 1 });
    answers.set('/customers', {
      results: [
        { id: 2, name: 'a', contacts: [{ id: 5, name: 'b' }], locations: [] },
        { id: 3, name: 'c', contacts: [], locations: [] },
      ],
      total_count: 2,
    });
    const { data, errors, calls } = await askOne('children { name contacts { name } isActive }');
    expect(errors).toEqual([]);
    expect(calls).toEqual(['/customers/1', '/customers?page_index=1&page_limit=1000&parent_id=1']);
    expect(data['customer']).toEqual({
      children: [
        { name: 'a', contacts: [{ name: 'b' }], isActive: null },
        { name: 'c', contacts: [], isActive: null },
      ],
    });
  });

  it('children are null where the source sends those of another customer', async () => {
    answers.set('/customers/1', { id: 1, name: 'a' });
    answers.set('/customers', {
      results: [
        { id: 2, parent_id: 1 },
        { id: 3, parent_id: 77 },
      ],
      total_count: 2,
    });
    const { data, errors } = await askOne('name children { nativeId }');
    expect(data).toEqual({ customer: { name: 'a', children: null } });
    expect(errors.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
      [['customer', 'children'], 'UPSTREAM_BAD_RESPONSE'],
    ]);
  });

  it('a row that does not say whose child it is counts', async () => {
    answers.set('/customers/1', { id: 1 });
    answers.set('/customers', {
      results: [{ id: 2 }, { id: 3, parent_id: null }, { id: 4, parent_id: '1' }],
      total_count: 3,
    });
    const { data, errors } = await askOne('children { nativeId }');
    expect(errors).toEqual([]);
    expect(data).toEqual({
      customer: { children: [{ nativeId: '2' }, { nativeId: '3' }, { nativeId: '4' }] },
    });
  });

  it('a row whose record is gone meanwhile has null for what only the record holds', async () => {
    answers.set('/customers/1', { id: 1 });
    answers.set('/customers', { results: [{ id: 2, name: 'a' }], total_count: 1 });
    const { data, errors } = await askOne('children { name contacts { name } }');
    expect({ data, errors }).toEqual({
      data: { customer: { children: [{ name: 'a', contacts: null }] } },
      errors: [],
    });
  });

  it('a parent that does not exist is null without an error, but its id is taken at its word', async () => {
    answers.set('/customers/1', { id: 1, parent_id: 404 });
    expect(await askOne('parentId parent { name }')).toMatchObject({
      data: { customer: { parentId: '404', parent: null } },
      errors: [],
    });
    expect(await askOne('parent { id }')).toMatchObject({
      data: { customer: { parent: { id: 'cro:404' } } },
      calls: ['/customers/1'],
    });
  });

  it('a customer that is its own parent and child ends', async () => {
    answers.set('/customers/1', { id: 1, name: 'a', parent_id: 1 });
    answers.set('/customers', { results: [{ id: 1, name: 'a', parent_id: 1 }], total_count: 1 });
    const { data, calls } = await askOne('parent { parent { children { parent { children { name } } } } }');
    expect(data['customer']).toEqual({
      parent: { parent: { children: [{ parent: { children: [{ name: 'a' }] } }] } },
    });
    expect(calls).toEqual(['/customers/1', '/customers?page_index=1&page_limit=1000&parent_id=1']);
  });
});
