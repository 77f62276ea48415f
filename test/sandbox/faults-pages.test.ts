import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Fault, Sandbox } from '../../src/sandbox/index.ts';
import { idsOf, readObject, readRows } from './support/ask.ts';
import {
  apiNames,
  apiPaths,
  startTestedSandbox,
  type ApiName,
  type TestedApi,
} from './support/tested-sandbox.ts';

let sandbox: Sandbox;
let apis: Readonly<Record<ApiName, TestedApi>>;

beforeAll(async () => {
  ({ sandbox, apis } = await startTestedSandbox());
});

afterAll(() => sandbox.close());

async function read(name: ApiName, path: string, fault?: Fault): Promise<unknown> {
  return JSON.parse((await apis[name].get(path, fault)).text);
}

function rowsOf(document: unknown): Record<string, unknown>[] {
  if (Array.isArray(document)) return readRows(document);
  const { value, results, items } = readObject(document);
  return readRows(value ?? results ?? items);
}

/** Lists of which there are no rows. */
const emptyLists = {
  elevate: '/v1/sites?page=99&pageSize=9',
  sage200: '/uk/sage200extra/accounts/v1/customers?$filter=id%20gt%20999999',
  cro: '/customers?page_index=1&page_limit=6&name=nobody',
} as const;

describe.each(apiNames)('pages of %s', (name) => {
  const { list } = apiPaths[name];
  // A cut page begins where its size says: the second of two rows with the third.
  const expected = name === 'sage200' ? [7, 8] : [3, 4];

  it('are cut without a word', async () => {
    const document = await read(name, list, { name: 'pages-cut', rows: 2 });
    expect(idsOf(rowsOf(document))).toEqual(expected);
    const { current_limit: limit, current_page: page } = { ...Object(document) };
    expect([limit, page]).toEqual(name === 'cro' ? [6, 2] : [undefined, undefined]);
  });

  it('are cut openly', async () => {
    const document = await read(name, list, { name: 'pages-cut-openly', rows: 2 });
    expect(idsOf(rowsOf(document))).toEqual(expected);
    expect(document).toMatchObject(
      name === 'cro' ? { current_limit: 2, total_count: 500 } : { pageSize: 2, totalCount: 500 },
    );
  });

  it('have links to the page behind, and the last one has none', async () => {
    const first = list
      .replace('=2&', '=1&')
      .replace('$skip=6', '$skip=0')
      .replace(/(pageSize|page_limit|top)=6/, '$1=900');
    const document = readObject(await read(name, first, { name: 'next-links', rows: 400 }));
    expect(idsOf(rowsOf(document))).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
    const link = String(document['@odata.nextLink']);
    expect(link.startsWith(`${apis[name].url}/`)).toBe(true);
    const rest = rowsOf(await read(name, link.slice(apis[name].url.length)));
    expect(idsOf(rest)).toEqual(Array.from({ length: 100 }, (_, index) => index + 401));
    const all = readObject(await read(name, first, { name: 'next-links', rows: 600 }));
    expect(Object.keys(all)).toEqual(['value']);
    expect(await read(name, list, { name: 'next-links', rows: 6 })).toEqual(await read(name, list));
  });

  it('have links that lead elsewhere, or to themselves', async () => {
    const foreign = readObject(await read(name, list, { name: 'next-links-foreign', rows: 2 }));
    expect(foreign['@odata.nextLink']).toMatch(/^http:\/\/elsewhere\.example\.org\//);
    const looping = readObject(await read(name, list, { name: 'next-links-looping', rows: 2 }));
    expect(looping['@odata.nextLink']).toBe(`${apis[name].url}${list}`);
  });

  it('without rows are answered by no content, or by null', async () => {
    const empty = emptyLists[name];
    expect(rowsOf(await read(name, empty))).toEqual([]);
    expect(await apis[name].get(empty, { name: 'empty-list-no-content' })).toMatchObject({
      status: 204,
      text: '',
    });
    const document = await read(name, empty, { name: 'empty-list-null' });
    expect(name === 'cro' ? Object(document).results : document).toBeNull();
    expect(await read(name, list, { name: 'empty-list-null' })).toEqual(await read(name, list));
  });
});

describe('wrong-total', () => {
  it.each([
    [undefined, '501'],
    [1e300, '1e+300'],
    [2.5, '2.5'],
    [-5, '-5'],
    ['many', '"many"'],
  ])('%s', async (total, text) => {
    const fault: Fault = { name: 'wrong-total', ...(total === undefined ? {} : { total }) };
    expect((await apis.cro.get(apiPaths.cro.list, fault)).text).toContain(`"total_count":${text}`);
    const count = '/uk/sage200extra/accounts/v1/customers?$count=true';
    expect((await apis.sage200.get(count, fault)).text).toBe(text);
  });
});
