import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer, type StubAnswer } from '../support/recording-server.ts';
import { createEntries } from '../graph/support/stub-graph.ts';

/** A place where a list is read: what asks for it, and what an answer without rows makes of it. */
interface Place {
  readonly what: string;
  readonly source: 'elevate' | 'sage200' | 'cro';
  /** The path of the list. */
  readonly path: string;
  readonly query: string;
  /** What is in the answer for an empty list. */
  readonly empty: unknown;
  /** What is in the answer where there is no such list, and where the error is. */
  readonly failed: unknown;
  readonly errorPath: readonly (string | number)[];
}

const record = { id: 1, billingCycleId: 5, currency_id: 5, contractOwnerId: 5, price_band_id: 5 };
const listPaths = { elevate: '/v1/customers', sage200: '/sage/customers', cro: '/cro/customers' } as const;

function listPlaces(source: Place['source']): Place[] {
  const path = listPaths[source];
  const completeness = (status: string, code: string | null) => ({
    nodes: [],
    pageInfo: { hasNextPage: status === 'FAILED' },
    completeness: [{ status, code }],
  });
  const selection = 'nodes { id } pageInfo { hasNextPage } completeness { status code }';
  return [
    {
      what: `customers of ${source}`,
      source,
      path,
      query: `{ customers(filter: { sources: ["${source}"] }) { ${selection} } }`,
      empty: { customers: completeness('COMPLETE', null) },
      failed: { customers: completeness('FAILED', 'UPSTREAM_BAD_RESPONSE') },
      errorPath: ['customers'],
    },
    {
      what: `search of ${source}`,
      source,
      path,
      query: `{ search(text: "harbour", sources: ["${source}"]) { nodes { id } completeness { status code } } }`,
      empty: { search: { nodes: [], completeness: [{ status: 'COMPLETE', code: null }] } },
      failed: {
        search: { nodes: [], completeness: [{ status: 'FAILED', code: 'UPSTREAM_BAD_RESPONSE' }] },
      },
      errorPath: ['search'],
    },
  ];
}

/** A field of customer 1 that has a list of its own. */
function childPlace(
  source: Place['source'],
  type: string,
  field: string,
  path: string,
  empty: unknown = [],
): Place {
  return {
    what: `${field} of ${source}`,
    source,
    path,
    query: `{ customer(id: "${source}:1") { ... on ${type} { field: ${field} } } }`,
    empty: { customer: { field: empty } },
    failed: { customer: { field: null } },
    errorPath: ['customer', 'field'],
  };
}

const places: readonly Place[] = [
  ...listPlaces('elevate'),
  ...listPlaces('sage200'),
  ...listPlaces('cro'),
  childPlace('elevate', 'ElevateCustomer', 'sites { id }', '/v1/sites'),
  childPlace('elevate', 'ElevateCustomer', 'billingCycle { name }', '/v1/billing-cycles', null),
  childPlace('elevate', 'ElevateCustomer', 'contractOwner { name }', '/v1/contract-owners', null),
  childPlace('sage200', 'Sage200Customer', 'branches { id }', '/sage/customers'),
  childPlace('sage200', 'Sage200Customer', 'deliveryAddresses { id }', '/sage/customer_delivery_addresses'),
  childPlace('sage200', 'Sage200Customer', 'currency { name }', '/sage/currencies', null),
  childPlace('sage200', 'Sage200Customer', 'priceBand { name }', '/sage/price_bands', null),
  childPlace('cro', 'CroCustomer', 'children { id }', '/cro/customers'),
];

let path: string;
let answer: StubAnswer;
let stub: RecordingServer;

beforeAll(async () => {
  stub = await startStubServer(({ pathname }) => (pathname === path ? answer : { body: record }));
});

beforeEach(() => {
  stub.calls.length = 0;
});

afterAll(() => stub.close());

describe.each(['undici', 'fetch'])('over %s', (transport) => {
  let product: TestProduct;

  beforeAll(async () => {
    product = await startTestProduct(createEntries(stub.url, { transport, cache: { lookupsSeconds: 0 } }));
  });

  afterAll(() => product.close());

  describe.each(places)('$what', (place) => {
    const listCalls = () => stub.calls.filter((call) => call.startsWith(`GET ${place.path}?`));

    it.each<[string, StubAnswer]>([
      ['status 204', { status: 204, body: '' }],
      ['null', { body: null }],
      ['[]', { body: place.source === 'cro' ? { results: [] } : [] }],
      ['null in an envelope', { body: place.source === 'cro' ? { results: null } : { value: null } }],
    ])('is empty for %s', async (what, given) => {
      // Elevate documents plain lists only.
      if (what.includes('envelope') && place.source === 'elevate') return;
      path = place.path;
      answer = given;
      const { data, errors } = await product.query(place.query);
      expect({ data, errors }).toEqual({ data: place.empty, errors: [] });
      expect(listCalls()).toHaveLength(1);
    });

    it.each([404, 410])('fails for status %i', async (status) => {
      path = place.path;
      answer = { status };
      const { data, errors } = await product.query(place.query);
      expect(data).toEqual(place.failed);
      expect(errors).toMatchObject([
        { path: place.errorPath, extensions: { code: 'UPSTREAM_BAD_RESPONSE', source: place.source } },
      ]);
      expect(listCalls()).toHaveLength(1);
    });
  });

  describe('a record', () => {
    it.each([
      ['204', { status: 204, body: '' }],
      ['404', { status: 404 }],
      ['410', { status: 410 }],
      ['null', { body: null }],
    ])('is null for %s', async (_what, given) => {
      answer = given;
      for (const [source, listPath] of Object.entries(listPaths)) {
        path = `${listPath}/1`;
        const { data, errors } = await product.query(`{ customer(id: "${source}:1") { name } }`);
        expect({ data, errors }).toEqual({ data: { customer: null }, errors: [] });
      }
    });

    it.each([
      ['204', { status: 204, body: '' }],
      ['null', { body: null }],
      ['null in an envelope', { body: { value: null } }],
    ])('of several asked for at once is null for %s', async (_what, given) => {
      path = listPaths.sage200;
      answer = given;
      const { data, errors } = await product.query(
        '{ customersByIds(ids: ["sage200:1", "sage200:2"]) { name } }',
      );
      expect({ data, errors }).toEqual({ data: { customersByIds: [null, null] }, errors: [] });
      expect(stub.calls).toHaveLength(1);
    });
  });
});
