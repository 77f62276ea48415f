import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createEntries } from '../graph/support/stub-graph.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { readPage } from './support/list-page.ts';
import { answerList, createCustomers } from './support/listed-apis.ts';

const customers = {
  elevate: createCustomers('elevate', 4),
  sage200: createCustomers('sage200', 5),
  cro: createCustomers('cro', 6),
};
const lists = [
  'GET /v1/customers?page=1&pageSize=2&sort=id',
  'GET /sage/customers?$orderby=id asc&$skip=0&$top=2',
  'GET /cro/customers?page_index=1&page_limit=100',
];

let isFailing = false;
let isCountFailing = false;
let stub: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  stub = await startStubServer((url) => {
    const fails =
      (isFailing && url.pathname.startsWith('/cro')) || (isCountFailing && url.searchParams.has('$count'));
    return fails ? { status: 403 } : answerList(url, customers);
  });
  product = await startTestProduct(createEntries(stub.url));
});

beforeEach(() => {
  isFailing = false;
  isCountFailing = false;
  stub.calls.length = 0;
});

afterAll(async () => {
  await product.close();
  await stub.close();
});

async function count(variables: Record<string, unknown>): Promise<unknown> {
  const { data, errors } = await product.query(
    `query ($first: Int, $after: String, $filter: CustomerFilter) {
      customers(first: $first, after: $after, filter: $filter) { completeness { source { name } totalCount } }
    }`,
    { variables },
  );
  expect(errors).toEqual([]);
  return data['customers'];
}

function counted(elevate: number | null, sage200: number | null, cro: number | null): unknown {
  return {
    completeness: [
      { source: { name: 'elevate' }, totalCount: elevate },
      { source: { name: 'sage200' }, totalCount: sage200 },
      { source: { name: 'cro' }, totalCount: cro },
    ],
  };
}

describe('totalCount', () => {
  it('takes no call where it is not selected', async () => {
    await readPage(product, { first: 3 });
    expect(stub.calls).toEqual(lists);
  });

  it('is null of Elevate, takes a call of Sage 200, and comes with the page of CRO', async () => {
    expect(await count({ first: 3 })).toEqual(counted(null, 5, 6));
    expect(stub.calls).toEqual([...lists, 'GET /sage/customers?$count=true']);
  });

  it('counts what the filter leaves', async () => {
    await count({ first: 3, filter: { name: 'a' } });
    expect(stub.calls).toContain(`GET /sage/customers?$filter=contains(name,'a')&$count=true`);
    expect(stub.calls).toHaveLength(4);
  });

  it('counts a source that had no place on the page', async () => {
    expect(await count({ first: 1 })).toEqual(counted(null, 5, 6));
    expect(stub.calls).toEqual([
      lists[0],
      'GET /sage/customers?$count=true',
      'GET /cro/customers?page_index=1&page_limit=100',
    ]);
  });

  it('counts a source that is at its end', async () => {
    const { pageInfo } = await readPage(product, { first: 100 });
    expect(await count({ first: 3, after: pageInfo.endCursor })).toEqual(counted(null, 5, 6));
  });

  it('is null where the filter is not supported', async () => {
    expect(await count({ filter: { activeOnly: true } })).toEqual(counted(null, 5, 6));
    expect(await count({ filter: { reference: 'A' } })).toEqual(counted(null, 5, null));
  });

  it('is null for a source that fails, which is not called again', async () => {
    isFailing = true;
    const { data, errors } = await product.query(
      '{ customers(first: 3) { nodes { id } completeness { status totalCount } } }',
    );
    expect(data['customers']).toEqual({
      nodes: [{ id: 'elevate:1' }, { id: 'sage200:1' }, { id: 'elevate:2' }],
      completeness: [
        { status: 'PARTIAL', totalCount: null },
        { status: 'PARTIAL', totalCount: 5 },
        { status: 'FAILED', totalCount: null },
      ],
    });
    expect(errors.map(({ path, extensions }) => [path, extensions['code'], extensions['source']])).toEqual([
      [['customers'], 'UPSTREAM_FORBIDDEN', 'cro'],
    ]);
    expect(stub.calls.filter((call) => call.startsWith('GET /cro'))).toHaveLength(1);
  });

  it('that fails by itself is an error at its place', async () => {
    isCountFailing = true;
    const { data, errors } = await product.query(
      '{ customers(first: 3) { completeness { status totalCount } } }',
    );
    expect(data['customers']).toEqual({
      completeness: [
        { status: 'PARTIAL', totalCount: null },
        { status: 'PARTIAL', totalCount: null },
        { status: 'PARTIAL', totalCount: 6 },
      ],
    });
    expect(errors.map(({ path, extensions }) => [path, extensions['code'], extensions['source']])).toEqual([
      [['customers', 'completeness', 1, 'totalCount'], 'UPSTREAM_FORBIDDEN', 'sage200'],
    ]);
  });

  it('of a search is null for a source that fails, which is not called again', async () => {
    isFailing = true;
    const { data, errors } = await product.query(
      '{ search(text: "a", sources: ["cro"]) { completeness { status totalCount } } }',
    );
    expect(data['search']).toEqual({ completeness: [{ status: 'FAILED', totalCount: null }] });
    expect(errors.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
      [['search'], 'UPSTREAM_FORBIDDEN'],
    ]);
    expect(stub.calls).toHaveLength(1);
  });
});
