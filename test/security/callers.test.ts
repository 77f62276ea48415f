import { request, type OutgoingHttpHeaders } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import type { Config } from '../../src/config/load-config.ts';
import { postQuery, startTestProduct, type QueryResult, type TestProduct } from '../support/product.ts';
import { pageOf } from '../support/page-of.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { stopDate } from '../support/stopped-date.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

const record = { id: 1, customerName: 'Ada', customerAccountNumber: 'EL1', creditThreshold: 5 };

let api: RecordingServer;
let issuer: TokenIssuer;
let other: TokenIssuer;
const started: TestProduct[] = [];

beforeAll(async () => {
  api = await startStubServer((url) =>
    url.pathname.endsWith('/customers') ? { body: pageOf(url, [record]) } : { body: record },
  );
  issuer = await startTokenIssuer();
  other = await startTokenIssuer({ issuer: 'https://id.example.org/', algorithm: 'RS256' });
});

afterEach(() => {
  api.calls.length = 0;
});

afterAll(async () => {
  await Promise.all(started.map((product) => product.close()));
  await Promise.all([api.close(), issuer.close(), other.close()]);
});

async function start(auth: Config['auth']): Promise<TestProduct> {
  const sources = { first: entryFor.elevate(api.url), second: entryFor.elevate(api.url) };
  const product = await startTestProduct(sources, undefined, { auth });
  started.push(product);
  return product;
}

const query = '{ customer(id: "first:1") { name } }';

/** What a caller gets: the status, and the codes of its errors. */
function outcomeOf({ status, errors }: QueryResult): unknown {
  return { status, codes: errors.map(({ extensions }) => extensions['code']) };
}

const served = { status: 200, codes: [] };
const refused = { status: 401, codes: ['UNAUTHENTICATED'] };
const denied = { status: 200, codes: ['FORBIDDEN'] };

describe('several issuers', () => {
  let product: TestProduct;

  beforeAll(async () => {
    const { mode: _mode, ...further } = other.auth;
    product = await start({ ...issuer.auth, issuers: [{ ...further, scopesClaim: 'permissions' }] });
  });

  it('are each known by their own keys and claims', async () => {
    const first = await issuer.authorize({ scope: 'customers:personal', permissions: [] });
    const second = await other.authorize({ permissions: ['customers:personal'] });
    expect(outcomeOf(await product.query(query, { headers: first }))).toEqual(served);
    expect(outcomeOf(await product.query(query, { headers: second }))).toEqual(served);
    const wrongClaim = await other.authorize({ scope: 'customers:personal' });
    expect(outcomeOf(await product.query(query, { headers: wrongClaim }))).toEqual(denied);
  });

  it.each(['https://id.example.org/', 'https://id.example.net/', 'https://id.example.com', ''])(
    'do not sign for each other, nor for %s',
    async (iss) => {
      const headers = await issuer.authorize({ iss });
      expect(outcomeOf(await product.query(query, { headers }))).toEqual(refused);
    },
  );

  it('are asked for their keys only when a token is theirs', async () => {
    const third = await startTokenIssuer({ issuer: 'https://id.example.net/' });
    const { mode: _mode, ...further } = third.auth;
    const own = await start({ ...issuer.auth, issuers: [further] });
    await own.query(query, { headers: await issuer.authorize() });
    expect(third.server.calls).toEqual([]);
    await third.close();
  });
});

