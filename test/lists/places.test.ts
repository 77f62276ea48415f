import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createEntries } from '../graph/support/stub-graph.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer, type StubAnswer } from '../support/recording-server.ts';
import { readPage, statuses, type ListPage } from './support/list-page.ts';
import { answerList, apiNames, createCustomers, type ApiName } from './support/listed-apis.ts';

let customers: Record<ApiName, object[]>;
/** Answers instead of the list, where a test says so. */
let answerElse: (url: URL) => StubAnswer | undefined = () => undefined;
let stub: RecordingServer;

beforeAll(async () => {
  stub = await startStubServer((url) => answerElse(url) ?? answerList(url, customers));
});

beforeEach(() => fill(60));

afterEach(() => {
  answerElse = () => undefined;
  stub.calls.length = 0;
});

afterAll(() => stub.close());

function fill(count: number): void {
  customers = {
    elevate: createCustomers('elevate', count),
    sage200: createCustomers('sage200', count),
    cro: createCustomers('cro', count),
  };
}

function idsFrom(api: ApiName, first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `${api}:${first + index}`);
}

function idOf(row: object): number {
  return 'id' in row ? Number(row.id) : 0;
}

function remove(api: ApiName, ...ids: readonly number[]): void {
  customers[api] = customers[api].filter((row) => !ids.includes(idOf(row)));
}

interface WalkOptions {
  readonly first: number;
  /** What happens behind a page, by the number of pages so far. */
  readonly change: (pages: number) => void;
  readonly filter?: Record<string, unknown>;
}

