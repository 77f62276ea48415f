import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { findClosedPort } from '../support/free-port.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import {
  startRecordingServer,
  startStubServer,
  type RecordingServer,
  type StubAnswer,
} from '../support/recording-server.ts';
import { stopDate } from '../support/stopped-date.ts';
import { waitUntil } from '../support/wait-until.ts';

const issuer = 'https://id.example.com/';
const audience = 'customer-graph';

let keyServer: RecordingServer;
let product: TestProduct;
let key: CryptoKey;
let foreignKey: CryptoKey;
let jwk: object;

beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true });
  key = pair.privateKey;
  foreignKey = (await generateKeyPair('RS256')).privateKey;
  jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  keyServer = await startStubServer(() => ({ body: { keys: [jwk] } }));
  product = await startTestProduct({}, undefined, {
    auth: { mode: 'jwt', issuer, audience, jwksUrl: `${keyServer.url}/jwks.json` },
  });
});

afterAll(async () => {
  await product.close();
  await keyServer.close();
});

interface TokenOptions {
  readonly claims?: JWTPayload;
  readonly expires?: string | null;
  readonly key?: CryptoKey;
}

function sign({ claims = {}, expires = '5m', key: signingKey = key }: TokenOptions = {}): Promise<string> {
  const token = new SignJWT({ sub: 'ada', iss: issuer, aud: audience, ...claims }).setProtectedHeader({
    alg: 'RS256',
    kid: 'k1',
  });
  return (expires === null ? token : token.setExpirationTime(expires)).sign(signingKey);
}

async function query(authorization?: string) {
  const { status, data, errors, text } = await product.query('{ sources { name } }', {
    headers: authorization === undefined ? {} : { authorization },
  });
  return {
    status,
    data,
    codes: errors.map(({ extensions }) => extensions['code']),
    messages: errors.map(({ message }) => message),
    text,
  };
}

it('the SDL for clients is for those who are let in', async () => {
  const ask = (headers: Record<string, string>) => fetch(`${product.url}/schema.graphql`, { headers });
  const refused = await ask({});
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toBe('Bearer');
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  const allowed = await ask({ authorization: `Bearer ${await sign()}` });
  expect(allowed.status).toBe(200);
  expect(await allowed.text()).toContain('type Query {');
});