describe('public keys', () => {
  async function createKey(algorithm: string): Promise<{ pem: string; privateKey: CryptoKey }> {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
    return { pem: await exportSPKI(publicKey), privateKey };
  }

  function signWith(key: CryptoKey, alg: string, claims: JWTPayload = {}): Promise<string> {
    return new SignJWT({
      iss: 'https://id.example.com/',
      aud: 'customer-graph',
      scp: ['customers:personal'],
      ...claims,
    })
      .setProtectedHeader({ alg })
      .setExpirationTime('5m')
      .sign(key);
  }

  const settings = { mode: 'jwt', issuer: 'https://id.example.com/', audience: 'customer-graph' } as const;

  it.each(['RS256', 'PS256', 'ES256', 'EdDSA', 'ES384', 'RS512'] as const)(
    'check tokens signed by %s, each among others',
    async (algorithm) => {
      const [own, foreign] = [await createKey(algorithm), await createKey(algorithm)];
      const others = await Promise.all(['RS256', 'ES256', 'EdDSA', 'ES384'].map(createKey));
      const publicKeys = [...others, own].map(({ pem }) => pem);
      const product = await start({ ...settings, publicKeys, algorithms: [algorithm] });
      const ask = async (key: CryptoKey) =>
        outcomeOf(
          await product.query(query, {
            headers: { authorization: `Bearer ${await signWith(key, algorithm)}` },
          }),
        );
      expect(await ask(own.privateKey)).toEqual(served);
      expect(await ask(foreign.privateKey)).toEqual(refused);
    },
  );

  it('are used by the algorithms that are allowed, and no others', async () => {
    const { pem, privateKey } = await createKey('ES384');
    const product = await start({ ...settings, publicKeys: [pem] });
    const authorization = `Bearer ${await signWith(privateKey, 'ES384')}`;
    expect(outcomeOf(await product.query(query, { headers: { authorization } }))).toEqual(refused);
  });

  it('are not taken for a shared secret', async () => {
    const { pem } = await createKey('RS256');
    const product = await start({ ...settings, publicKeys: [pem] });
    const authorization = `Bearer ${await new SignJWT({ iss: settings.issuer, aud: settings.audience })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(pem))}`;
    expect(outcomeOf(await product.query(query, { headers: { authorization } }))).toEqual(refused);
  });
});

describe('time', () => {
  const minuteMs = 60_000;
  const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

  beforeEach(() => {
    stopDate();
  });
  afterEach(() => void jest.useRealTimers());

  it('a token that was good is not good when it has expired', async () => {
    const product = await start(issuer.auth);
    const headers = await issuer.authorize({ exp: inSeconds(60) });
    const ask = async () => (await product.query('{ sources { name } }', { headers })).status;
    expect([await ask(), await ask()]).toEqual([200, 200]);
    jest.setSystemTime(Date.now() + 61_000);
    expect(await ask()).toBe(401);
  });

  it('clocks may differ by as much as is configured', async () => {
    const product = await start({ ...issuer.auth, clockToleranceSeconds: 30 });
    const ask = async (claims: JWTPayload) =>
      (await product.query('{ sources { name } }', { headers: await issuer.authorize(claims) })).status;
    expect(await ask({ exp: inSeconds(-20) })).toBe(200);
    expect(await ask({ exp: inSeconds(-40) })).toBe(401);
    expect(await ask({ exp: inSeconds(60), nbf: inSeconds(20) })).toBe(200);
    expect(await ask({ exp: inSeconds(60), nbf: inSeconds(40) })).toBe(401);
  });

  it('a key that is withdrawn is not used for as long as its tokens would be good', async () => {
    const withdrawing = await startTokenIssuer();
    const product = await start(withdrawing.auth);
    const headers = await withdrawing.authorize({ exp: inSeconds(100_000_000) });
    const ask = async () => (await product.query('{ sources { name } }', { headers })).status;
    expect(await ask()).toBe(200);
    await withdrawing.close();
    jest.setSystemTime(Date.now() + 25 * 60 * minuteMs);
    expect(await ask()).toBe(503);
  });
});

describe('scopes', () => {
  it.each<[string, string, JWTPayload]>([
    ['a list', 'permissions', { permissions: ['customers:personal'] }],
    ['a text', 'permissions', { permissions: 'openid customers:personal' }],
    ['a path', 'realm_access.roles', { realm_access: { roles: ['customers:personal'] } }],
    [
      'a name with dots',
      'https://example.com/scopes',
      { 'https://example.com/scopes': ['customers:personal'] },
    ],
  ])('are read from a claim of their own: %s', async (_what, scopesClaim, claims) => {
    const product = await start({ ...issuer.auth, scopesClaim });
    const headers = await issuer.authorize(claims);
    expect(outcomeOf(await product.query(query, { headers }))).toEqual(served);
    const elsewhere = await issuer.authorize({ scope: 'customers:personal' });
    expect(outcomeOf(await product.query(query, { headers: elsewhere }))).toEqual(denied);
  });

  it.each([
    [{ scope: { customers: 'personal' } }],
    [{ scope: 7 }],
    [{ scope: null }],
    [{ scp: [['customers:personal']] }],
  ])('of another form are none: %j', async (claims) => {
    const product = await start(issuer.auth);
    const headers = await issuer.authorize(claims);
    expect(outcomeOf(await product.query(query, { headers }))).toEqual(denied);
  });
});

