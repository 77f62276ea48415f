import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { waitUntil } from '../support/wait-until.ts';
import { describePage, launchBrowser, openPage, readEditor, runQuery } from './support/browser.ts';

const issuer = 'https://id.example.com/';
const audience = 'customer-graph';

let keyServer: RecordingServer;
let api: RecordingServer;
let guarded: TestProduct;
let open: TestProduct;
let browser: Browser;
let key: CryptoKey;

beforeAll(async () => {
  browser = await launchBrowser();
  const pair = await generateKeyPair('RS256', { extractable: true });
  key = pair.privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  keyServer = await startStubServer(() => ({ body: { keys: [jwk] } }));
  api = await startStubServer(({ pathname }) => ({
    body: { id: Number(pathname.split('/').at(-1)), name: 'Acme' },
  }));
  const sources = {
    billing: entryFor.elevate(api.url),
    dispatch: entryFor.cro(api.url, { auth: { type: 'forward' } }),
  };
  guarded = await startTestProduct(sources, undefined, {
    auth: { mode: 'jwt', issuer, audience, jwksUrl: `${keyServer.url}/jwks.json` },
    server: { page: true, introspection: true },
  });
  open = await startTestProduct(sources);
}, 120_000);

afterAll(async () => {
  await browser.close();
  await guarded.close();
  await open.close();
  await Promise.all([keyServer.close(), api.close()]);
});

const sign = (expires: string) =>
  new SignJWT({ sub: 'ada', iss: issuer, aud: audience })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .setExpirationTime(expires)
    .sign(key);

const readHeaders = (page: Page) => readEditor(page, 'request-headers.json');

async function writeHeaders(page: Page, headers: object): Promise<void> {
  const text = JSON.stringify(JSON.stringify(headers));
  await page.evaluate(
    `globalThis.__MONACO.editor.getModels().find(({ uri }) => uri.path.endsWith('request-headers.json')).setValue(${text})`,
  );
}

describePage('where callers need a token', () => {
  it('the page says what to do, prepares the header, and shows everything once it is filled in', async () => {
    const { page } = await openPage(browser, guarded.url);
    const hint = page.locator('.sign-in-hint');
    await hint.getByText('This server needs a token').waitFor();
    await hint.getByText('Put a token into Headers').waitFor();
    expect(JSON.parse(await readHeaders(page))).toEqual({ authorization: 'Bearer ' });
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByText('Sign in to see the schema').waitFor();
    expect(await page.getByText('Error fetching schema').count()).toBe(0);
    // Nothing is told of the sources before.
    expect(await page.content()).not.toContain('dispatch');

    await writeHeaders(page, { authorization: `Bearer ${await sign('5m')}` });
    await hint.getByRole('button', { name: 'Try again' }).click();
    await hint.waitFor({ state: 'detached' });
    await page.getByRole('list', { name: 'Sources' }).getByText('dispatch').waitFor();
    await page.getByText('The customers that a company keeps', { exact: false }).first().waitFor();
    await waitUntil(async () => 'x-dispatch-authorization' in JSON.parse(await readHeaders(page)));
    await page.close();
  });

  it('an expired token is told, with what to do', async () => {
    const { page } = await openPage(browser, guarded.url);
    await writeHeaders(page, { authorization: `Bearer ${await sign('-1m')}` });
    await page.getByRole('button', { name: /^Execute query/ }).click();
    await page.locator('.sign-in-hint').getByText('The token has expired').waitFor();
    const line = page.getByRole('status', { name: 'Last answer' });
    await line.waitFor();
    expect(await line.innerText()).toMatch(/^HTTP 401/);
    await page.close();
  });
});

describePage('where a source takes the credentials of callers', () => {
  it('its header is prepared, and sent only when it is filled in', async () => {
    const { page } = await openPage(
      browser,
      `${open.url}/#query=${encodeURIComponent('{ customer(id: "dispatch:1") { id name } }')}`,
    );
    expect(JSON.parse(await readHeaders(page))).toEqual({ 'x-dispatch-authorization': 'Bearer ' });
    const { errors } = await runQuery(page);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAUTHORIZED' } }]);
    expect(api.calls).toEqual([]);
    await writeHeaders(page, { 'x-dispatch-authorization': 'Bearer mine' });
    expect(await runQuery(page)).toEqual({ data: { customer: { id: 'dispatch:1', name: 'Acme' } } });
    await page.close();
  });
});