/** What is listed of a source page by page; in between something happens. */
async function walkThrough(
  product: TestProduct,
  api: ApiName,
  { first, change, filter = {} }: WalkOptions,
): Promise<ListPage[]> {
  const pages: ListPage[] = [];
  let after: string | null = null;
  do {
    const page: ListPage = await readPage(product, { first, after, filter: { ...filter, sources: [api] } });
    pages.push(page);
    change(pages.length);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return pages;
}

function listedIn(pages: readonly ListPage[]): string[] {
  return pages.flatMap(({ ids }) => ids);
}

describe.each(['undici', 'fetch'])('over %s', (transport) => {
  let product: TestProduct;

  beforeEach(async () => {
    product = await startTestProduct(createEntries(stub.url, { transport }));
  });

  afterEach(() => product.close());

  describe.each(apiNames)('a walk over %s', (api) => {
    it('misses nobody when customers that were listed vanish', async () => {
      const pages = await walkThrough(product, api, {
        first: 7,
        change: (count) => {
          if (count === 2) remove(api, 3, 14);
        },
      });
      expect(listedIn(pages)).toEqual(idsFrom(api, 1, 60));
      expect(pages.at(-1)?.completeness).toEqual([
        expect.objectContaining({ status: 'COMPLETE', reason: null }),
      ]);
    });

    it('lists nobody twice when others come before its place', async () => {
      const pages = await walkThrough(product, api, {
        first: 7,
        change: (count) => {
          if (count === 2) customers[api].unshift({ id: 99 });
        },
      });
      expect(listedIn(pages)).toEqual(idsFrom(api, 1, 60));
    });

    it('misses nobody when customers that were listed leave the filter', async () => {
      const isLeft = new Set([3, 14]);
      let isChanged = false;
      answerElse = (url) => {
        const rows = customers[api].filter((row) => !isChanged || !isLeft.has(idOf(row)));
        return answerList(url, { ...customers, [api]: rows });
      };
      const pages = await walkThrough(product, api, {
        first: 7,
        filter: api === 'elevate' ? { updatedSince: '2026-01-01T00:00:00Z' } : { activeOnly: true },
        change: (count) => {
          isChanged ||= count === 2;
        },
      });
      expect(listedIn(pages)).toEqual(idsFrom(api, 1, 60));
      expect(statuses(pages.at(-1) ?? (await readPage(product)))).toEqual([`${api} COMPLETE`]);
    });

    it('goes on from the cursor of any customer when that one is gone', async () => {
      const filter = { sources: [api] };
      const { edges } = await readPage(product, { first: 20, filter });
      remove(api, 9, 10, 11);
      const { ids } = await readPage(product, { first: 3, after: edges[9]?.cursor ?? null, filter });
      expect(ids).toEqual(idsFrom(api, 12, 14));
    });

    it('ends when all that would follow is gone', async () => {
      const pages = await walkThrough(product, api, {
        first: 20,
        change: (count) => {
          if (count === 1) customers[api].length = 18;
        },
      });
      expect(listedIn(pages)).toEqual(idsFrom(api, 1, 20));
      expect(statuses(pages.at(-1) ?? (await readPage(product)))).toEqual([`${api} COMPLETE`]);
    });

    it('takes a call a page while nothing changes, and few when much does', async () => {
      fill(3_000);
      await walkThrough(product, api, { first: 100, change: () => {} });
      expect(stub.calls).toHaveLength(30);
      stub.calls.length = 0;

      const pages = await walkThrough(product, api, {
        first: 100,
        change: (count) => {
          if (count === 25) customers[api].splice(0, 2_499);
        },
      });
      expect(listedIn(pages)).toEqual(idsFrom(api, 1, 3_000));
      expect(stub.calls.length).toBeLessThanOrEqual(30 + 8);
    });
  });

  it('Sage 200 is asked for what follows an id, with the filter', async () => {
    const { pageInfo } = await readPage(product, { first: 2, filter: { name: 'a', sources: ['sage200'] } });
    const after = pageInfo.endCursor;
    await readPage(product, { first: 2, after, filter: { name: 'a', sources: ['sage200'] } });
    expect(stub.calls).toEqual([
      `GET /sage/customers?$filter=contains(name,'a')&$orderby=id asc&$skip=0&$top=3`,
      `GET /sage/customers?$filter=contains(name,'a') and id gt 2&$orderby=id asc&$top=3`,
    ]);
  });

  it('pages by number begin with the customer that marks the place', async () => {
    const filter = { sources: ['elevate'] };
    const { pageInfo } = await readPage(product, { first: 10, filter });
    await readPage(product, { first: 10, after: pageInfo.endCursor, filter });
    expect(stub.calls).toEqual([
      'GET /v1/customers?page=1&pageSize=11&sort=id',
      'GET /v1/customers?page=1&pageSize=21&sort=id',
    ]);
  });
});

describe('a site of Sage 200', () => {
  let product: TestProduct;

  beforeEach(async () => {
    product = await startTestProduct(createEntries(stub.url));
  });

  afterEach(() => product.close());

  const asksBehind = (url: URL) => / gt /.test(url.searchParams.get('$filter') ?? '');
  const first = 7;

  function listingCalls(): string[] {
    return stub.calls.filter((call) => call.includes('$orderby'));
  }

  it('that refuses `id gt` is asked by `$skip`, and found out once', async () => {
    answerElse = (url) => (asksBehind(url) ? { status: 400 } : undefined);
    const change = (count: number) => {
      if (count === 3) remove('sage200', 1, 2, 20, 21);
    };
    const pages = await walkThrough(product, 'sage200', { first, change });
    expect(listedIn(pages)).toEqual(idsFrom('sage200', 1, 60));
    expect(stub.calls.filter((call) => call.includes(' gt '))).toEqual([
      'GET /sage/customers?$filter=id gt 7&$orderby=id asc&$top=8',
      'GET /sage/customers?$filter=id gt 1&$top=1',
      'GET /sage/customers?$filter=id gt 1&$top=2',
    ]);
    // A page each, one that was refused, and one that looks for the place where rows are gone.
    expect(listingCalls()).toHaveLength(9 + 1 + 1);
  });

  it('that does not heed it is asked by `$skip`, and found out once', async () => {
    answerElse = (url) => {
      if (!asksBehind(url)) return undefined;
      url.searchParams.delete('$filter');
      return answerList(url, customers);
    };
    const pages = await walkThrough(product, 'sage200', { first, change: () => {} });
    expect(listedIn(pages)).toEqual(idsFrom('sage200', 1, 60));
    expect(stub.calls.filter((call) => call.includes(' gt '))).toHaveLength(1);
    expect(listingCalls()).toHaveLength(9 + 1);
  });

  it('that refuses the rest of the filter has failed', async () => {
    const filter = { name: 'a', sources: ['sage200'] };
    const { pageInfo } = await readPage(product, { first, filter });
    answerElse = (url) => (url.searchParams.has('$filter') ? { status: 400 } : undefined);
    const page = await readPage(product, { first, after: pageInfo.endCursor, filter });
    expect(statuses(page)).toEqual(['sage200 FAILED UPSTREAM_REJECTED']);
  });
});

/** In an order that is none. */
const shuffled = [31, 7, 44, 12, 3, 58, 26, 19, 40, 1, 55, 9, 23, 36, 2, 50].map((id) => ({ id }));

describe.each(['elevate', 'cro'] as const)('a list of %s without an order', (api) => {
  let product: TestProduct;

  beforeEach(async () => {
    product = await startTestProduct(createEntries(stub.url));
    customers[api] = [...shuffled];
  });

  afterEach(() => product.close());

  const expected = shuffled.map(({ id }) => `${api}:${id}`);

  it('is walked by the customers listed last', async () => {
    const change = (count: number) => {
      if (count === 2) remove(api, 3, 12, 7);
      if (count === 3) customers[api].splice(4, 0, { id: 77 });
    };
    const pages = await walkThrough(product, api, { first: 3, change });
    expect(listedIn(pages).filter((id) => !id.endsWith(':77'))).toEqual(expected);
    expect(pages.at(-1)?.completeness[0]).toMatchObject({ status: 'COMPLETE', reason: null });
  });

  it('says so when the place is lost, and ends there', async () => {
    const change = (count: number) => {
      if (count === 3) customers[api].splice(2, 7);
    };
    const pages = await walkThrough(product, api, { first: 3, change });
    expect(listedIn(pages)).toEqual(expected.slice(0, 9));
    const last = pages.at(-1);
    expect(last?.pageInfo.hasNextPage).toBe(false);
    expect(last?.errors).toEqual([]);
    expect(last?.completeness[0]).toMatchObject({
      status: 'PARTIAL',
      code: null,
      reason: expect.stringMatching(/changed so that the place .* Begin again without `after`\.$/),
    });
    // It is not forgotten.
    const again = await readPage(product, {
      first: 3,
      after: last?.pageInfo.endCursor ?? null,
      filter: { sources: [api] },
    });
    expect({ ids: again.ids, completeness: again.completeness }).toEqual({
      ids: [],
      completeness: [expect.objectContaining({ status: 'PARTIAL', reason: expect.any(String) })],
    });
  });
});
