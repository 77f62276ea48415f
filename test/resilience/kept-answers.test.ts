import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { startStubGraph, type StubGraph } from '../graph/support/stub-graph.ts';

let graph: StubGraph;

beforeEach(async () => {
  // With a known limit no page is asked for behind a short one.
  graph = await startStubGraph({ cache: { customersSeconds: 60 }, maxPageSize: 1_000 });
});

afterEach(() => graph.close());

interface Case {
  /** Fields of the customer with the id 1. */
  readonly source: 'elevate' | 'sage200' | 'cro';
  readonly selection: string;
  readonly customer: Readonly<Record<string, unknown>>;
  /** Where the answer comes from. */
  readonly path: string;
  readonly right: unknown;
  readonly data: unknown;
}

const typeOf = { elevate: 'ElevateCustomer', sage200: 'Sage200Customer', cro: 'CroCustomer' };
const customerPath = { elevate: '/v1/customers/1', sage200: '/sage/customers/1', cro: '/cro/customers/1' };

const cases: [string, Case][] = [
  [
    'a lookup of Elevate',
    {
      source: 'elevate',
      selection: 'billingCycle { name }',
      customer: { billingCycleId: 3 },
      path: '/v1/billing-cycles',
      right: [{ id: 3, name: 'Monthly' }],
      data: { billingCycle: { name: 'Monthly' } },
    },
  ],
  [
    'the sites of an Elevate customer',
    {
      source: 'elevate',
      selection: 'sites { nativeId }',
      customer: {},
      path: '/v1/sites',
      right: [{ id: 4 }],
      data: { sites: [{ nativeId: '4' }] },
    },
  ],
  [
    'a lookup of Sage 200',
    {
      source: 'sage200',
      selection: 'currency { name }',
      customer: { currency_id: 3 },
      path: '/sage/currencies',
      right: [{ id: 3, name: 'Pound' }],
      data: { currency: { name: 'Pound' } },
    },
  ],
  [
    'a lookup of Sage 200 that is wrapped',
    {
      source: 'sage200',
      selection: 'currency { name }',
      customer: { currency_id: 3 },
      path: '/sage/currencies',
      right: { value: [{ id: 3, name: 'Pound' }] },
      data: { currency: { name: 'Pound' } },
    },
  ],
  [
    'a nominal code of Sage 200',
    {
      source: 'sage200',
      selection: 'defaultNominalAccount { nominalCode { name } }',
      customer: { default_nominal_code_id: 7 },
      path: '/sage/nominal_codes/7',
      right: { id: 7, name: 'Sales' },
      data: { defaultNominalAccount: { nominalCode: { name: 'Sales' } } },
    },
  ],
  [
    'the delivery addresses of a Sage 200 customer',
    {
      source: 'sage200',
      selection: 'deliveryAddresses { nativeId }',
      customer: {},
      path: '/sage/customer_delivery_addresses',
      right: [{ id: 4, customer_id: 1 }],
      data: { deliveryAddresses: [{ nativeId: '4' }] },
    },
  ],
  [
    'the branches of a Sage 200 customer',
    {
      source: 'sage200',
      selection: 'branches { nativeId }',
      customer: {},
      path: '/sage/customers',
      right: { value: [{ id: 4, associated_head_office_id: 1 }] },
      data: { branches: [{ nativeId: '4' }] },
    },
  ],
  [
    'the children of a CRO customer',
    {
      source: 'cro',
      selection: 'children { nativeId }',
      customer: {},
      path: '/cro/customers',
      right: { results: [{ id: 4, parent_id: 1 }] },
      data: { children: [{ nativeId: '4' }] },
    },
  ],
  [
    'a sales representative of CRO',
    {
      source: 'cro',
      selection: 'locations { salesRepUser { username } }',
      customer: { locations: [{ location_id: 3, sales_rep_id: 7 }] },
      path: '/cro/locations/3/users/7',
      right: { id: 7, username: 'shane' },
      data: { locations: [{ salesRepUser: { username: 'shane' } }] },
    },
  ],
];

it.each(cases)('an answer that is something else is told once, and not kept: %s', async (_what, wanted) => {
  const { source, selection, customer, path, right, data } = wanted;
  const ask = () =>
    graph.query(`{ customer(id: "${source}:1") { ... on ${typeOf[source]} { ${selection} } } }`);
  const countCalls = () =>
    graph.calls.filter((call) => call.replace('GET ', '').replace(/\?.*/, '') === path).length;
  graph.answers.set(customerPath[source], { body: { id: 1, ...customer } });

  graph.answers.set(path, { body: { message: 'down for maintenance' } });
  const { errors } = await ask();
  expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['UPSTREAM_BAD_RESPONSE']);
  expect(graph.logLines.filter((line) => line.includes('UPSTREAM_BAD_RESPONSE'))).toHaveLength(1);

  graph.answers.set(path, { body: right });
  await expect(ask()).resolves.toMatchObject({ data: { customer: data }, errors: [] });
  // That one is kept.
  await expect(ask()).resolves.toMatchObject({ data: { customer: data }, errors: [] });
  expect(countCalls()).toBe(2);
});

it('lists of many at once are kept in the same way', async () => {
  const ask = () =>
    graph.query(
      '{ customersByIds(ids: ["sage200:1", "sage200:2"]) { ... on Sage200Customer { defaultNominalAccount { nominalCode { name } } } } }',
    );
  const rows = [
    { id: 1, default_nominal_code_id: 7 },
    { id: 2, default_nominal_code_id: 8 },
  ];
  const codes = [
    { id: 7, name: 'Sales' },
    { id: 8, name: 'Other sales' },
  ];
  const wrong = { body: { message: 'down for maintenance' } };
  graph.answers.set('/sage/customers', wrong);
  await expect(ask()).resolves.toMatchObject({ data: { customersByIds: [null, null] } });
  graph.answers.set('/sage/customers', { body: rows });
  graph.answers.set('/sage/nominal_codes', wrong);
  await ask();
  graph.answers.set('/sage/nominal_codes', { body: codes });
  const data = {
    customersByIds: codes.map(({ name }) => ({ defaultNominalAccount: { nominalCode: { name } } })),
  };
  await expect(ask()).resolves.toMatchObject({ data, errors: [] });
  await expect(ask()).resolves.toMatchObject({ data, errors: [] });
  expect(graph.calls.map((call) => call.replace(/\?.*/, ''))).toEqual([
    'GET /sage/customers',
    'GET /sage/customers',
    'GET /sage/nominal_codes',
    'GET /sage/nominal_codes',
  ]);
});
