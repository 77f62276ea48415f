import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startRecordedSandbox, type RecordedApi } from '../support/sources.ts';
import { waitUntil } from '../support/wait-until.ts';
import { describePage, launchBrowser, newPage, openPage, readEditor, runQuery } from './support/browser.ts';

let apis: Readonly<Record<string, RecordedApi>>;
let product: TestProduct;
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
  apis = await startRecordedSandbox();
  product = await startTestProduct(
    Object.fromEntries(Object.entries(apis).map(([name, { source }]) => [name, source])),
  );
}, 120_000);

afterAll(async () => {
  await browser.close();
  await product.close();
  await Promise.all(Object.values(apis).map((api) => api.close()));
});

const shared = {
  query: 'query Shared($id: ID!) {\n  # 100 % & "all" of it: ü + #\n  customer(id: $id) {\n    id\n  }\n}\n',
  variables: '{ "id": "cro:2" }',
};

const link = () =>
  `${product.url}/#query=${encodeURIComponent(shared.query)}&variables=${encodeURIComponent(shared.variables)}`;

async function shows(page: Page, { query, variables }: typeof shared): Promise<void> {
  await waitUntil(
    async () =>
      (await readEditor(page, 'operation.graphql')) === query &&
      (await readEditor(page, 'variables.json')) === variables,
  );
}

describePage('a link to a query', () => {
  it('opens it, survives a reload, and adds no tab by it', async () => {
    const { page, complaints } = await openPage(browser, link());
    for (let visits = 0; visits < 3; visits += 1) {
      await shows(page, shared);
      expect(await page.getByRole('tab').allInnerTexts()).toEqual(['Shared']);
      // Tabs are written down a little later.
      await page.waitForTimeout(700);
      await page.reload();
    }
    await shows(page, shared);
    expect(await runQuery(page)).toEqual({ data: { customer: { id: 'cro:2' } } });
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('is left behind when the query is changed: a reload keeps what was written', async () => {
    const { page } = await openPage(browser, link());
    await shows(page, shared);
    await page.locator('.graphiql-query-editor .view-line').first().click();
    await page.keyboard.type('# Mine. ');
    await waitUntil(() => !page.url().includes('#'));
    await page.waitForTimeout(700);
    await page.reload();
    await page.locator('.graphiql-query-editor .view-line').first().waitFor();
    const text = shared.query.replace('{', '{# Mine. ');
    await waitUntil(async () => (await readEditor(page, 'operation.graphql')) !== '');
    expect(await readEditor(page, 'operation.graphql')).toBe(text);
    await page.close();
  });

  it('is made by a button, and opens the same elsewhere, without the headers', async () => {
    const { page } = await openPage(browser, link());
    await shows(page, shared);
    await page.getByRole('button', { name: 'Headers', exact: true }).click();
    await page.locator('.graphiql-editor-tool [data-uri*="request-headers"]').click();
    await page.keyboard.type('{"x-note": "secret-text"');
    await page.getByRole('button', { name: 'Copy a link' }).click();
    await page.getByText('Link copied').waitFor();
    expect(page.url()).not.toContain('secret-text');
    const other = await openPage(browser, page.url());
    await shows(other.page, shared);
    await other.page.goto(`${product.url}/#query=${encodeURIComponent('{ __typename }')}`);
    await shows(other.page, { query: '{ __typename }', variables: '' });
    await page.close();
    await other.page.close();
  });
});

describePage('on a narrow screen', () => {
  it('the editor stands above the response, a panel covers both, and nothing is wider than the screen', async () => {
    const { page, complaints } = await openPage(browser, product.url, { width: 375, height: 700 });
    const boxOf = async (selector: string) => {
      const box = await page.locator(selector).first().boundingBox();
      if (box === null) throw new TypeError(`${selector} is not shown`);
      return box;
    };
    const [editors, response] = [await boxOf('.graphiql-editors'), await boxOf('.graphiql-response')];
    expect(editors.y + editors.height).toBeLessThanOrEqual(response.y);
    for (const { width, height } of [editors, response]) {
      expect(width).toBeGreaterThan(350);
      expect(height).toBeGreaterThan(150);
    }
    await page.getByRole('button', { name: 'Show Examples' }).click();
    await page.getByRole('button', { name: 'One customer by its id' }).waitFor();
    expect((await boxOf('.graphiql-plugin')).width).toBe(375);
    await page.getByRole('button', { name: 'One customer by its id' }).click();
    expect(await page.getByRole('region', { name: 'Examples' }).count()).toBe(0);
    expect(await runQuery(page)).toMatchObject({ data: { customer: { __typename: 'ElevateCustomer' } } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describePage('before its scripts have come', () => {
  it('the page says that it is loading, and where they do not come, that it failed', async () => {
    const page = await newPage(browser);
    await page.route('**/assets/explorer-*.js', (route) => void setTimeout(() => void route.abort(), 300));
    await page.goto(product.url);
    await page.getByText('Loading the explorer').waitFor();
    await page.getByText('could not be loaded').waitFor();
    expect(await page.getByText('Loading the explorer').count()).toBe(0);
    await page.close();
  });
});