describe('a caller that is limited to sources', () => {
  let product: TestProduct;

  beforeAll(async () => {
    product = await start({ ...issuer.auth, sourcesClaim: 'sources' });
  });

  async function ask(text: string, claims: JWTPayload) {
    const headers = await issuer.authorize({ scope: 'customers:personal', ...claims });
    const { data, errors } = await product.query(text, { headers });
    return { data, errors: errors.map(({ path = [], extensions }) => [path.join('.'), extensions['code']]) };
  }

  it('gets nothing of others, and they are not called', async () => {
    const text = `{ own: customer(id: "first:1") { id } other: customer(id: "second:1") { id }
      both: customersByIds(ids: ["second:1", "first:1"]) { id } node(id: "second:site:1") { id } }`;
    expect(await ask(text, { sources: ['first'] })).toEqual({
      data: { own: { id: 'first:1' }, other: null, both: [null, { id: 'first:1' }], node: null },
      errors: expect.arrayContaining([
        ['other', 'FORBIDDEN'],
        ['both.0', 'FORBIDDEN'],
        ['node', 'FORBIDDEN'],
      ]),
    });
    expect(api.calls).toEqual(['GET /v1/customers/1']);
  });

  it('has its own listed and searched, and is told of others that it names', async () => {
    const text = `{ sources { name } customers { completeness { source { name } status } }
      named: customers(filter: { sources: ["first", "second"] }) { completeness { source { name } status code } }
      search(text: "Ada", sources: ["second"]) { nodes { id } } }`;
    const { data, errors } = await ask(text, { sources: 'first' });
    expect(data).toMatchObject({
      sources: [{ name: 'first' }],
      customers: { completeness: [{ source: { name: 'first' } }] },
      named: {
        completeness: [
          { source: { name: 'first' } },
          { source: { name: 'second' }, status: 'FORBIDDEN', code: 'FORBIDDEN' },
        ],
      },
      search: { nodes: [] },
    });
    expect(new Set(errors.map(([path]) => path))).toEqual(new Set(['named', 'search']));
  });

  it('may be allowed all', async () => {
    expect(await ask('{ sources { name } }', { sources: ['*'] })).toMatchObject({
      data: { sources: [{ name: 'first' }, { name: 'second' }] },
    });
  });

  it.each([[{}], [{ sources: [] }], [{ sources: 'third FIRST' }], [{ sources: { first: true } }]])(
    'is allowed none by %j',
    async (claims) => {
      const { data, errors } = await ask(
        '{ sources { name } customer(id: "first:1") { id } customers { nodes { id } } }',
        claims,
      );
      expect(data).toEqual({ sources: [], customer: null, customers: { nodes: [] } });
      expect(errors).toEqual(
        expect.arrayContaining([
          ['customer', 'FORBIDDEN'],
          ['customers', 'FORBIDDEN'],
        ]),
      );
      expect(api.calls).toEqual([]);
    },
  );

  it('is not told the names of others', async () => {
    const headers = await issuer.authorize({ sources: ['first'] });
    const { text } = await product.query('{ customer(id: "third:1") { id } }', { headers });
    expect(text).toContain('first');
    expect(text).not.toContain('second');
  });
});

describe('anonymous callers', () => {
  it('see what is not guarded, where they are let in', async () => {
    const product = await start({ ...issuer.auth, anonymous: true });
    const { data, errors } = await product.query(
      '{ customer(id: "first:1") { references name ... on ElevateCustomer { creditThreshold } } }',
    );
    expect(data).toEqual({ customer: { references: ['EL1'], name: null, creditThreshold: null } });
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  });

  it('are refused with a token that is not good', async () => {
    const product = await start({ ...issuer.auth, anonymous: true });
    for (const authorization of ['Bearer x', '', 'Basic YTpi', `Bearer ${await other.sign()}`])
      expect((await product.query(query, { headers: { authorization } })).status).toBe(401);
  });

  it('may ask no source where callers are limited to some', async () => {
    const product = await start({ ...issuer.auth, anonymous: true, sourcesClaim: 'sources' });
    expect(outcomeOf(await product.query('{ customer(id: "first:1") { id } }'))).toEqual(denied);
    expect(api.calls).toEqual([]);
  });
});

