import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer, type StubAnswer } from '../support/recording-server.ts';
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

function answer({ pathname, searchParams }: URL): StubAnswer {
  const rows = lists.get(pathname);
  if (rows === undefined) return { body: { id: 1, billingCycleId: 1, currency_id: 1 } };
  const isFiltered =
    searchParams.has('parent_id') || searchParams.has('customerId') || searchParams.has('$filter');
  const size = Number(
    searchParams.get('pageSize') ?? searchParams.get('$top') ?? searchParams.get('page_limit'),
  );
  const page = Number(searchParams.get('page') ?? searchParams.get('page_index') ?? 1);
  const start = isStuck ? 0 : Number(searchParams.get('$skip') ?? (page - 1) * size);
  const found = rows.slice(start, start + size);
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

/** Lists that belong together, and how many rows of each come with a page. */
const kinds = [
  [
    'the sites of an Elevate customer',
    '/v1/sites',
    1_000,
    'elevate',
    '... on ElevateCustomer { sites { nativeId } }',
    {},
  ],
  [
    'the delivery addresses of a Sage 200 customer',
    '/sage/customer_delivery_addresses',
    5_000,
    'sage200',
    '... on Sage200Customer { sites: deliveryAddresses { nativeId } }',
    { customer_id: 1 },
  ],
  [
    'the branches of a Sage 200 customer',
    '/sage/customers',
    5_000,
    'sage200',
    '... on Sage200Customer { sites: branches { nativeId } }',
    { associated_head_office_id: 1 },
  ],
  [
    'the children of a CRO customer',
    '/cro/customers',
    1_000,
    'cro',
    '... on CroCustomer { sites: children { nativeId } }',
    {},
  ],
] as const;

const read = z.object({
  customer: z.object({ sites: z.array(z.object({ nativeId: z.string() })).nullable() }),
});

function listCalls(path: string): string[] {
  return stub.calls.filter((call) => call.startsWith(`GET ${path}?`));
}

describe.each(kinds)('%s', (_what, path, pageSize, source, selection, more) => {
  const query = `{ customer(id: "${source}:1") { ${selection} } }`;

  it.each([
    ['none', 0, 1],
    ['nearly a page', pageSize - 1, 1],
    ['a full page', pageSize, 2],
    ['more than two pages', 2 * pageSize + 3, 3],
  ])('%s: all are read', async (_many, count, calls) => {
    lists.set(path, createRows(count, more));
    const { data, errors } = await product.query(query);
    expect(errors).toEqual([]);
    expect(read.parse(data).customer.sites?.map(({ nativeId }) => nativeId)).toEqual(
      createRows(count).map((_row, index) => String(index + 1)),
    );
    expect(listCalls(path)).toHaveLength(calls);
  });

  it('the same page again and again: it is lost, and the customer stays', async () => {
    isStuck = true;
    lists.set(path, createRows(pageSize, more));
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
