import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';
import { examples } from '../../src/server/graphiql/examples.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startRecordedSandbox, type RecordedApi } from '../support/sources.ts';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

// A machine without a browser can run all other tests; a build server has to have one.
const hasBrowser = existsSync(executablePath) || process.env['CI'] !== undefined;
const describePage = hasBrowser ? describe : describe.skip;
if (!hasBrowser)
  console.warn(`Skipped: there is no browser at ${executablePath}; CHROMIUM_PATH can name another.`);

// Chromium's own services are off, so that every request seen is the page's.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let apis: Readonly<Record<string, RecordedApi>>;
let product: TestProduct;
let browser: Browser;
let page: Page;

/** What went wrong in the page since the test began, and every host it asked anything. */
const complaints: string[] = [];
const hosts = new Set<string>();

beforeAll(async () => {
  if (isPageStale()) execFileSync('npm', ['run', 'build:page'], { stdio: 'ignore' });
  apis = await startRecordedSandbox();
  product = await startTestProduct(
    Object.fromEntries(Object.entries(apis).map(([name, { source }]) => [name, source])),
  );
  browser = await chromium.launch({ executablePath, args });
  page = await browser.newPage({ viewport: { width: 1_400, height: 900 } });
  watch(page);
  await page.goto(product.url);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
}, 120_000);

afterAll(async () => {
  await browser.close();
  await product.close();
  await Promise.all(Object.values(apis).map((api) => api.close()));
});

afterEach(() => void complaints.splice(0));

/** Whether the page was not built since it was last changed. */
function isPageStale(): boolean {
  const modifiedMs = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync('src/server/graphiql', { recursive: true, encoding: 'utf8' }).map(
    (file) => `src/server/graphiql/${file}`,
  );
  return sources.some((file) => modifiedMs(file) > modifiedMs('dist/graphiql/index.html'));
}

function watch(watched: Page): void {
  watched.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url())) hosts.add(new URL(request.url()).origin);
  });
  watched.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  watched.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  watched.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  // What the content security policy forbids is told here as well.
  watched.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
}

/** Runs the query of the open tab and reads the whole answer: the editor shows only the lines that fit. */
async function runQuery(): Promise<{ readonly data?: unknown; readonly errors?: readonly unknown[] }> {
  const run = page.getByRole('button', { name: /^Execute query/ });
  await Promise.all([page.waitForResponse((response) => response.url().endsWith('/graphql')), run.click()]);
  const read = `globalThis.__MONACO.editor.getModels().find((model) => model.uri.path.endsWith('response.json')).getValue()`;
  // Not by waitForFunction: what it looks at again and again is evaluated by the page, whose policy forbids that.
  for (let tries = 0; tries < 200; tries += 1) {
    const text = String(await page.evaluate(read));
    if (text.includes('"data"')) return JSON.parse(text);
    await page.waitForTimeout(50);
  }
  throw new Error('no answer is shown');
}

async function openTab(name: string): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click();
  // The editors take on the texts of the tab one after the other.
  await page.waitForTimeout(300);
}

describePage('the page at /', () => {
  it('opens with a query over all three providers that runs at the press of a button', async () => {
    const { data, errors } = await runQuery();
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      customersByIds: ['ElevateCustomer', 'Sage200Customer', 'CroCustomer'].map((__typename) => ({
        __typename,
        name: expect.any(String),
      })),
    });
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual([new URL(product.url).origin]);
  });

  it('has a tab for each example', async () => {
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(examples.map(({ name }) => name));
  });

  it.each(examples.slice(1))('runs $name', async ({ name, hasErrors }) => {
    await openTab(name);
    const { data, errors } = await runQuery();
    expect(data).toBeInstanceOf(Object);
    expect(errors === undefined).toBe(hasErrors !== true);
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual([new URL(product.url).origin]);
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
    expect(complaints).toEqual([]);
  });

  it('is served with a policy that keeps everything at home', async () => {
    const { headers } = await fetch(product.url);
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('content-security-policy')).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});
