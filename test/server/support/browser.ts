import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { describe } from '@jest/globals';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

// A machine without a browser can run all other tests; a build server has to have one.
const hasBrowser = existsSync(executablePath) || process.env['CI'] !== undefined;
export const describePage = hasBrowser ? describe : describe.skip;
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

/** Builds the page if it was changed since, and starts a browser. */
export function launchBrowser(): Promise<Browser> {
  // As it is built for users: tests run with another NODE_ENV, with which React is larger and slower.
  const env = { ...process.env, NODE_ENV: 'production' };
  if (isPageStale()) execFileSync('npm', ['run', 'build:page'], { stdio: 'ignore', env });
  return chromium.launch({ executablePath, args });
}

function isPageStale(): boolean {
  const modifiedMs = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync('src/server/graphiql', { recursive: true, encoding: 'utf8' }).map(
    (file) => `src/server/graphiql/${file}`,
  );
  return sources.some((file) => modifiedMs(file) > modifiedMs('dist/graphiql/index.html'));
}

/** A page that is open, and what happened in it. */
export interface OpenPage {
  readonly page: Page;
  /** What went wrong: failed requests, errors, and what the content security policy forbids. */
  readonly complaints: string[];
  /** Every URL that was asked for. */
  readonly urls: string[];
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** A page that waits as long as it takes on a machine with other work: how fast it is, is not what is tested. */
export async function newPage(browser: Browser, options?: BrowserContextOptions): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(110_000);
  return page;
}

/** Opens GraphiQL and waits until its editor is there. */
export async function openPage(
  browser: Browser,
  url: string,
  { width = 1_400, height = 900, colorScheme = 'light' }: PageOptions = {},
): Promise<OpenPage> {
  const page = await newPage(browser, { viewport: { width, height }, colorScheme });
  const complaints: string[] = [];
  const urls: string[] = [];
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url())) urls.push(request.url());
  });
  page.on('requestfailed', (request) => {
    // A reload ends what is under way.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') complaints.push(`failed: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  await page.goto(url);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  return { page, complaints, urls };
}

/** Runs the query of the open tab and reads the whole answer: the editor shows only the lines that fit. */
export async function runQuery(
  page: Page,
): Promise<{ readonly data?: unknown; readonly errors?: readonly unknown[] }> {
  const run = page.getByRole('button', { name: /^Execute query/ });
  await Promise.all([page.waitForResponse((response) => response.url().endsWith('/graphql')), run.click()]);
  // Not by waitForFunction: what it looks at again and again is evaluated by the page, whose policy forbids that.
  for (let tries = 0; tries < 2_000; tries += 1) {
    const text = await readEditor(page, 'response.json');
    if (text.includes('"data"')) return JSON.parse(text);
    await page.waitForTimeout(50);
  }
  throw new Error('no answer is shown');
}

/** The whole text of an editor, by the end of its name. */
export async function readEditor(page: Page, name: string): Promise<string> {
  const models = 'globalThis.__MONACO?.editor.getModels()';
  return String(
    await page.evaluate(`${models}?.find(({ uri }) => uri.path.endsWith('${name}'))?.getValue() ?? ''`),
  );
}
