import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse, visit } from 'graphql';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startWavedApis, type WavedApis } from './support/waves.ts';

let apis: WavedApis;
let product: TestProduct;

beforeAll(async () => {
  apis = await startWavedApis();
});

afterAll(() => apis.close());

/** Lookups of one operation would be there for the next. */
function startFresh(transport: string): Promise<TestProduct> {
  const fresh = { transport, cache: { lookupsSeconds: 0 } };
  return startTestProduct(
    Object.fromEntries(Object.entries(apis.sources).map(([name, source]) => [name, { ...source, ...fresh }])),
  );
}

/** A source that has just been started asks once for what lies behind a short page of each collection. */
const lists = [
  `{ customer(id: "elevate:1") { ... on ElevateCustomer { contractOwner { name } billingCycle { name } } } }`,
  `{ customer(id: "sage200:1") { ... on Sage200Customer {
    currency { name isoCode { code } } priceBand { name } tax { country { code } defaultCode { rate } }
    headOffice { name branches { name deliveryAddresses { taxCode { rate } taxCountry { code } } } }
  } } }`,
  `{ customer(id: "sage200:7") { ... on Sage200Customer { branches { name deliveryAddresses { postcode } } } } }`,
];

async function ask(query: string): Promise<{ data: unknown; waves: string[][] }> {
  apis.waves.length = 0;
  const { data, errors } = await product.query(query);
  expect(errors).toEqual([]);
  return { data, waves: apis.waves.map((wave) => wave.toSorted()) };
}

/** Fields within fields, from `customer` to a leaf. */
function depthOf(query: string): number {
  let depth = 0;
  let deepest = 0;
  visit(parse(query), {
    Field: {
      enter() {
        depth += 1;
        deepest = Math.max(deepest, depth);
      },
      leave() {
        depth -= 1;
      },
    },
  });
  return deepest;
}

function expectThrift(query: string, waves: readonly string[][]): void {
  const calls = waves.flat();
  expect(calls.filter((call, index) => calls.indexOf(call) !== index)).toEqual([]);
  expect(waves.length).toBeLessThanOrEqual(depthOf(query));
}

const croTree = fc.letrec<{ customer: string }>((tie) => ({
  customer: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom('name', 'id', 'isActive', 'contacts { name }'),
    tie('customer').map((inner) => `parent { ${inner} }`),
    tie('customer').map((inner) => `name children { ${inner} }`),
    tie('customer').map((inner) => `active: children(activeOnly: true) { ${inner} } parent { ${inner} }`),
    tie('customer').map((inner) => `locations { location { name } } children { ${inner} }`),
  ),
})).customer;

const sageTree = fc.letrec<{ customer: string }>((tie) => ({
  customer: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(
      'name',
      'id',
      'currency { name }',
      'tax { country { code } }',
      'defaultNominalAccount { nominalCode { name } }',
    ),
    tie('customer').map((inner) => `headOffice { ${inner} }`),
    tie('customer').map((inner) => `name branches { ${inner} }`),
    tie('customer').map(
      (inner) => `deliveryAddresses { taxCountry { code } } headOffice { id branches { ${inner} } }`,
    ),
  ),
})).customer;