describe('behind a gateway that has checked callers', () => {
  const secret = 'the-secret-of-the-gateway';
  const settings: Extract<Config['auth'], { readonly mode: 'trusted-header' }> = {
    mode: 'trusted-header',
    from: ['127.0.0.0/8'],
    secret,
    secretHeader: 'x-gateway-secret',
    subjectHeader: 'x-caller',
    scopesHeader: 'x-caller-scopes',
    sourcesHeader: 'x-caller-sources',
  };
  const good: Readonly<Record<string, string>> = {
    'x-gateway-secret': secret,
    'x-caller': 'ada',
    'x-caller-scopes': 'customers:personal openid',
    'x-caller-sources': 'first',
  };
  let product: TestProduct;

  beforeAll(async () => {
    product = await start(settings);
  });

  it('they are who it says, and may do what it says', async () => {
    expect(outcomeOf(await product.query(query, { headers: good }))).toEqual(served);
    const second = await product.query('{ customer(id: "second:1") { id } }', { headers: good });
    expect(outcomeOf(second)).toEqual(denied);
    const { 'x-caller-scopes': _scopes, ...withoutScopes } = good;
    expect(outcomeOf(await product.query(query, { headers: withoutScopes }))).toEqual(denied);
  });

  it.each<[string, Record<string, string>]>([
    ['no secret', { 'x-gateway-secret': '' }],
    ['another secret', { 'x-gateway-secret': `${secret}x` }],
    ['the beginning of the secret', { 'x-gateway-secret': secret.slice(0, -1) }],
    ['no caller', { 'x-caller': ' ' }],
  ])('%s is refused', async (_what, headers) => {
    expect(outcomeOf(await product.query(query, { headers: { ...good, ...headers } }))).toEqual(refused);
    expect(api.calls).toEqual([]);
  });

  it.each(Object.keys(good))('%s twice is refused: one may be of the caller', async (name) => {
    expect(await statusOf({ ...good, [name]: [good[name] ?? '', 'x'] })).toBe(401);
    expect(await statusOf({ ...good, [name]: ['', good[name] ?? ''] })).toBe(401);
  });

  it.each(['x-gateway-secret', 'x-caller-scopes', 'x-caller-sources'])(
    '%s is refused where a proxy has joined two',
    async (name) => {
      expect(await statusOf({ ...good, [name]: `customers:bank x, ${good[name]}` })).toBe(401);
    },
  );

  /** Asks with headers that may be there several times. */
  function statusOf(headers: OutgoingHttpHeaders): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const sent = request(`${product.url}/graphql`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
      });
      sent.once('response', (response) => resolve(response.resume().statusCode)).once('error', reject);
      sent.end(JSON.stringify({ query }));
    });
  }

  it('other addresses are refused, whatever they send', async () => {
    const elsewhere = await start({ ...settings, from: ['10.0.0.0/8', '2001:db8::/32', '127.0.0.2'] });
    expect(outcomeOf(await elsewhere.query(query, { headers: good }))).toEqual(refused);
    const forwarded = { ...good, 'x-forwarded-for': '10.0.0.1' };
    expect(outcomeOf(await postQuery(elsewhere.url, query, { headers: forwarded }))).toEqual(refused);
    expect(api.calls).toEqual([]);
  });

  it('callers that it does not name are anonymous, where these are let in', async () => {
    const { sourcesHeader: _sources, ...withoutSources } = settings;
    const open = await start({ ...withoutSources, anonymous: true });
    const { 'x-caller': _caller, ...headers } = good;
    expect(outcomeOf(await open.query(query, { headers }))).toEqual(denied);
    expect((await open.query(query, { headers: { ...headers, 'x-gateway-secret': 'x' } })).status).toBe(401);
  });
});
