import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { isJsonObject } from '../../src/rest/json.ts';
import { createEntries } from '../graph/support/stub-graph.ts';
import { startTestProduct, type SourceEntry, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { startRecordedSandbox, type RecordedApi } from '../support/sources.ts';
import { readPage, statuses, walk, type ListPage } from './support/list-page.ts';
import {
  answerList,
  apiOf,
  createCustomers,
  type ApiName,
  type ListedCustomers,
} from './support/listed-apis.ts';

describe.each(['undici', 'fetch'])('a walk over the sandbox by %s', (transport) => {
  let sandbox: Record<ApiName, RecordedApi>;
  let product: TestProduct;

  beforeAll(async () => {
    sandbox = await startRecordedSandbox();
    const entries = Object.entries(sandbox).map(([name, { source }]): [string, SourceEntry] => [
      name,
      { ...source, transport },
    ]);
    product = await startTestProduct(Object.fromEntries(entries));
  });

  afterAll(async () => {
    await product.close();
    await Promise.all(Object.values(sandbox).map((api) => api.close()));
  });

  it('by 7 comes past 1,500 customers once', async () => {
    const pages = await walk(product, { first: 7 });
    const ids = pages.flatMap((page) => page.ids);
    expect({ walked: ids.length, distinct: new Set(ids).size }).toEqual({ walked: 1_500, distinct: 1_500 });
    expect(pages.flatMap((page) => page.errors)).toEqual([]);
    expect(pages.slice(0, -1).every((page) => page.ids.length === 7)).toBe(true);
    expect(statuses(pages[0] ?? (await readPage(product)))).toEqual([
      'elevate PARTIAL',
      'sage200 PARTIAL',
      'cro PARTIAL',
    ]);
    expect(statuses(pages.at(-1) ?? (await readPage(product)))).toEqual([
      'elevate COMPLETE',
      'sage200 COMPLETE',
      'cro COMPLETE',
    ]);
    for (const name of Object.keys(sandbox)) {
      const ofSource = ids.filter((id) => id.startsWith(`${name}:`));
      expect(ofSource).toEqual(Array.from({ length: 500 }, (_, index) => `${name}:${index + 1}`));
    }
  }, 60_000);

  it('takes a call of each source for a page', async () => {
    for (const { calls } of Object.values(sandbox)) calls.length = 0;
    await readPage(product, { first: 30 });
    expect(Object.values(sandbox).flatMap(({ calls }) => calls)).toEqual([
      'GET /v1/customers?page=1&pageSize=11&sort=id',
      expect.stringMatching(/^GET \/\S+\/customers\?\$orderby=id asc&\$skip=0&\$top=11$/),
      'GET /customers?page_index=1&page_limit=100',
    ]);
  });
});

const names = ['elevate', 'sage200', 'cro'] as const;
let customers: ListedCustomers;
/** Whether CRO leaves out how many customers there are. */
let isUncounted: boolean;
let stub: RecordingServer;
let product: TestProduct;

async function startStubs(): Promise<void> {
  stub = await startStubServer((url) => {
    const answer = answerList(url, customers);
    if (!isUncounted || apiOf(url) !== 'cro' || !isJsonObject(answer.body)) return answer;
    const { total_count: _count, total_pages: _pages, ...body } = answer.body;
    return { body };
  });
  product = await startTestProduct(createEntries(stub.url));
}

async function stopStubs(): Promise<void> {
  await product.close();
  await stub.close();
}

function fill(elevate: number, sage200: number, cro: number): void {
  customers = {
    elevate: createCustomers('elevate', elevate),
    sage200: createCustomers('sage200', sage200),
    cro: createCustomers('cro', cro),
  };
}

describe('a page', () => {
  beforeAll(startStubs);
  afterAll(stopStubs);
  beforeEach(() => {
    fill(10, 10, 10);
    isUncounted = false;
    stub.calls.length = 0;
  });

  it('takes from every source in turn', async () => {
    const { ids } = await readPage(product, { first: 7 });
    expect(ids).toEqual(['elevate:1', 'sage200:1', 'cro:1', 'elevate:2', 'sage200:2', 'cro:2', 'elevate:3']);
  });

  it('of one takes from every source in turn as well', async () => {
    const pages = await walk(product, { first: 1 });
    const ids = pages.flatMap((page) => page.ids);
    expect(ids.slice(0, 6)).toEqual(['elevate:1', 'sage200:1', 'cro:1', 'elevate:2', 'sage200:2', 'cro:2']);
    expect(new Set(ids).size).toBe(30);
  });

  it('fills up from those that have more', async () => {
    fill(1, 0, 20);
    const { ids, ...page } = await readPage(product, { first: 10 });
    expect(ids).toEqual(['elevate:1', ...Array.from({ length: 9 }, (_, index) => `cro:${index + 1}`)]);
    expect(statuses({ ids, ...page })).toEqual(['elevate COMPLETE', 'sage200 COMPLETE', 'cro PARTIAL']);
    // The page that CRO was asked for has the rest.
    expect(stub.calls).toHaveLength(3);
  });

  it('has 20 customers unless told otherwise', async () => {
    expect((await readPage(product)).ids).toHaveLength(20);
  });

  it('leads to all customers of CRO, though it does not count them', async () => {
    isUncounted = true;
    for (const count of [0, 1, 7, 10, 23]) {
      fill(2, 0, count);
      for (const first of [1, 3, 4, 10, 50]) {
        const ids = (await walk(product, { first })).flatMap((page) => page.ids);
        expect(ids.filter((id) => id.startsWith('cro:'))).toEqual(
          Array.from({ length: count }, (_, index) => `cro:${index + 1}`),
        );
      }
    }
  });

  it('is read by page numbers that CRO takes, however far the list goes', async () => {
    fill(0, 0, 10_004);
    const filter = { sources: ['cro'] };
    let after: string | null = null;
    for (let page = 0; page < 100; page += 1)
      after = (await readPage(product, { first: 100, after, filter })).pageInfo.endCursor;
    stub.calls.length = 0;
    const ids = (await walk(product, { first: 1, after, filter })).flatMap((page) => page.ids);
    expect(ids).toEqual(['cro:10001', 'cro:10002', 'cro:10003', 'cro:10004']);
    expect(stub.calls.every((call) => Number(/page_index=(\d+)/.exec(call)?.[1]) <= 10_000)).toBe(true);
  });

  it('ends where the sources end', async () => {
    fill(3, 3, 3);
    const exact = await readPage(product, { first: 9 });
    expect(exact.pageInfo).toMatchObject({
      hasNextPage: false,
      hasPreviousPage: false,
      endCursor: expect.any(String),
    });
    const { ids, pageInfo } = await readPage(product, { first: 9, after: exact.pageInfo.endCursor });
    expect({ ids, pageInfo }).toEqual({
      ids: [],
      pageInfo: {
        hasNextPage: false,
        hasPreviousPage: true,
        startCursor: null,
        endCursor: expect.any(String),
      },
    });
  });

  it('of an empty list has no cursors', async () => {
    fill(0, 0, 0);
    const { ids, pageInfo, ...page } = await readPage(product);
    expect({ ids, pageInfo }).toEqual({
      ids: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
    expect(statuses({ ids, pageInfo, ...page })).toEqual([
      'elevate COMPLETE',
      'sage200 COMPLETE',
      'cro COMPLETE',
    ]);
  });

  it('goes on exactly behind each of its edges', async () => {
    const all = names.flatMap((name) => Array.from({ length: 10 }, (_, index) => `${name}:${index + 1}`));
    const { edges, ids } = await readPage(product, { first: 17 });
    for (const [index, { cursor }] of edges.entries()) {
      const rest = (await walk(product, { first: 11, after: cursor })).flatMap((page) => page.ids);
      const behind = [...ids.slice(0, index + 1), ...rest];
      expect(behind.toSorted()).toEqual(all.toSorted());
    }
  });

  it('tells when the sources answered, not when it was made of what they had answered before', async () => {
    const caching = await startTestProduct(createEntries(stub.url, { cache: { customersSeconds: 60 } }));
    const times = ({ completeness }: ListPage) => completeness.map(({ fetchedAt }) => fetchedAt);
    const first = await readPage(caching, { first: 6 });
    const startMs = Date.now();
    while (Date.now() < startMs + 3) await readPage(product, { first: 1 });
    const second = await readPage(caching, { first: 6 });
    await caching.close();
    expect(times(second)).toEqual(times(first));
    expect(times(await readPage(product, { first: 6 }))).not.toEqual(times(first));
  });

  it('leaves out rows that are no records, says so, and goes on behind them', async () => {
    customers = {
      elevate: [{ id: 1 }, 'a text', { id: 3 }],
      sage200: [{ name: 'without id' }],
      cro: [{ id: 1 }],
    };
    const page = await readPage(product, { first: 20 });
    expect(page.ids).toEqual(['elevate:1', 'cro:1', 'elevate:3']);
    expect(
      page.errors.map(({ path, extensions }) => [path, extensions['code'], extensions['source']]),
    ).toEqual([
      [['customers'], 'UPSTREAM_BAD_RESPONSE', 'sage200'],
      [['customers'], 'UPSTREAM_BAD_RESPONSE', 'elevate'],
    ]);
    expect(page.pageInfo.hasNextPage).toBe(false);
  });

  it('leads on past such rows, be there nothing else on a page', async () => {
    const usable = [6, 9, 10];
    const rows = Array.from({ length: 10 }, (_, index) =>
      usable.includes(index + 1) ? { id: index + 1 } : 'a text',
    );
    customers = { elevate: rows, sage200: rows, cro: rows };
    for (const first of [1, 2, 3, 4, 7, 30]) {
      const ids = (await walk(product, { first })).flatMap((page) => page.ids);
      expect(ids.toSorted()).toEqual(names.flatMap((name) => usable.map((id) => `${name}:${id}`)).toSorted());
    }
  });
});
