import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { faultNames } from '../../src/sandbox/faults/catalogue.ts';
import { startTestProduct } from '../support/product.ts';
import { sendRaw } from '../support/raw-http.ts';
import { waitUntil } from '../support/wait-until.ts';
import { describePage, launchBrowser, openPage } from './support/browser.ts';
import { startSandboxProduct, type SandboxProduct } from './support/sandbox-product.ts';

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

const activeNames = (provider: string) =>
  started.sandbox.faults[provider]?.list().map(({ fault }) => fault.name);

/** Asks for customers until the source is as expected. */
async function askUntil(state: string): Promise<void> {
  await waitUntil(async () => {
    await started.product.query('{ customersByIds(ids: ["elevate:1", "elevate:2", "elevate:3"]) { name } }');
    const { data } = await started.product.query('{ sources { name status { state } } }');
    return JSON.stringify(data).includes(`{"name":"elevate","status":{"state":"${state}"}}`);
  });
}

describePage('the panel of the sandbox', () => {
  it('switches every fault of the catalogue on, with its options, and all off', async () => {
    const { page, complaints } = await openPage(browser, started.product.url);
    await page.getByRole('button', { name: 'Show Sandbox' }).click();
    const panel = page.getByRole('region', { name: 'Sandbox' });
    await panel.getByRole('combobox').selectOption('cro');
    const switches = panel.getByRole('checkbox');
    await switches.first().waitFor();
    await panel.getByText('Options of status', { exact: true }).click();
    await panel.getByRole('textbox', { name: 'status The status', exact: false }).fill('429');
    const names: string[] = [];
    for (const each of await switches.all()) {
      await each.click();
      await waitUntil(() => each.isChecked());
      names.push(activeNames('cro')?.at(-1) ?? '');
    }
    expect(names).toEqual(faultNames);
    const status = started.sandbox.faults['cro']?.list().find(({ fault }) => fault.name === 'status');
    expect(status?.fault).toEqual({ name: 'status', status: 429 });
    expect(activeNames('elevate')).toEqual([]);
    await panel.getByRole('button', { name: 'Switch all off' }).click();
    await panel.getByText('No fault is on.').waitFor();
    expect(activeNames('cro')).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('says what is wrong with an option', async () => {
    const { page } = await openPage(browser, started.product.url);
    await page.getByRole('button', { name: 'Show Sandbox' }).click();
    const panel = page.getByRole('region', { name: 'Sandbox' });
    await panel.getByText('Options of status', { exact: true }).click();
    await panel.getByRole('textbox', { name: 'status The status', exact: false }).fill('200');
    await panel.getByRole('checkbox', { name: 'status', exact: true }).click();
    await panel.getByText('status: found 200, expected a whole number from 400 to 599.').waitFor();
    expect(activeNames('elevate')).toEqual([]);
    await page.close();
  });
});

describePage('the panel of sources', () => {
  it('turns when a source that fails is no longer called, and back', async () => {
    const { page, complaints } = await openPage(browser, started.product.url);
    await page.getByRole('button', { name: 'Show Sandbox' }).click();
    await page.getByRole('checkbox', { name: 'status', exact: true }).click();
    await waitUntil(() => activeNames('elevate')?.length === 1);
    await page.getByRole('button', { name: 'Show Sources' }).click();
    const card = page.getByRole('article', { name: 'elevate' });
    await card.getByText('● available').waitFor();
    await askUntil('UNAVAILABLE');
    await card.getByText('not called, because too many calls failed').waitFor();
    await card.getByText('UPSTREAM_UNAVAILABLE').waitFor();
    started.sandbox.faults['elevate']?.clear();
    await askUntil('AVAILABLE');
    await card.getByText('● available').waitFor();
    expect(await page.getByRole('article', { name: 'cro' }).innerText()).toContain('available');
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe('/sandbox/faults/<provider>', () => {
  const send = (headers: Record<string, string>, body = '[{"name":"hang"}]') =>
    fetch(`${started.product.url}/sandbox/faults/elevate`, { method: 'PUT', headers, body });
  const json = { 'content-type': 'application/json' };

  it('takes faults as JSON, and tells what is wrong with them', async () => {
    expect((await send(json)).status).toBe(200);
    expect(activeNames('elevate')).toEqual(['hang']);
    const refused = await send(json, '[{"name":"none"}]');
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ problems: [{ at: '[0].name' }] });
    expect(activeNames('elevate')).toEqual(['hang']);
  });

  it.each([
    ['another site', { ...json, origin: 'http://evil.example.com' }],
    ['another site, without an origin', { ...json, 'sec-fetch-site': 'cross-site' }],
    ['a form', { 'content-type': 'text/plain', 'sec-fetch-site': 'same-origin' }],
  ])('refuses %s', async (_what, headers) => {
    expect([403, 415]).toContain((await send(headers)).status);
    expect(activeNames('elevate')).toEqual([]);
  });

  it('refuses a name that was made to resolve to this machine', async () => {
    const { answers } = await sendRaw(
      started.product.url,
      'DELETE /sandbox/faults/elevate HTTP/1.1\r\nhost: evil.example.com\r\nconnection: close\r\n\r\n',
    );
    expect(answers.map(({ status }) => status)).toEqual([421]);
  });

  it('is not there without the sandbox', async () => {
    const other = await startTestProduct(started.sandbox.sources);
    const { status } = await fetch(`${other.url}/sandbox/faults/elevate`);
    const page = await (await fetch(other.url)).text();
    expect({ status, hasSandbox: page.includes('&quot;hasSandbox&quot;:true') }).toEqual({
      status: 404,
      hasSandbox: false,
    });
    await other.close();
  });
});
