import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { providers } from '../../src/providers/index.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { sage200Customer } from './support/sage200-customer.ts';

type ProviderName = keyof typeof entryFor;

interface Resource {
  readonly provider: ProviderName;
  readonly name: string;
  /** The fields of customer 1 that need it; several where it is needed in several places. */
  readonly fields: string;
  /** What they are without it. */
  readonly expected: object;
  /** Whether a call is for it. */
  readonly call: RegExp;
}

const elevateLookup = (name: string, field: string): Resource => ({
  provider: 'elevate',
  name,
  fields: `${field} { name }`,
  expected: { [field]: null },
  call: new RegExp(`/${name}[/?]`),
});

const sageLookup = (name: string, fields: string, expected: object): Resource => ({
  provider: 'sage200',
  name,
  fields,
  expected,
  call: new RegExp(`/${name}[/?]`),
});

const resources: readonly Resource[] = [
  {
    provider: 'elevate',
    name: 'sites',
    fields: 'sites { name } addresses { lines } contacts { name }',
    expected: { sites: null, addresses: null, contacts: null },
    call: /\/sites/,
  },
  elevateLookup('contract-owners', 'contractOwner'),
  elevateLookup('contract-owner-sub-brands', 'contractOwnerSubBrand'),
  elevateLookup('billing-cycles', 'billingCycle'),
  elevateLookup('tripwire-plans', 'tripwirePlan'),
  elevateLookup('commission-agents', 'commissionAgent'),
  {
    provider: 'sage200',
    name: 'branches',
    fields: 'branches { name }',
    expected: { branches: null },
    call: /head_office_id/,
  },
  sageLookup('customer_delivery_addresses', 'deliveryAddresses { lines }', { deliveryAddresses: null }),
  sageLookup('nominal_codes', 'defaultNominalAccount { nominalCode { name } }', {
    defaultNominalAccount: { nominalCode: null },
  }),
  sageLookup(
    'country_codes',
    'tax { country { code } } mainAddress { countryCode addressCountry { code } }',
    {
      tax: { country: null },
      mainAddress: { countryCode: null, addressCountry: null },
    },
  ),
  sageLookup('credit_bureaus', 'credit { bureau { name } }', { credit: { bureau: null } }),
  sageLookup('credit_positions', 'credit { position { name } }', { credit: { position: null } }),
  sageLookup('currencies', 'currency { name }', { currency: null }),
  sageLookup('currency_iso_codes', 'currency { isoCode { name } }', { currency: { isoCode: null } }),
  sageLookup('customer_discount_groups', 'discounts { group { name } }', { discounts: { group: null } }),
  sageLookup('finance_charges', 'credit { financeCharge { createdAt } }', {
    credit: { financeCharge: null },
  }),
  sageLookup('order_value_discounts', 'discounts { orderValueDiscount { name } }', {
    discounts: { orderValueDiscount: null },
  }),
  sageLookup('price_bands', 'priceBand { name }', { priceBand: null }),
  sageLookup('salutations', 'contacts { salutation { createdAt } }', { contacts: [{ salutation: null }] }),
  sageLookup('tax_codes', 'tax { defaultCode { name } }', { tax: { defaultCode: null } }),
  sageLookup('trader_contact_roles', 'contacts { roles { role { name } } }', {
    contacts: [{ roles: [{ role: null }] }],
  }),
  {
    provider: 'cro',
    name: 'children',
    fields: 'children { name }',
    expected: { children: null },
    call: /parent_id/,
  },
  {
    provider: 'cro',
    name: 'locations',
    fields: 'locations { location { name } }',
    expected: { locations: [{ location: null }] },
    call: /\/locations\/5$/,
  },
  {
    provider: 'cro',
    name: 'users',
    fields: 'locations { salesRepUser { id } }',
    expected: { locations: [{ salesRepUser: null }] },
    call: /\/users\//,
  },
];

const customers = {
  elevate: {
    id: 1,
    customerName: 'Harbour',
    contractOwnerId: 3,
    contractOwnerSubBrandId: 3,
    billingCycleId: 3,
    tripwireId: 3,
    externalCommissionAgentId: 3,
  },
  sage200: sage200Customer,
  cro: { id: 1, name: 'Harbour', locations: [{ id: 4, location_id: 5, sales_rep_id: 3 }] },
} as const;

const paths = { elevate: '/v1', sage200: '/sage', cro: '' } as const;
const types = { elevate: 'ElevateCustomer', sage200: 'Sage200Customer', cro: 'CroCustomer' } as const;
const names = ['elevate', 'sage200', 'cro'] as const;

let api: RecordingServer;

beforeAll(async () => {
  api = await startStubServer(({ pathname, searchParams }) => {
    const provider = names.find((name) => pathname === `${paths[name]}/customers/1`);
    if (provider !== undefined) return { body: customers[provider] };
    const id = Number(/\/(\d+)$/.exec(pathname)?.[1] ?? 3);
    if (/\/\d+$/.test(pathname)) return { body: { id, name: 'Found' } };
    if (searchParams.has('parent_id')) return { body: { results: [], total_count: 0 } };
    if (/customer_id|head_office_id/.test(searchParams.get('$filter') ?? '') || pathname.endsWith('/sites'))
      return { body: [] };
    return { body: [{ id, name: 'Found', currency_iso_code_id: 3 }] };
  });
});

