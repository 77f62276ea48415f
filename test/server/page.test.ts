import { statSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startRecordedSandbox, type RecordedApi } from '../support/sources.ts';
import { describePage, launchBrowser, openPage, runQuery, type OpenPage } from './support/browser.ts';
import { startProxy } from './support/reverse-proxy.ts';

const prefix = '/api/customers';

let apis: Readonly<Record<string, RecordedApi>>;
let product: TestProduct;
/** Behind reverse proxies. */
let inner: TestProduct;
let browser: Browser;
let opened: OpenPage;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  apis = await startRecordedSandbox();
  const sources = Object.fromEntries(Object.entries(apis).map(([name, { source }]) => [name, source]));
  product = await startTestProduct(sources);
  inner = await startTestProduct(sources, undefined, { server: { path: prefix } });
  opened = await openPage(browser, product.url);
  page = opened.page;
}, 120_000);

afterAll(async () => {
  await browser.close();
  await product.close();
  await inner.close();
  await Promise.all(Object.values(apis).map((api) => api.close()));
});

afterEach(() => void opened.complaints.splice(0));

function hostsOf({ urls }: OpenPage): string[] {
  return [...new Set(urls.map((url) => new URL(url).origin))];
}

describePage('the page at /', () => {
  it('opens with one query over all three providers that runs at the press of a button', async () => {
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(['FirstCustomers']);
    const { data, errors } = await runQuery(page);
    expect(errors).toBeUndefined();
    const nodes = ['ElevateCustomer', 'Sage200Customer', 'CroCustomer'].map((__typename) =>
      expect.objectContaining({ __typename, name: expect.any(String) }),
    );
    expect(data).toMatchObject({ customers: { nodes: expect.arrayContaining(nodes) } });
    expect(opened.complaints).toEqual([]);
    expect(hostsOf(opened)).toEqual([new URL(product.url).origin]);
  });

  it('tells status, time and size of the last answer', async () => {
    expect(await page.getByRole('status', { name: 'Last answer' }).innerText()).toMatch(
      /^HTTP 200\s+\d+(\.\d+)? m?s\s+\d+(\.\d+)? k?B$/,
    );
  });

  it('loads at most 1.6 MB when it is compressed', async () => {
    const other = await openPage(browser, product.url);
    await other.page.waitForLoadState('networkidle');
    await other.page.close();
    const assets = [...new Set(other.urls)].filter((url) => url.includes('/assets/'));
    const sizes = assets.map((url) => statSync(`dist/graphiql${new URL(url).pathname}.gz`).size);
    expect(sizes.length).toBeGreaterThan(8);
    expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(1_600_000);
  });

  it('has examples, each of which opens and runs', async () => {
    await page.getByRole('button', { name: 'Show Examples' }).click();
    const examples = page.getByRole('region', { name: 'Examples' }).getByRole('button');
    await examples.first().waitFor();
    expect(await examples.count()).toBeGreaterThan(12);
    // The other examples are asked for by graphiql-examples.test.ts.
    for (const name of [
      'One customer by its id',
      'Sites, billing and contract',
      'A customer that does not exist',
    ]) {
      await page.getByRole('button', { name }).click();
      const { data, errors } = await runQuery(page);
      expect({ name, hasData: data instanceof Object, errors }).toEqual({
        name,
        hasData: true,
        errors: undefined,
      });
    }
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(['UnknownIds']);
    expect(opened.complaints).toEqual([]);
    expect(hostsOf(opened)).toEqual([new URL(product.url).origin]);
  });

  it('opens another tab beside a query that was changed', async () => {
    await page.locator('.graphiql-query-editor .view-line').first().click();
    await page.keyboard.type('# Mine. ');
    await page.getByRole('button', { name: 'One customer by its id' }).click();
    await page.getByRole('tab', { name: 'OneCustomer' }).waitFor();
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(['UnknownIds', 'OneCustomer']);
    await page.getByRole('button', { name: 'Hide Examples' }).click();
  });

  it('names the sources and says that they are simulated', async () => {
    await expect(
      page.getByRole('list', { name: 'Sources' }).getByRole('listitem').allTextContents(),
    ).resolves.toEqual([
      'elevate Elevate simulated',
      'sage200 Sage 200 simulated',
      'cro CRO Software simulated',
    ]);
  });

  it('shows the documentation of the schema', async () => {
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'Query', exact: true }).first().click();
    await page.getByText('One customer by its global id', { exact: false }).first().waitFor();
    await page.getByRole('link', { name: 'Docs' }).click();
    await page.getByText('The customers that a company keeps', { exact: false }).first().waitFor();
    expect(opened.complaints).toEqual([]);
  });

  it('is served with a policy that keeps everything at home', async () => {
    const { headers } = await fetch(product.url);
    const policy = headers.get('content-security-policy');
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    for (const rule of [
      "default-src 'self'",
      "object-src 'none'",
      "base-uri 'self'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
      expect(policy?.split('; ')).toContain(rule);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it('has files that browsers may keep for ever, and no others', async () => {
    const html = await (await fetch(product.url)).text();
    const [script = ''] = /assets\/[^"]+\.js/.exec(html) ?? [];
    const cacheControl = async (path: string) =>
      (await fetch(`${product.url}/${path}`)).headers.get('cache-control');
    expect(await cacheControl(script)).toBe('public, max-age=31536000, immutable');
    expect(await cacheControl('assets/none.js')).toBe('no-store');
  });
});

describePage.each([
  ['keeps its path', false],
  ['strips its path', true],
])('the page behind a proxy that %s', (_what, strips) => {
  it.each(['', '/', '?query=%7B__typename%7D'])('works at its path with %j behind it', async (end) => {
    const proxy = await startProxy(inner.url, { prefix, strips });
    const other = await openPage(browser, proxy.url + prefix + end);
    const { data, errors } = await runQuery(other.page);
    expect({ hasData: data !== undefined, errors }).toEqual({ hasData: true, errors: undefined });
    await other.page.getByRole('list', { name: 'Sources' }).getByRole('listitem').first().waitFor();
    expect(other.complaints).toEqual([]);
    expect(hostsOf(other)).toEqual([proxy.url]);
    await other.page.close();
    await proxy.close();
  });
});
