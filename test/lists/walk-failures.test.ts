import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createEntries } from '../graph/support/stub-graph.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { readPage, statuses, walk, type ListPage } from './support/list-page.ts';
import {
  answerList,
  apiNames,
  apiOf,
  createCustomers,
  type ApiName,
  type ListedCustomers,
} from './support/listed-apis.ts';

/** A source answers so many calls, then fails with a status until it is mended. */
interface Failure {
  readonly afterCalls: number;
  readonly status: number;
}

/** The breaker does not get in the way. */
const patient = { breaker: { minCalls: 1_000 } };

let customers: ListedCustomers;
const failures = new Map<ApiName, Failure>();
const answered = new Map<ApiName, number>();
const failed = new Set<ApiName>();
let stub: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  stub = await startStubServer((url) => {
    const api = apiOf(url);
    const failure = failures.get(api);
    const calls = answered.get(api) ?? 0;
    if (failure !== undefined && calls >= failure.afterCalls) {
      failed.add(api);
      return { status: failure.status };
    }
    answered.set(api, calls + 1);
    return answerList(url, customers);
  });
  product = await startTestProduct(createEntries(stub.url, patient));
});

beforeEach(() => {
  fill([10, 10, 10]);
  mend();
});

afterAll(async () => {
  await product.close();
  await stub.close();
});

function fill([elevate, sage200, cro]: readonly [number, number, number]): void {
  customers = {
    elevate: createCustomers('elevate', elevate),
    sage200: createCustomers('sage200', sage200),
    cro: createCustomers('cro', cro),
  };
}

function mend(): void {
  failures.clear();
  answered.clear();
  failed.clear();
}

function fail(api: ApiName, status = 503, afterCalls = 0): void {
  failures.set(api, { afterCalls, status });
}

const codes: Readonly<Record<number, string>> = {
  503: 'UPSTREAM_UNAVAILABLE',
  403: 'UPSTREAM_FORBIDDEN',
  400: 'UPSTREAM_REJECTED',
};

