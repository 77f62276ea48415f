import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer, type StubAnswer } from '../support/recording-server.ts';
import { pageOf } from '../support/page-of.ts';
import { createEntries } from './support/stub-graph.ts';

type Rows = readonly object[];

/** Rows of each list, by its path. */
const lists = new Map<string, Rows>();
/** Whether lists answer their first page whatever is asked for. */
let isStuck = false;
let stub: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  stub = await startStubServer(answer);
  product = await startTestProduct(createEntries(stub.url));
});

beforeEach(() => {
  lists.clear();
  isStuck = false;
  stub.calls.length = 0;
});

afterAll(async () => {
  await product.close();
  await stub.close();
});

function answer(url: URL): StubAnswer {
  const { pathname, searchParams } = url;
  const rows = lists.get(pathname);
  if (rows === undefined) return { body: { id: 1, billingCycleId: 1, currency_id: 1 } };
  const isFiltered =
    searchParams.has('parent_id') || searchParams.has('customerId') || searchParams.has('$filter');
  const page = Number(searchParams.get('page_index') ?? 1);
  const asked = new URL(url);
  if (isStuck) for (const name of ['page', 'page_index', '$skip']) asked.searchParams.delete(name);
  const found = pageOf(asked, rows);
  expect({ pathname, isFiltered }).toEqual({ pathname, isFiltered: !/cycles|currencies/.test(pathname) });
  return {
    body: pathname.startsWith('/cro/')
      ? { current_page: page, results: found, total_count: rows.length }
      : found,
  };
}

function createRows(count: number, more: object = {}): Rows {
  return Array.from({ length: count }, (_, index) => ({ id: index + 1, ...more }));
}

/** Lists that belong together, how many rows of each come with a page, and whether it says how many there are. */
const kinds = [
  {
    what: 'the sites of an Elevate customer',
    path: '/v1/sites',
    pageSize: 1_000,
    isCounted: false,
    source: 'elevate',
    selection: '... on ElevateCustomer { sites { nativeId } }',
    more: {},
  },
  {
    what: 'the delivery addresses of a Sage 200 customer',
    path: '/sage/customer_delivery_addresses',
    pageSize: 5_000,
    isCounted: false,
    source: 'sage200',
    selection: '... on Sage200Customer { sites: deliveryAddresses { nativeId } }',
    more: { customer_id: 1 },
  },
  {
    what: 'the branches of a Sage 200 customer',
    path: '/sage/customers',
    pageSize: 5_000,
    isCounted: false,
    source: 'sage200',
    selection: '... on Sage200Customer { sites: branches { nativeId } }',
    more: { associated_head_office_id: 1 },
  },
  {
    what: 'the children of a CRO customer',
    path: '/cro/customers',
    pageSize: 1_000,
    isCounted: true,
    source: 'cro',
    selection: '... on CroCustomer { sites: children { nativeId } }',
    more: {},
  },
] as const;

const read = z.object({
  customer: z.object({ sites: z.array(z.object({ nativeId: z.string() })).nullable() }),
});

function listCalls(path: string): string[] {
  return stub.calls.filter((call) => call.startsWith(`GET ${path}?`));
}

describe.each(kinds)('$what', ({ path, pageSize, isCounted, source, selection, more }) => {
  const query = `{ customer(id: "${source}:1") { ${selection} } }`;

  it.each([
    { many: 'none', count: 0, fresh: 1, warm: 1, counted: 1 },
    { many: 'nearly a page', count: pageSize - 1, fresh: 2, warm: 1, counted: 1 },
    { many: 'a full page', count: pageSize, fresh: 2, warm: 2, counted: 1 },
    { many: 'more than two pages', count: 2 * pageSize + 3, fresh: 3, warm: 3, counted: 3 },
  ])('$many: all are read', async ({ count, fresh, warm, counted }) => {
    lists.set(path, createRows(count, more));
    const ids = createRows(count).map((_row, index) => String(index + 1));
    const started = await startTestProduct(createEntries(stub.url));
    for (const calls of isCounted ? [counted, counted] : [fresh, warm]) {
      stub.calls.length = 0;
      const { data, errors } = await started.query(query);
      expect(errors).toEqual([]);
      expect(read.parse(data).customer.sites?.map(({ nativeId }) => nativeId)).toEqual(ids);
      expect(listCalls(path)).toHaveLength(calls);
    }
    await started.close();
  });

  it('the same page again and again: it is lost, and the customer stays', async () => {
    isStuck = true;
    lists.set(path, createRows(pageSize + 1, more));
    const { data, errors } = await product.query(query);
    expect(read.parse(data).customer).toEqual({ sites: null });
    expect(errors).toMatchObject([
      { path: ['customer', 'sites'], extensions: { code: 'UPSTREAM_BAD_RESPONSE', source } },
    ]);
    expect(listCalls(path)).toHaveLength(2);
  });
});

describe.each([
  ['elevate', '/v1/billing-cycles', 1_000, '... on ElevateCustomer { lookup: billingCycle { name } }'],
  ['sage200', '/sage/currencies', 5_000, '... on Sage200Customer { lookup: currency { name } }'],
] as const)('a lookup of %s', (source, path, pageSize, selection) => {
  it('is found on the second page of its collection', async () => {
    lists.set(
      path,
      createRows(pageSize + 1).map((_row, index) =>
        index === pageSize ? { id: 1, name: 'the last' } : { id: index + 2 },
      ),
    );
    const { data, errors } = await product.query(`{ customer(id: "${source}:1") { ${selection} } }`);
    expect(errors).toEqual([]);
    expect(data).toEqual({ customer: { lookup: { name: 'the last' } } });
    expect(listCalls(path)).toHaveLength(2);
  });
});
