import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Customer } from '../../src/generated/elevate.ts';
import { createHeaders, settings } from '../../src/providers/elevate/config.ts';
import { connect, type Loaders } from '../../src/providers/elevate/loaders.ts';
import { resolvers } from '../../src/providers/elevate/resolvers.ts';
import { providers } from '../../src/providers/index.ts';
import { decodeList, readListedRows } from '../../src/providers/kit/list-answer.ts';
import { toListPage } from '../../src/providers/kit/list-places.ts';
import { fetchByToken } from '../../src/providers/kit/list-tokens.ts';
import type { CustomerListing, SourceRequest } from '../../src/providers/provider.ts';
import { defineProvider } from '../../src/providers/source.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { readPage, statuses, type ListPage } from './support/list-page.ts';

/** Elevate, if its list went on by tokens. */
const provider = defineProvider({
  ...providers.elevate,
  settings,
  headers: createHeaders,
  connect,
  nodes: {},
  resolvers,
  createListing,
});

function createListing(): CustomerListing<Loaders> {
  return {
    maxPageSize: 100,
    canCount: false,
    unsupportedFilters: {},
    async fetchPage(request, _loaders, { after, limit }) {
      const list = {
        maxCount: 100,
        fetchPage: (cursor: string | undefined, count: number) => fetchTokenPage(request, { cursor, count }),
      };
      const noTexts = () => ({ names: [], references: [], postcodes: [], emails: [], phones: [] });
      return toListPage(after, await fetchByToken(request, list, after, limit), noTexts);
    },
  };
}

async function fetchTokenPage(
  request: SourceRequest,
  query: { readonly cursor: string | undefined; readonly count: number },
) {
  const answer = await request.get('/customers', query, {
    decode: (body, header) => decodeList<Customer>(request, body, header),
    resource: 'customers',
  });
  return { rows: readListedRows(request, answer), next: answer.body?.next, total: null };
}

let ids: number[];
let product: TestProduct;
let stub: RecordingServer;

beforeAll(async () => {
  // A token leads behind an id, as it does where servers keep an index.
  stub = await startStubServer(({ searchParams }) => {
    const after = Number(searchParams.get('cursor')?.replace('behind ', '') ?? 0);
    const rest = ids.filter((id) => id > after);
    const page = rest.slice(0, Number(searchParams.get('count')));
    const next = rest.length > page.length ? `behind ${page.at(-1) ?? after}` : null;
    return { body: { items: page.map((id) => ({ id })), next } };
  });
});

beforeEach(async () => {
  ids = Array.from({ length: 20 }, (_, index) => (index + 1) * 10);
  product = await startTestProduct({ tokens: entryFor.elevate(stub.url) }, { elevate: provider });
  stub.calls.length = 0;
});

afterEach(() => product.close());

afterAll(() => stub.close());

/** What a cursor says, and a cursor that says it: the seal around it guards against mistakes only. */
interface CursorForm {
  readonly o: Readonly<Record<string, { readonly p?: readonly [string, number] } | undefined>>;
}

function formOf(cursor: string): CursorForm {
  return JSON.parse(Buffer.from(cursor.split('.')[1] ?? '', 'base64url').toString());
}

function sealed(form: unknown): string {
  const text = Buffer.from(JSON.stringify(form)).toString('base64url');
  const seal = createHmac('sha256', 'customer-graph cursor 2').update(text).digest('base64url').slice(0, 16);
  return `2.${text}.${seal}`;
}

async function refusalOf(asked: TestProduct, after: string): Promise<string | undefined> {
  const query = 'query ($after: String) { customers(first: 2, after: $after) { nodes { id } } }';
  const { errors } = await asked.query(query, { variables: { after } });
  return errors[0]?.message;
}

function idsOf(pages: readonly ListPage[]): number[] {
  return pages.flatMap((page) => page.ids.map((id) => Number(id.replace('tokens:', ''))));
}