describe('with auth mode jwt', () => {
  it('a good token is let in', async () => {
    expect(await query(`Bearer ${await sign()}`)).toMatchObject({
      status: 200,
      data: { sources: [] },
      codes: [],
    });
    expect(await query(`bearer ${await sign({ claims: { aud: ['other', audience] } })}`)).toMatchObject({
      status: 200,
      codes: [],
    });
  });

  it.each<[string, () => Promise<string | undefined> | string]>([
    ['no token', async () => undefined],
    ['another scheme', () => 'Basic YWRhOnNlY3JldA=='],
    ['something that is no token', () => 'Bearer hello'],
    ['an expired token', async () => `Bearer ${await sign({ expires: '-1m' })}`],
    ['a token without an end', async () => `Bearer ${await sign({ expires: null })}`],
    [
      'a token that is not valid yet',
      async () => `Bearer ${await sign({ claims: { nbf: Math.floor(Date.now() / 1_000) + 600 } })}`,
    ],
    ['a token for others', async () => `Bearer ${await sign({ claims: { aud: 'another-api' } })}`],
    [
      'a token of another issuer',
      async () => `Bearer ${await sign({ claims: { iss: 'https://id.example.org/' } })}`,
    ],
    ['a token signed with another key', async () => `Bearer ${await sign({ key: foreignKey })}`],
    [
      'a token that is not signed',
      () => `Bearer ${new UnsecuredJWT({ iss: issuer, aud: audience }).setExpirationTime('5m').encode()}`,
    ],
    [
      'a token signed with the public key as a secret',
      async () =>
        `Bearer ${await new SignJWT({ iss: issuer, aud: audience })
          .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
          .setExpirationTime('5m')
          .sign(new TextEncoder().encode('k1'.repeat(32)))}`,
    ],
    [
      'a token that was altered',
      async () =>
        `Bearer ${(await sign()).replace(/\.[^.]+\./, `.${Buffer.from(JSON.stringify({ iss: issuer, aud: audience, exp: 9_999_999_999 })).toString('base64url')}.`)}`,
    ],
  ])('%s is turned away', async (_what, authorization) => {
    const { status, data, codes, text } = await query(await authorization());
    expect({ status, data, codes }).toEqual({ status: 401, data: undefined, codes: ['UNAUTHENTICATED'] });
    expect(text).not.toMatch(/stack|jwks|127\.0\.0\.1|node_modules/);
  });

  it('says of an expired token that it has expired, and of any other no more than that', async () => {
    expect((await query(`Bearer ${await sign({ expires: '-1m' })}`)).messages).toEqual([
      'The token has expired.',
    ]);
    expect((await query(`Bearer ${await sign({ claims: { aud: 'x' } })}`)).messages).toEqual([
      'The token is not valid here.',
    ]);
  });

  it('health needs no token', async () => {
    expect((await fetch(`${product.url}/health/live`)).status).toBe(200);
  });

  it('fetches the keys once', async () => {
    await query(`Bearer ${await sign()}`);
    expect(keyServer.calls).toEqual(['GET /jwks.json']);
  });

  it('is told by a header, as HTTP wants it', async () => {
    const response = await fetch(`${product.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{__typename}"}',
    });
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
  });
});

describe('keys that cannot be had', () => {
  const unchecked = {
    statuses: [503],
    codes: ['UNAUTHENTICATED'],
    messages: ['The token cannot be checked at present.'],
    retryable: [true],
    logged: 1,
  };

  /** Asks ten times in turn, then ten times at once: what differs between the answers. */
  async function askWithKeysAt(keysUrl: string): Promise<object> {
    const other = await startTestProduct({}, undefined, {
      auth: { mode: 'jwt', issuer, audience, jwksUrl: `${keysUrl}/jwks.json` },
    });
    const authorization = `Bearer ${await sign()}`;
    const ask = () => other.query('{ sources { name } }', { headers: { authorization } });
    const answers = [];
    for (let index = 0; index < 10; index += 1) answers.push(await ask());
    answers.push(...(await Promise.all(Array.from({ length: 10 }, ask))));
    await other.close();
    const errors = answers.flatMap((answer) => answer.errors);
    for (const { extensions } of errors) expect(extensions['retryAfterSeconds']).toBeGreaterThan(0);
    return {
      statuses: distinct(answers.map(({ status }) => status)),
      codes: distinct(errors.map(({ extensions }) => extensions['code'])),
      messages: distinct(errors.map(({ message }) => message)),
      retryable: distinct(errors.map(({ extensions }) => extensions['retryable'])),
      logged: other.logLines.filter((line) => line.includes('cannot fetch the keys of the token issuer'))
        .length,
    };
  }

  it('are told as that, and logged', async () => {
    expect(await askWithKeysAt(`http://127.0.0.1:${await findClosedPort()}`)).toEqual(unchecked);
  });

  it.each<[string, StubAnswer]>([
    ['fails', { status: 500 }],
    ['limits the rate', { status: 429, headers: { 'retry-after': '10' } }],
    ['redirects', { status: 302, headers: { location: '/login' } }],
    ['sends a page', { headers: { 'content-type': 'text/html' }, body: '<html></html>' }],
    ['sends something else', { body: { keys: 'none' } }],
    ['sends nothing', { body: '' }],
  ])('are asked for once by twenty requests when the issuer %s', async (_what, answer) => {
    const failing = await startStubServer(() => answer);
    expect(await askWithKeysAt(failing.url)).toEqual(unchecked);
    await failing.close();
    expect(failing.calls).toEqual(['GET /jwks.json']);
  });

  it('of an answer without end: it is not read on', async () => {
    let cut = () => {};
    const isCut = new Promise<void>((resolve) => (cut = resolve));
    const endless = await startRecordingServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const writeOn = () => void response.write(' '.repeat(16_384), writeOn);
      response.on('error', () => {}).once('close', cut);
      writeOn();
    });
    expect(await askWithKeysAt(endless.url)).toEqual(unchecked);
    await isCut;
    await endless.close();
  });

  it.each([
    ['announced', (body: string) => ({ 'content-length': String(body.length) })],
    ['in parts', () => ({})],
  ])('for their answer is far too large, %s', async (_how, headers) => {
    const body = `${JSON.stringify({ keys: [jwk] })}${' '.repeat(200_000)}`;
    const large = await startStubServer(() => ({ headers: headers(body), body }));
    expect(await askWithKeysAt(large.url)).toEqual(unchecked);
    await large.close();
  });
});

describe('keys that were had before', () => {
  const minuteMs = 60_000;

  // The clock's time is set, everything that waits goes on as always.
  beforeEach(() => {
    stopDate();
  });
  afterEach(() => void jest.useRealTimers());

  it('are used on when the issuer cannot be reached, asked for now and then, and not for ever', async () => {
    let isDown = false;
    const issuerServer = await startStubServer(() => (isDown ? { status: 503 } : { body: { keys: [jwk] } }));
    const other = await startTestProduct({}, undefined, {
      auth: { mode: 'jwt', issuer, audience, jwksUrl: `${issuerServer.url}/jwks.json` },
    });
    const authorization = `Bearer ${await sign({ expires: '100d' })}`;
    const ask = async () =>
      (await other.query('{ sources { name } }', { headers: { authorization } })).status;
    expect(await ask()).toBe(200);
    isDown = true;
    jest.setSystemTime(Date.now() + 11 * minuteMs);
    for (let index = 0; index < 10; index += 1) expect(await ask()).toBe(200);
    await waitUntil(() => issuerServer.calls.length === 2);
    jest.setSystemTime(Date.now() + 25 * 60 * minuteMs);
    expect(await ask()).toBe(503);
    expect(issuerServer.calls).toHaveLength(2);
    await other.close();
    await issuerServer.close();
  });
});

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
