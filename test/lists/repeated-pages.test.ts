import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEntries } from '../graph/support/stub-graph.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { readPage, statuses, type ListPage } from './support/list-page.ts';
import {
  answerList,
  apiNames,
  apiOf,
  createCustomers,
  type ApiName,
  type ListedCustomers,
} from './support/listed-apis.ts';

/** CRO is asked for a hundred rows at once, so that its second page takes more customers and larger pages to come to. */
const cases = {
  elevate: { customers: createAll(40), firsts: [1, 2, 7, 12] },
  sage200: { customers: createAll(40), firsts: [1, 2, 7, 12] },
  cro: { customers: createAll(140), firsts: [20, 50] },
} as const;

/** The API that answers the first page of its list whatever page it is asked for. */
let stuck: ApiName;
let stub: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  stub = await startStubServer((url) =>
    answerList(apiOf(url) === stuck ? firstPageOf(url) : url, cases[stuck].customers),
  );
  product = await startTestProduct(createEntries(stub.url));
});

afterAll(async () => {
  await product.close();
  await stub.close();
});

function createAll(count: number): ListedCustomers {
  return {
    elevate: createCustomers('elevate', count),
    sage200: createCustomers('sage200', count),
    cro: createCustomers('cro', count),
  };
}

function firstPageOf(url: URL): URL {
  const first = new URL(url);
  for (const [name, value] of [
    ['page', '1'],
    ['page_index', '1'],
    ['$skip', '0'],
  ] as const) {
    if (first.searchParams.has(name)) first.searchParams.set(name, value);
  }
  first.searchParams.delete('$filter');
  return first;
}

/** Asks for page after page until one is as wanted. */
async function walkUntil(
  isWanted: (page: ListPage) => boolean,
  first: number,
  start: string | null = null,
): Promise<ListPage[]> {
  const pages: ListPage[] = [];
  let after = start;
  while (pages.length < 200) {
    const page: ListPage = await readPage(product, { first, after });
    pages.push(page);
    if (isWanted(page)) return pages;
    after = page.pageInfo.endCursor;
  }
  throw new Error('no page is as wanted');
}

describe.each(apiNames)('when %s sends its first page again and again', (api) => {
  const { customers, firsts } = cases[api];

  it.each(firsts)('pages of %i end with its failure, and no customer is listed twice', async (first) => {
    stuck = api;
    const pages = await walkUntil(({ errors }) => errors.length > 0, first);
    const ids = pages.flatMap((page) => page.ids);
    expect(new Set(ids).size).toBe(ids.length);

    const last = pages.at(-1);
    expect(last && statuses(last).filter((status) => status.startsWith(api))).toEqual([
      `${api} FAILED UPSTREAM_BAD_RESPONSE`,
    ]);
    expect(last?.errors).toEqual([
      expect.objectContaining({ extensions: expect.objectContaining({ source: api }) }),
    ]);

    // The others go on to their ends.
    const isRead = (page: ListPage) =>
      statuses(page).filter((status) => status.endsWith('COMPLETE')).length === 2;
    const rest = await walkUntil(isRead, first, last?.pageInfo.endCursor);
    const listed = [...ids, ...rest.flatMap((page) => page.ids)];
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed.filter((id) => !id.startsWith(api)).toSorted()).toEqual(
      apiNames
        .flatMap((name) =>
          name === api ? [] : customers[name].map((_customer, index) => `${name}:${index + 1}`),
        )
        .toSorted(),
    );
  });
});

it.each(apiNames)('one row of %s that comes whatever page is asked for costs few calls', async (api) => {
  const ignoring = await startStubServer(() => {
    const rows = createCustomers(api, 1);
    return { body: api === 'cro' ? { results: rows } : rows };
  });
  const asking = await startTestProduct({ [api]: createEntries(ignoring.url)[api] });
  try {
    const page = await readPage(asking, { first: 5 });
    expect(statuses(page)).toEqual([`${api} FAILED UPSTREAM_BAD_RESPONSE`]);
    expect(ignoring.calls.length).toBeLessThanOrEqual(5);
  } finally {
    await asking.close();
    await ignoring.close();
  }
});
