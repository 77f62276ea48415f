import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createEntries } from '../graph/support/stub-graph.ts';
import { pageOf } from '../support/page-of.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer, type StubAnswer } from '../support/recording-server.ts';
import { readPage, statuses, walk } from './support/list-page.ts';
import { apiNames, apiOf, createCustomers, type ApiName } from './support/listed-apis.ts';

/** What is answered to a call for the list of customers, after what the API would answer if it sent all. */
type Sending = (url: URL, rows: readonly object[]) => StubAnswer;

let send: Sending;
let counts: Record<ApiName, number>;
let stub: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  stub = await startStubServer((url) =>
    url.pathname.endsWith('/customers')
      ? send(url, createCustomers(apiOf(url), counts[apiOf(url)]))
      : { status: 404 },
  );
});

afterAll(() => stub.close());

afterEach(() => product.close());

function idsOf(api: ApiName, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${api}:${index + 1}`);
}

/** CRO's envelope around a page. */
function envelope(url: URL, rows: readonly object[], results: readonly object[], more: object = {}): object {
  const limit = Number(url.searchParams.get('page_limit'));
  return {
    current_page: Number(url.searchParams.get('page_index')),
    current_limit: limit,
    results,
    total_count: rows.length,
    total_pages: Math.ceil(rows.length / limit),
    ...more,
  };
}

/** The URL of the rows behind `skip`, as OData names it. */
function linkBehind(url: URL, skip: number): string {
  const next = new URL(url.pathname, stub.url);
  next.search = url.search;
  next.searchParams.set('$skip', String(skip));
  return next.href;
}

/** Pages of 50 rows at most, without a word. */
const cutSilently: Sending = (url, rows) => {
  const page = pageOf(url, rows, 50);
  return { body: apiOf(url) === 'cro' ? { results: page } : page };
};

/** The same, with a link to the next page as OData has it. */
const cutWithLinks: Sending = (url, rows) => {
  const skip = Number(url.searchParams.get('$skip') ?? 0);
  const page = pageOf(url, rows, 50);
  const hasMore = skip + page.length < rows.length;
  return {
    body: { value: page, ...(hasMore ? { '@odata.nextLink': linkBehind(url, skip + page.length) } : {}) },
  };
};

/** The same, saying how many rows a page has and how many there are. */
const cutAndCounted: Sending = (url, rows) => {
  const page = pageOf(url, rows, 50);
  switch (apiOf(url)) {
    case 'cro':
      return { body: envelope(url, rows, page, { current_limit: 50 }) };
    case 'sage200':
      return { body: { '@odata.count': rows.length, value: page } };
    case 'elevate':
      return {
        body: { page: Number(url.searchParams.get('page')), pageSize: 50, total: rows.length, items: page },
      };
  }
};

const cases: [string, ApiName, Sending][] = [
  ...apiNames.map((api): [string, ApiName, Sending] => ['cuts pages silently', api, cutSilently]),
  ...apiNames.map((api): [string, ApiName, Sending] => ['cuts pages and says so', api, cutAndCounted]),
  ['sends links to the next page', 'sage200', cutWithLinks],
];

describe.each(['undici', 'fetch'])('over %s', (transport) => {
  beforeEach(async () => {
    counts = { elevate: 120, sage200: 120, cro: 120 };
    stub.calls.length = 0;
    product = await startTestProduct(createEntries(stub.url, { transport }));
  });

  describe.each(cases)('when a source %s: %s', (_what, api, sending) => {
    beforeEach(() => {
      send = sending;
    });

    it.each([7, 50, 100])('a walk by %i comes past all customers once', async (first) => {
      const pages = await walk(product, { first, filter: { sources: [api] } });
      expect(pages.flatMap((page) => page.errors)).toEqual([]);
      expect(pages.flatMap((page) => page.ids)).toEqual(idsOf(api, 120));
      expect(pages.slice(0, -1).map(statuses)).toEqual(pages.slice(1).map(() => [`${api} PARTIAL`]));
      expect(pages.slice(-1).map(statuses)).toEqual([[`${api} COMPLETE`]]);
    });

    it('the first page of 100 has 100, and there are more', async () => {
      const page = await readPage(product, { first: 100, filter: { sources: [api] } });
      expect(page.ids).toEqual(idsOf(api, 100));
      expect(page.pageInfo.hasNextPage).toBe(true);
      expect(statuses(page)).toEqual([`${api} PARTIAL`]);
      expect(stub.calls.length).toBeLessThanOrEqual(4);
    });

    it.each([1, 2, 50, 51, 100])('a list of %i is complete with all of them', async (count) => {
      counts[api] = count;
      const page = await readPage(product, { first: 100, filter: { sources: [api] } });
      expect(page.ids).toEqual(idsOf(api, count));
      expect(page.pageInfo.hasNextPage).toBe(false);
      expect(statuses(page)).toEqual([`${api} COMPLETE`]);
    });
  });

  it('Elevate with 100 of 250 rows a page has the others behind it', async () => {
    counts.elevate = 250;
    send = (url, rows) => ({ body: pageOf(url, rows, 100) });
    const filter = { sources: ['elevate'] };
    const first = await readPage(product, { first: 100, filter });
    expect([first.ids, statuses(first)]).toEqual([idsOf('elevate', 100), ['elevate PARTIAL']]);
    const all = await walk(product, { first: 100, filter });
    expect(all.flatMap(({ ids }) => ids)).toEqual(idsOf('elevate', 250));
    expect(all.flatMap(statuses)).toEqual(['elevate PARTIAL', 'elevate PARTIAL', 'elevate COMPLETE']);
  });

  describe('a source that is not cut short', () => {
    beforeEach(() => {
      counts = { elevate: 3, sage200: 3, cro: 3 };
      send = (url, rows) => ({
        body: apiOf(url) === 'cro' ? envelope(url, rows, pageOf(url, rows)) : pageOf(url, rows),
      });
    });

    it.each([
      ['elevate', 2],
      ['sage200', 2],
      // It says how many there are.
      ['cro', 1],
    ] as const)('is asked once for what is behind a short page: %s', async (api, calls) => {
      const filter = { sources: [api] };
      const page = await readPage(product, { first: 20, filter });
      expect([page.ids, statuses(page)]).toEqual([idsOf(api, 3), [`${api} COMPLETE`]]);
      expect(stub.calls).toHaveLength(calls);
      for (const count of [3, 2, 1, 0]) {
        counts[api] = count;
        stub.calls.length = 0;
        expect((await readPage(product, { first: 20, filter })).ids).toEqual(idsOf(api, count));
        expect(stub.calls).toHaveLength(1);
      }
    });

    it('is asked once where several lists of a collection are short at the same time', async () => {
      const filter = (source: string) =>
        `customers(filter: { sources: ["${source}"], name: "a" }) { nodes { id } }`;
      const { errors } = await product.query(
        `{ a: ${filter('sage200')} b: ${filter('sage200').replace('"a"', '"b"')} c: ${filter('sage200').replace('"a"', '"c"')} }`,
      );
      expect(errors).toEqual([]);
      expect(stub.calls.filter((call) => /[$]skip=[1-9]/.test(call))).toHaveLength(1);
    });

    it.each(['elevate', 'sage200'] as const)(
      'is not asked where its limit is configured: %s',
      async (api) => {
        const limited = await startTestProduct(createEntries(stub.url, { transport, maxPageSize: 30 }));
        const page = await readPage(limited, { first: 20, filter: { sources: [api] } });
        await limited.close();
        expect([page.ids, statuses(page)]).toEqual([idsOf(api, 3), [`${api} COMPLETE`]]);
        expect(stub.calls).toHaveLength(1);
      },
    );

    it('is not asked where an envelope without a link says that nothing follows', async () => {
      send = cutWithLinks;
      const page = await readPage(product, { first: 20, filter: { sources: ['sage200'] } });
      expect([page.ids, statuses(page)]).toEqual([idsOf('sage200', 3), ['sage200 COMPLETE']]);
      expect(stub.calls).toHaveLength(1);
    });
  });

  describe('links to the next page', () => {
    const filter = { sources: ['sage200'] };

    it('are followed, relative ones as well', async () => {
      const ends = ['?$skiptoken=a%2Fb%20c', 'customers?$skiptoken=second'];
      send = (url, rows) => {
        const token = url.searchParams.get('$skiptoken');
        const index = token === null ? 0 : token === 'second' ? 2 : 1;
        const page = rows.slice(index * 50, index * 50 + 50);
        return { body: { value: page, '@odata.nextLink': ends[index] } };
      };
      const page = await readPage(product, { first: 100, filter });
      expect(page.ids).toEqual(idsOf('sage200', 100));
      expect(stub.calls).toEqual([
        'GET /sage/customers?$orderby=id asc&$skip=0&$top=101',
        'GET /sage/customers?$skiptoken=a/b c',
        'GET /sage/customers?$skiptoken=second',
      ]);
    });

    it('in a header are followed', async () => {
      send = (url, rows) => {
        const page = pageOf(url, rows, 50);
        const skip = Number(url.searchParams.get('$skip') ?? 0) + page.length;
        const link = `<${linkBehind(url, 0)}>; rel="first", <${linkBehind(url, skip)}>; rel="next"`;
        return { body: page, headers: skip < rows.length ? { link } : {} };
      };
      expect((await readPage(product, { first: 100, filter })).ids).toEqual(idsOf('sage200', 100));
      expect((await walk(product, { first: 100, filter })).flatMap(({ ids }) => ids)).toEqual(
        idsOf('sage200', 120),
      );
    });

    it.each([
      ['another host', () => 'http://elsewhere.example.com/sage/customers?$skip=50'],
      ['another port', () => 'http://127.0.0.1:1/sage/customers?$skip=50'],
      ['another scheme', () => `${stub.url.replace('http', 'https')}/sage/customers?$skip=50`],
      ['another path', () => `${stub.url}/sage/customer_views?$skip=50`],
      ['a path outside the base URL', () => `${stub.url}/customers?$skip=50`],
      ['a path that climbs', () => `${stub.url}/sage/customers/../../v1/customers?$skip=50`],
      ['a host without a scheme', () => '//elsewhere.example.com/sage/customers?$skip=50'],
      ['a user name', () => `${stub.url.replace('://', '://user:word@')}/sage/customers?$skip=50`],
      ['a script', () => 'javascript:alert(1)'],
      ['a number', () => 2],
      ['an object', () => ({ page: 2 })],
    ])('that lead to %s are a failure, and are not called', async (_where, link) => {
      send = (url, rows) => ({ body: { value: pageOf(url, rows, 50), '@odata.nextLink': link() } });
      const page = await readPage(product, { first: 100, filter });
      expect(statuses(page)).toEqual(['sage200 FAILED UPSTREAM_BAD_RESPONSE']);
      expect(page.errors).toMatchObject([
        { path: ['customers'], extensions: { code: 'UPSTREAM_BAD_RESPONSE' } },
      ]);
      expect(JSON.stringify(page)).not.toContain('elsewhere');
      expect(stub.calls).toHaveLength(1);
    });

    it.each([
      ['to their own page', (url: URL) => linkBehind(url, Number(url.searchParams.get('$skip') ?? 0))],
      ['to the first page', (url: URL) => linkBehind(url, 0)],
      [
        'round and round',
        (url: URL) => linkBehind(url, (Number(url.searchParams.get('$skip') ?? 0) + 50) % 100),
      ],
    ])('that lead %s are a failure, after few calls', async (_where, linkOf) => {
      send = (url) => ({ body: { value: pageOf(url, [], 50), '@odata.nextLink': linkOf(url) } });
      const page = await readPage(product, { first: 100, filter });
      expect(statuses(page)).toEqual(['sage200 FAILED UPSTREAM_BAD_RESPONSE']);
      expect(stub.calls.length).toBeLessThanOrEqual(3);
    });
  });

  describe('signs that contradict each other', () => {
    const expectFailed = async (api: ApiName, first = 100) => {
      const pages = await walkToFailure(api, first);
      const last = pages.at(-1);
      expect(last && statuses(last)).toEqual([`${api} FAILED UPSTREAM_BAD_RESPONSE`]);
      const ids = pages.flatMap((page) => page.ids);
      expect(new Set(ids).size).toBe(ids.length);
      return ids;
    };
    const walkToFailure = async (api: ApiName, first: number) => {
      const pages = [await readPage(product, { first, filter: { sources: [api] } })];
      while (
        pages.length < 20 &&
        pages.at(-1)?.errors.length === 0 &&
        pages.at(-1)?.pageInfo.hasNextPage === true
      ) {
        const after = pages.at(-1)?.pageInfo.endCursor ?? null;
        pages.push(await readPage(product, { first, after, filter: { sources: [api] } }));
      }
      return pages;
    };

    it.each([10, 50, 100])('a total of 120 and nothing behind 50 (pages of %i)', async (first) => {
      counts.cro = 50;
      send = (url, rows) => ({ body: envelope(url, rows, pageOf(url, rows), { total_count: 120 }) });
      expect(await expectFailed('cro', first)).toEqual(idsOf('cro', 50));
    });

    it('a total of 120 in an envelope of OData and nothing behind 50', async () => {
      counts.sage200 = 50;
      send = (url, rows) => ({ body: { '@odata.count': 120, value: pageOf(url, rows) } });
      expect(await expectFailed('sage200')).toEqual(idsOf('sage200', 50));
    });

    it('a total of 10 and 50 rows', async () => {
      counts.cro = 50;
      send = (url, rows) => ({ body: envelope(url, rows, pageOf(url, rows), { total_count: 10 }) });
      expect(await expectFailed('cro')).toEqual([]);
    });

    it('a page that is not the one asked for', async () => {
      send = (url, rows) => ({ body: envelope(url, rows, pageOf(url, rows), { current_page: 2 }) });
      expect(await expectFailed('cro')).toEqual([]);
    });

    it.each(apiNames)('the same 50 rows whatever is asked for: %s', async (api) => {
      send = (_url, rows) => {
        const page = rows.slice(0, 50);
        return { body: api === 'cro' ? { results: page } : page };
      };
      expect(await expectFailed(api)).toEqual(idsOf(api, 50));
    });
  });

  describe('a total that is no number of rows', () => {
    it.each(['1e300', '2.5', '-5', '"120"', '1e999', '3000000000', '{}', '[]', 'true'])(
      '%s is not believed',
      async (total) => {
        counts.cro = 7;
        send = (url, rows) => {
          const body = envelope(url, rows, pageOf(url, rows), { total_count: 'TOTAL' });
          return { body: JSON.stringify(body).replace('"TOTAL"', total) };
        };
        const filter = '(filter: { sources: ["cro"] })';
        const { data, errors } = await product.query(
          `{ customers${filter} { nodes { id } completeness { status totalCount } } }`,
        );
        expect(data['customers']).toEqual({
          nodes: idsOf('cro', 7).map((id) => ({ id })),
          completeness: [{ status: 'COMPLETE', totalCount: null }],
        });
        expect(errors).toMatchObject([
          {
            path: ['customers', 'completeness', 0, 'totalCount'],
            extensions: { code: 'UPSTREAM_BAD_RESPONSE', source: 'cro' },
          },
        ]);
      },
    );

    it.each(['1e300', '2.5', '-5', '"120"', '1e999', '3000000000', 'true'])(
      '%s of Sage 200 is not believed',
      async (total) => {
        counts.sage200 = 7;
        send = (url, rows) => ({ body: url.searchParams.has('$count') ? total : pageOf(url, rows) });
        const { data, errors } = await product.query(
          '{ customers(filter: { sources: ["sage200"] }) { completeness { status totalCount } } }',
        );
        expect(data['customers']).toEqual({ completeness: [{ status: 'COMPLETE', totalCount: null }] });
        expect(errors).toMatchObject([
          {
            path: ['customers', 'completeness', 0, 'totalCount'],
            extensions: { code: 'UPSTREAM_BAD_RESPONSE', source: 'sage200' },
          },
        ]);
      },
    );

    it.each([
      ['null', 0],
      ['120', 120],
      ['120.0', 120],
      ['{"@odata.count": 4, "value": []}', 4],
      // A site that cannot count sends the list.
      ['[{"id": 1}]', null],
    ])('%s of Sage 200 is %s', async (body, count) => {
      send = (url, rows) => ({ body: url.searchParams.has('$count') ? body : pageOf(url, rows) });
      const { data, errors } = await product.query(
        '{ customers(filter: { sources: ["sage200"] }) { completeness { totalCount } } }',
      );
      expect({ data, errors }).toEqual({
        data: { customers: { completeness: [{ totalCount: count }] } },
        errors: [],
      });
    });

    it('of CRO where it ends its counting is not taken for the number of customers', async () => {
      counts.cro = 120;
      send = (url, rows) => ({ body: envelope(url, rows, pageOf(url, rows), { total_count: 100_000 }) });
      const pages = await walk(product, { first: 100, filter: { sources: ['cro'] } });
      expect(pages.flatMap(({ ids }) => ids)).toEqual(idsOf('cro', 120));
      expect(pages.map(statuses)).toEqual([['cro PARTIAL'], ['cro COMPLETE']]);
    });
  });
});
