import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { describePage, launchBrowser, openPage, runQuery } from './support/browser.ts';
import { startSandboxProduct, type SandboxProduct } from './support/sandbox-product.ts';
import { findPoorContrast, findViolations, type Violation } from './support/accessibility.ts';

const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

let started: SandboxProduct;
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
  started = await startSandboxProduct();
}, 120_000);

afterAll(async () => {
  await browser.close();
  await started.close();
});

afterEach(() => started.clearFaults());

/** What GraphiQL and its editor have themselves, by rule: see docs/explorer.md. */
const ofGraphiql = new Set([
  'color-contrast',
  'label-content-name-mismatch',
  'link-in-text-block',
  'nested-interactive',
  'target-size',
]);

async function openPanel(page: Page, panel: string): Promise<void> {
  await page.getByRole('button', { name: `Show ${panel}` }).click();
  await page
    .locator('.graphiql-plugin h2, .graphiql-plugin .graphiql-doc-explorer-title, .graphiql-history')
    .first()
    .waitFor();
  if (panel === 'Examples') await page.getByRole('button', { name: 'One customer by its id' }).waitFor();
  if (panel === 'Sandbox') {
    await page.getByRole('checkbox', { name: 'status', exact: true }).click();
    await page.getByText('On: status.').waitFor();
    await page.getByText('Options of status', { exact: true }).click();
  }
}

describePage.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it('nothing of ours hinders anybody, whichever panel is open, and all of it can be read', async () => {
    const { page } = await openPage(browser, started.product.url, { colorScheme });
    await page.evaluate(axe);
    await runQuery(page);
    const violations: (Violation & { readonly panel: string })[] = [];
    const poor: string[] = [];
    for (const panel of ['', 'Documentation Explorer', 'Examples', 'Sources', 'Sandbox', 'History']) {
      if (panel !== '') await openPanel(page, panel);
      violations.push(...(await findViolations(page)).map((violation) => ({ ...violation, panel })));
      poor.push(...(await findPoorContrast(page)));
    }
    expect(violations.filter(({ isOurs }) => isOurs)).toEqual([]);
    expect(violations.filter(({ rule }) => !ofGraphiql.has(rule))).toEqual([]);
    expect(poor).toEqual([]);
    await page.close();
  });
});

describePage('by keyboard', () => {
  it('the button that runs the query is two steps away, and Ctrl+Enter works anywhere', async () => {
    const { page } = await openPage(browser, started.product.url);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const focused = await page.evaluate("document.activeElement?.getAttribute('aria-label')");
    expect(focused).toMatch(/^Execute query/);
    await page.getByRole('button', { name: 'Show Sources' }).focus();
    const [request] = await Promise.all([
      page.waitForRequest((sent) => sent.postData()?.includes('FirstCustomers') === true),
      page.keyboard.press('Control+Enter'),
    ]);
    expect(request.method()).toBe('POST');
    await page.close();
  });
});