describe('a source that fails', () => {
  it.each([
    [503, 'UPSTREAM_UNAVAILABLE', 'Sage 200 (source "sage200") cannot be reached at present.'],
    [429, 'UPSTREAM_RATE_LIMITED', 'Sage 200 (source "sage200") takes no more calls for the moment.'],
    [401, 'UPSTREAM_UNAUTHORIZED', 'Sage 200 (source "sage200") did not accept the credentials.'],
    [
      403,
      'UPSTREAM_FORBIDDEN',
      'Sage 200 (source "sage200") does not allow this to be read with these credentials.',
    ],
  ])('with %i is reported with its code while the others go on', async (status, code, reason) => {
    fail('sage200', status);
    const { completeness, ...page } = await readPage(product, { first: 8 });
    expect(page.ids).toEqual([
      'elevate:1',
      'cro:1',
      'elevate:2',
      'cro:2',
      'elevate:3',
      'cro:3',
      'elevate:4',
      'cro:4',
    ]);
    expect(page.pageInfo.hasNextPage).toBe(true);
    const fetchedAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(completeness).toEqual([
      { source: { name: 'elevate' }, status: 'PARTIAL', code: null, reason: null, fetchedAt },
      { source: { name: 'sage200' }, status: 'FAILED', code, reason, fetchedAt: null },
      { source: { name: 'cro' }, status: 'PARTIAL', code: null, reason: null, fetchedAt },
    ]);
    expect(page.errors).toHaveLength(1);
    expect(page.errors[0]).toMatchObject({
      message: reason,
      path: ['customers'],
      extensions: { code, source: 'sage200' },
    });
  });

  it('is picked up by the next page', async () => {
    fail('cro');
    const { pageInfo, ids } = await readPage(product, { first: 6 });
    mend();
    const next = await readPage(product, { first: 30, after: pageInfo.endCursor });
    expect([...ids, ...next.ids].toSorted()).toEqual(apiNames.flatMap(idsOf).toSorted());
    expect(statuses(next)).toEqual(['elevate COMPLETE', 'sage200 COMPLETE', 'cro COMPLETE']);
  });

  it('is picked up by the same page asked for again', async () => {
    const first = await readPage(product, { first: 3 });
    fail('cro');
    const after = first.pageInfo.endCursor;
    expect((await readPage(product, { first: 6, after })).ids.some((id) => id.startsWith('cro'))).toBe(false);
    mend();
    expect((await readPage(product, { first: 3, after })).ids).toEqual(['elevate:2', 'sage200:2', 'cro:2']);
  });

  it('keeps hasNextPage true when all others have ended', async () => {
    fail('elevate', 403);
    const { pageInfo, ids, ...page } = await readPage(product, { first: 50 });
    expect(ids).toHaveLength(20);
    expect(statuses({ pageInfo, ids, ...page })).toEqual([
      'elevate FAILED UPSTREAM_FORBIDDEN',
      'sage200 COMPLETE',
      'cro COMPLETE',
    ]);
    expect(pageInfo.hasNextPage).toBe(true);
    const again = await readPage(product, { first: 50, after: pageInfo.endCursor });
    expect({ ids: again.ids, hasNextPage: again.pageInfo.hasNextPage }).toEqual({
      ids: [],
      hasNextPage: true,
    });
    expect(statuses(again)).toEqual([
      'elevate FAILED UPSTREAM_FORBIDDEN',
      'sage200 COMPLETE',
      'cro COMPLETE',
    ]);
    mend();
    const last = await readPage(product, { first: 50, after: again.pageInfo.endCursor });
    expect({ ids: last.ids, hasNextPage: last.pageInfo.hasNextPage }).toEqual({
      ids: idsOf('elevate'),
      hasNextPage: false,
    });
  });

  it('leaves an empty page with a cursor when it is the only one', async () => {
    fail('elevate', 403);
    const { pageInfo, ids } = await readPage(product, { filter: { sources: ['elevate'] } });
    expect({ ids, pageInfo }).toEqual({
      ids: [],
      pageInfo: {
        hasNextPage: true,
        hasPreviousPage: false,
        startCursor: null,
        endCursor: expect.any(String),
      },
    });
    mend();
    expect(
      (await readPage(product, { filter: { sources: ['elevate'] }, after: pageInfo.endCursor })).ids,
    ).toEqual(idsOf('elevate'));
  });

  it('at its second call for a page keeps what the first brought', async () => {
    fill([10, 0, 0]);
    fail('elevate', 403, 1);
    const page = await readPage(product, { first: 6 });
    expect(page.ids).toEqual(['elevate:1', 'elevate:2']);
    expect(statuses(page)).toEqual(['elevate FAILED UPSTREAM_FORBIDDEN', 'sage200 COMPLETE', 'cro COMPLETE']);
    mend();
    const rest = await readPage(product, { first: 20, after: page.pageInfo.endCursor });
    expect(rest.ids).toEqual(idsOf('elevate').slice(2));
  });

  it('is not asked twice for a page', async () => {
    fail('elevate', 403);
    stub.calls.length = 0;
    await readPage(product, { first: 30 });
    expect(stub.calls.filter((call) => call.startsWith('GET /v1/'))).toHaveLength(1);
  });
});

describe('the sources of the product', () => {
  it('may grow between two pages: the new one is begun', async () => {
    const { cro, ...fewer } = createEntries(stub.url);
    const small = await startTestProduct(fewer);
    const { pageInfo, ids } = await readPage(small, { first: 20 });
    await small.close();
    expect(pageInfo.hasNextPage).toBe(false);
    const more = await readPage(product, { first: 20, after: pageInfo.endCursor });
    expect(cro.provider).toBe('cro');
    expect(more.ids).toEqual(idsOf('cro'));
    expect(ids).toEqual(expect.arrayContaining([...idsOf('elevate'), ...idsOf('sage200')]));
  });

  it('may shrink: the one that is gone is ignored, and begun where it was when it is back', async () => {
    const first = await readPage(product, { first: 6 });
    const { elevate: _gone, ...fewer } = createEntries(stub.url);
    const small = await startTestProduct(fewer);
    const second = await readPage(small, { first: 4, after: first.pageInfo.endCursor });
    expect(second.ids).toEqual(['sage200:3', 'cro:3', 'sage200:4', 'cro:4']);
    expect(second.completeness.map(({ source }) => source.name)).toEqual(['sage200', 'cro']);
    const end = await readPage(small, { first: 40, after: second.pageInfo.endCursor });
    await small.close();
    expect(end.pageInfo.hasNextPage).toBe(false);
    expect((await readPage(product, { first: 40, after: end.pageInfo.endCursor })).ids).toEqual(
      idsOf('elevate').slice(2),
    );
  });
});

