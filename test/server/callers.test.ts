import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { findClosedPort } from '../support/free-port.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startRecordingServer, startStubServer, type RecordingServer } from '../support/recording-server.ts';

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
  const refused = { status: 401, messages: ['The token cannot be checked at present.'], logged: 1 };

  async function askWithKeysAt(keysUrl: string): Promise<object> {
    const other = await startTestProduct({}, undefined, {
      auth: { mode: 'jwt', issuer, audience, jwksUrl: `${keysUrl}/jwks.json` },
    });
    const { status, errors } = await other.query('{ sources { name } }', {
      headers: { authorization: `Bearer ${await sign()}` },
    });
    await other.close();
    const logged = other.logLines.filter((line) =>
      line.includes('cannot fetch the keys of the token issuer'),
    ).length;
    return { status, messages: errors.map(({ message }) => message), logged };
  }

  it('are told as that, and logged', async () => {
    expect(await askWithKeysAt(`http://127.0.0.1:${await findClosedPort()}`)).toEqual(refused);
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
    expect(await askWithKeysAt(endless.url)).toEqual(refused);
    await isCut;
    await endless.close();
  });

  it.each([
    ['announced', (body: string) => ({ 'content-length': String(body.length) })],
    ['in parts', () => ({})],
  ])('for their answer is far too large, %s', async (_how, headers) => {
    const body = `${JSON.stringify({ keys: [jwk] })}${' '.repeat(200_000)}`;
    const large = await startStubServer(() => ({ headers: headers(body), body }));
    expect(await askWithKeysAt(large.url)).toEqual(refused);
    await large.close();
  });
});