describe.each([
  ['undici', 25],
  ['fetch', 5],
])('over %s', (transport, numRuns) => {
  beforeAll(async () => {
    product = await startFresh(transport);
    for (const query of lists) await product.query(query);
  });

  afterAll(() => product.close());

  describe('nested resources take a round trip for each level that is not at hand', () => {
    it('in CRO: parent, children, their parent, its branches', async () => {
      const query = `{ customer(id: "cro:1") { ... on CroCustomer {
      parent { name children { name parent { name locations { location { name } } } } }
    } } }`;
      const { waves } = await ask(query);
      expect(waves).toEqual([
        ['cro /customers/1'],
        ['cro /customers/323'],
        ['cro /customers?page_index=1&page_limit=1000&parent_id=323'],
        ['cro /locations/11'],
      ]);
    });

    it('in CRO: what the rows of the children lack is one round trip for all of them', async () => {
      const query = `{ customer(id: "cro:323") { ... on CroCustomer {
      children { contacts { name } locations { location { name } salesRepUser { username } } parent { children { parent { name } } } }
    } } }`;
      const { waves } = await ask(query);
      expectThrift(query, waves);
      expect(waves.slice(0, 2)).toEqual([
        ['cro /customers/323'],
        ['cro /customers?page_index=1&page_limit=1000&parent_id=323'],
      ]);
      expect(waves[2]?.every((call) => /^cro \/customers\/\d+$/.test(call))).toBe(true);
      expect(waves[3]?.every((call) => /^cro \/locations\/\d+(\/users\/\d+)?$/.test(call))).toBe(true);
      expect(waves).toHaveLength(4);
    });

    it('in Sage 200: head office, branches, their head office, its branches', async () => {
      const query = `{ customer(id: "sage200:1") { ... on Sage200Customer {
      headOffice { name branches { name headOffice { name branches { name headOffice { name } } } } }
    } } }`;
      const { waves } = await ask(query);
      expect(waves).toEqual([
        ['sage200 /customers/1'],
        ['sage200 /customers/7'],
        ['sage200 /customers?$filter=associated_head_office_id eq 7&$orderby=id asc&$top=5000'],
      ]);
    });

    it('in Sage 200: lookups and delivery addresses of a level are one round trip beside the next level', async () => {
      const query = `{ customer(id: "sage200:1") { ... on Sage200Customer {
      currency { name isoCode { code } }
      headOffice {
        currency { name } priceBand { name } deliveryAddresses { taxCountry { code } }
        branches { currency { name } tax { country { code } } deliveryAddresses { taxCode { rate } } }
      }
    } } }`;
      const { waves } = await ask(query);
      expectThrift(query, waves);
      expect(waves.map((wave) => wave.map((call) => call.replace(/^sage200 \/(\w+).*$/, '$1')))).toEqual([
        ['customers'],
        ['currencies', 'customers'],
        ['currency_iso_codes', 'customer_delivery_addresses', 'customers', 'price_bands'].toSorted(),
        expect.arrayContaining(['customer_delivery_addresses', 'country_codes']),
        ['tax_codes'],
      ]);
    });

    it('in Elevate: sites, the site that receives their invoices, its customer, its sites are at hand', async () => {
      const query = `{ customer(id: "elevate:1") { ... on ElevateCustomer {
      contractOwner { name }
      sites { siteReceivingInvoice { name customer { name sites { siteReceivingInvoice { customer { name } } } } } }
    } } }`;
      const { waves } = await ask(query);
      expect(waves).toEqual([
        ['elevate /customers/1'],
        ['elevate /contract-owners?page=1&pageSize=1000&sort=id'],
      ]);
    });

    it('in all at the same time', async () => {
      const query = `{ customersByIds(ids: ["cro:1", "sage200:1", "elevate:1", "cro:2", "sage200:2", "elevate:2"]) {
      name
      ... on CroCustomer { parent { name children { name } } }
      ... on Sage200Customer { headOffice { name branches { name } } }
      ... on ElevateCustomer { billingCycle { name } }
    } }`;
      const { waves } = await ask(query);
      expectThrift(query, waves);
      expect(waves.map((wave) => new Set(wave.map((call) => call.split(' ')[0])).size)).toEqual([3, 3, 2]);
    });

    it('in a list: its page, then what the rows lack, then what those refer to', async () => {
      const query = `{ customers(first: 9) { nodes { contacts { name } ... on CroCustomer { locations { location { name } } } } completeness { totalCount } } }`;
      const { waves } = await ask(query);
      expectThrift(query, waves);
      expect(waves.map((wave) => wave.length)).toEqual([3, 7, expect.any(Number)]);
      expect(waves[2]?.every((call) => call.startsWith('cro /locations/'))).toBe(true);
    });
  });

  describe('whatever is nested, nothing is asked for twice and no level takes a second round trip:', () => {
    it.each([
      ['CRO', croTree, 'CroCustomer', 'cro:1'],
      ['CRO from a parent', croTree, 'CroCustomer', 'cro:323'],
      ['Sage 200', sageTree, 'Sage200Customer', 'sage200:1'],
      ['Sage 200 from a head office', sageTree, 'Sage200Customer', 'sage200:7'],
    ])(
      '%s',
      async (_what, tree, type, id) => {
        await fc.assert(
          fc.asyncProperty(tree, async (selection) => {
            const query = `{ customer(id: "${id}") { ... on ${type} { ${selection} } } }`;
            const { waves } = await ask(query);
            expectThrift(query, waves);
            expect(waves.length).toBeGreaterThan(0);
          }),
          { numRuns },
        );
      },
      60_000,
    );
  });
});