/** One page of a walk: sources fail in it, and the client may keep its first edges only. */
interface Step {
  readonly first: number;
  readonly failures: readonly (Failure & { readonly api: ApiName })[];
  /** Of a page's edges, the share that the client keeps before it goes on from there. */
  readonly kept: number;
}

// A call that failed with a 5xx is made again after a while: most fail with 403, so that 1,000 walks take seconds.
const steps = fc.array(
  fc.record({
    first: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 13, max: 100 })),
    failures: fc.array(
      fc.record({
        api: fc.constantFrom(...apiNames),
        afterCalls: fc.nat({ max: 1 }),
        status: fc.oneof(
          { weight: 200, arbitrary: fc.constantFrom(403, 400) },
          { weight: 1, arbitrary: fc.constant(503) },
        ),
      }),
      { maxLength: 3 },
    ),
    kept: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  }),
  { maxLength: 4 },
);
const count = fc.nat({ max: 40 });

async function walkInSteps(walked: TestProduct, plan: readonly Step[]): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  for (const { first, failures: planned, kept } of plan) {
    mend();
    for (const { api, status, afterCalls } of planned) fail(api, status, afterCalls);
    const page: ListPage = await readPage(walked, { first, after });
    checkFailures(page);
    const keptEdges = kept === 1 ? page.edges : page.edges.slice(0, Math.floor(page.edges.length * kept));
    ids.push(...keptEdges.map(({ node }) => node.id));
    after = kept === 1 ? page.pageInfo.endCursor : (keptEdges.at(-1)?.cursor ?? after);
    if (kept === 1 && !page.pageInfo.hasNextPage) return ids;
  }
  mend();
  return [...ids, ...(await walk(walked, { first: 37, after })).flatMap((page) => page.ids)];
}

/** What failed is told, by completeness and by errors, and nothing else is. */
function checkFailures(page: ListPage): void {
  const told = page.completeness
    .filter(({ status }) => status === 'FAILED')
    .map(({ source, code }) => [source.name, code]);
  const expected = apiNames
    .filter((api) => failed.has(api))
    .map((api) => [api, codes[failures.get(api)?.status ?? 0]]);
  assert.deepEqual(told, expected);
  assert.deepEqual(
    page.errors.map(({ path, extensions }) => [path, extensions['source'], extensions['code']]),
    expected.map(([api, code]) => [['customers'], api, code]),
  );
  if (expected.length > 0) assert.equal(page.pageInfo.hasNextPage, true);
}

function idsOf(api: ApiName): string[] {
  return customers[api].map((_row, index) => `${api}:${index + 1}`);
}

it.each([
  ['undici', 1_000],
  ['fetch', 100],
])(
  'comes past every customer exactly once over %s, whatever fails on the way, by whatever pages',
  async (transport, numRuns) => {
    const walked = await startTestProduct(createEntries(stub.url, { ...patient, transport }));
    try {
      await fc.assert(
        fc.asyncProperty(fc.tuple(count, count, count), steps, async (counts, plan) => {
          fill(counts);
          const ids = await walkInSteps(walked, plan);
          expect(ids.toSorted()).toEqual(apiNames.flatMap(idsOf).toSorted());
        }),
        { numRuns },
      );
    } finally {
      await walked.close();
    }
  },
  120_000,
);