beforeEach(() => void api.calls.splice(0));

afterAll(() => api.close());

async function ask(provider: ProviderName, without: readonly string[], query: string) {
  const product = await startTestProduct({ one: entryFor[provider](api.url, { without }) });
  const { data, errors } = await product.query(query);
  await product.close();
  return { data, errors, calls: [...api.calls] };
}

function customerQuery(provider: ProviderName, fields: string): string {
  return `{ customer(id: "one:1") { name ... on ${types[provider]} { ${fields} } } }`;
}

it.each(names)('every name that %s can be configured with is tried here', (provider) => {
  const { issues = [] } = providers[provider].settings.safeParse({ without: ['?'] }).error ?? {};
  const [choices] = issues.flatMap((issue) =>
    issue.code === 'invalid_value' && issue.path[0] === 'without' ? [issue.values] : [],
  );
  expect(
    [
      'list',
      ...resources.filter((resource) => resource.provider === provider).map(({ name }) => name),
    ].toSorted(),
  ).toEqual([...(choices ?? [])].map(String).toSorted());
});

describe.each(resources)('$provider without $name', ({ provider, name, fields, expected, call }) => {
  it('is not called for it, and has null in its place', async () => {
    const { data, errors, calls } = await ask(provider, [name], customerQuery(provider, fields));
    expect(errors).toEqual([]);
    expect(data['customer']).toEqual({ name: 'Harbour', ...expected });
    expect(calls.filter((each) => call.test(each))).toEqual([]);
  });

  it('is called for it where another is named', async () => {
    const other = resources.find(
      (resource) =>
        resource.provider === provider && resource.name !== name && resource.name !== 'currencies',
    );
    const { data, errors, calls } = await ask(provider, [other?.name ?? ''], customerQuery(provider, fields));
    expect(errors).toEqual([]);
    expect(data['customer']).not.toEqual({ name: 'Harbour', ...expected });
    expect(calls.some((each) => call.test(each))).toBe(true);
  });
});

it('shows what was sent along all the same', async () => {
  const sent = await startStubServer(() => ({
    body: { id: 1, currency: { id: 3, name: 'Euro' }, price_band_id: 3 },
  }));
  const product = await startTestProduct({
    sage: entryFor.sage200(sent.url, { without: ['currencies', 'price_bands'] }),
  });
  const { data, errors } = await product.query(
    '{ customer(id: "sage:1") { ... on Sage200Customer { currency { name } priceBand { name } priceBandId byId: priceBand { nativeId } } } }',
  );
  await product.close();
  await sent.close();
  expect({ data, errors }).toEqual({
    data: {
      customer: { currency: { name: 'Euro' }, priceBand: null, priceBandId: '3', byId: { nativeId: '3' } },
    },
    errors: [],
  });
  expect(sent.calls).toEqual(['GET /sage/customers/1']);
});

it('finds no node of it', async () => {
  const { data, errors, calls } = await ask('cro', ['locations'], '{ node(id: "one:location:5") { id } }');
  expect({ data, errors, calls }).toEqual({ data: { node: null }, errors: [], calls: [] });
});

describe.each(names)('%s without a list', (provider) => {
  const form = z.object({
    nodes: z.array(z.unknown()),
    completeness: z.array(z.object({ status: z.string(), totalCount: z.null() })),
  });
  let product: TestProduct;

  beforeAll(async () => {
    product = await startTestProduct({ one: entryFor[provider](api.url, { without: ['list'] }) });
  });
  afterAll(() => product.close());

  it('is not called for a list or a search, and says why', async () => {
    const parts = '{ nodes { id } completeness { status totalCount } }';
    const { data, errors } = await product.query(`{ customers ${parts} search(text: "Harbour 7") ${parts} }`);
    expect(errors).toEqual([]);
    const nothing = { nodes: [], completeness: [{ status: 'NOT_LISTABLE', totalCount: null }] };
    expect([form.parse(data['customers']), form.parse(data['search'])]).toEqual([nothing, nothing]);
    expect(api.calls).toEqual([]);
  });

  it('tells so in its capabilities', async () => {
    const { data } = await product.query(
      '{ sources { capabilities { isListable canCount maxPageSize filters unsupportedFilters { name } } } }',
    );
    const capabilities = {
      isListable: false,
      canCount: false,
      maxPageSize: null,
      filters: [],
      unsupportedFilters: [],
    };
    expect(data).toEqual({ sources: [{ capabilities }] });
  });

  it('still has customers by id', async () => {
    const { data } = await product.query('{ customer(id: "one:1") { name } }');
    expect(data).toEqual({ customer: { name: 'Harbour' } });
  });
});

it.each([
  ['branches', 'sage200', 'branches { name }', 'head_office_id'],
  ['children', 'cro', 'children { name }', 'parent_id'],
] as const)('a source without a list still has %s', async (_what, provider, fields, call) => {
  const { errors, calls } = await ask(provider, ['list'], customerQuery(provider, fields));
  expect(errors).toEqual([]);
  expect(calls.at(-1)).toContain(call);
});