describe('a list that goes on by tokens', () => {
  it('is walked by them', async () => {
    const first = await readPage(product, { first: 8 });
    const second = await readPage(product, { first: 8, after: first.pageInfo.endCursor });
    const third = await readPage(product, { first: 8, after: second.pageInfo.endCursor });
    expect(idsOf([first, second, third])).toEqual(ids);
    expect([first, second, third].map(statuses)).toEqual([
      ['tokens PARTIAL'],
      ['tokens PARTIAL'],
      ['tokens COMPLETE'],
    ]);
    expect(stub.calls).toEqual([
      'GET /v1/customers?count=8',
      'GET /v1/customers?cursor=behind 80&count=8',
      'GET /v1/customers?cursor=behind 160&count=8',
    ]);
  });

  it('goes on behind a customer in the midst of a page, and where some of that page are gone', async () => {
    const { edges } = await readPage(product, { first: 8 });
    ids = ids.filter((id) => id !== 30 && id !== 40);
    const after = edges[3]?.cursor ?? null;
    expect(idsOf([await readPage(product, { first: 2, after })])).toEqual([50, 60]);
    expect(stub.calls.at(-1)).toBe('GET /v1/customers?count=6');
  });

  it('has failed when a token is longer than a cursor may be', async () => {
    const long = await startStubServer(() => ({ body: { items: [{ id: 1 }], next: 'A'.repeat(3_000) } }));
    const other = await startTestProduct({ tokens: entryFor.elevate(long.url) }, { elevate: provider });
    expect(statuses(await readPage(other))).toEqual(['tokens FAILED UPSTREAM_BAD_RESPONSE']);
    await other.close();
    await long.close();
  });

  it('shows no token in its cursors, and makes the same ones for the same place', async () => {
    const pages = [await readPage(product, { first: 8 }), await readPage(product, { first: 8 })];
    const cursors = pages.map(({ pageInfo }) => pageInfo.endCursor ?? '');
    expect(cursors[0]).toBe(cursors[1]);
    expect(formOf(cursors[0] ?? '').o['tokens']).toMatchObject({ p: [expect.any(String), 8] });
    expect(Buffer.from(cursors[0]?.split('.')[1] ?? '', 'base64url').toString()).not.toMatch(
      /behind|YmVoaW5k/,
    );
  });

  it.each<[string, (token: string) => string]>([
    ['of its own making', () => 'behind 160'],
    [
      'of its own making, in the form of a sealed one',
      () => Buffer.from('behind 160'.repeat(5)).toString('base64url'),
    ],
    ['cut', (token) => token.slice(0, -2)],
    ['changed', (token) => (token.startsWith('A') ? 'B' : 'A') + token.slice(1)],
    ['without anything', () => ''],
  ])('calls nothing for a token %s', async (_what, change) => {
    const { pageInfo } = await readPage(product, { first: 8 });
    const form = formOf(pageInfo.endCursor ?? '');
    const { p: [token, offset] = ['', 0], ...place } = form.o['tokens'] ?? {};
    stub.calls.length = 0;
    const after = sealed({ ...form, o: { tokens: { ...place, p: [change(token), offset] } } });
    expect(await refusalOf(product, after)).toMatch(/not one that this server gave/);
    expect(stub.calls).toEqual([]);
  });

  it('calls nothing for the token of another source, or of the same with other credentials', async () => {
    const { pageInfo } = await readPage(product, { first: 8 });
    const form = formOf(pageInfo.endCursor ?? '');
    const entry = entryFor.elevate(stub.url);
    const others = [
      { sources: { other: entry }, as: 'other' },
      { sources: { tokens: { ...entry, auth: { type: 'bearer', token: 'another' } } }, as: 'tokens' },
    ];
    for (const { sources, as } of others) {
      const another = await startTestProduct(sources, { elevate: provider });
      stub.calls.length = 0;
      const after = sealed({ ...form, o: { [as]: form.o['tokens'] } });
      expect(await refusalOf(another, after)).toMatch(/not one that this server gave/);
      expect(stub.calls).toEqual([]);
      await another.close();
    }
  });

  it('goes on in another process with the same configuration', async () => {
    const { pageInfo } = await readPage(product, { first: 8 });
    const again = await startTestProduct({ tokens: entryFor.elevate(stub.url) }, { elevate: provider });
    expect(idsOf([await readPage(again, { first: 2, after: pageInfo.endCursor })])).toEqual([90, 100]);
    await again.close();
  });

  it('lists everybody once who stays, whatever comes and goes', async () => {
    const steps = fc.array(
      fc.record({
        first: fc.integer({ min: 1, max: 9 }),
        kept: fc.double({ min: 0.1, max: 1, noNaN: true }),
        gone: fc.nat({ max: 250 }),
        come: fc.nat({ max: 250 }),
      }),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        ids = Array.from({ length: 20 }, (_, index) => (index + 1) * 10);
        const stayed = new Set(ids);
        const listed: number[] = [];
        let after: string | null = null;
        for (let step = 0; ; step += 1) {
          const { first, kept, gone, come } = plan[step] ?? { first: 7, kept: 1, gone: 0, come: 0 };
          const page: ListPage = await readPage(product, { first, after });
          const edges = page.edges.slice(0, Math.ceil(page.edges.length * kept));
          listed.push(...idsOf([{ ...page, ids: edges.map(({ node }) => node.id) }]));
          if (!page.pageInfo.hasNextPage && edges.length === page.edges.length) break;
          after =
            edges.length === page.edges.length ? page.pageInfo.endCursor : (edges.at(-1)?.cursor ?? after);
          ids = [...new Set([...ids, come])].filter((id) => id !== gone && id > 0).toSorted((a, b) => a - b);
          stayed.delete(gone);
        }
        expect(listed).toEqual([...new Set(listed)]);
        expect([...stayed].filter((id) => !listed.includes(id))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  }, 120_000);
});
