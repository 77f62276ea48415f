import { rmSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createRawServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createConfig } from '../../src/config/load-config.ts';
import { createAuthority, type TestAuthority } from '../support/certificates.ts';
import { listen, serve } from '../support/loopback.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startProxy, type TestProxy, type TestProxyOptions } from '../support/proxy.ts';
import { startStubServer } from '../support/recording-server.ts';

const customer = { id: 1, customerName: 'Ada' };
const question = '{ customer(id: "elevate:1") { name } }';
const answered = { data: { customer: { name: 'Ada' } }, errors: [] };

let authority: TestAuthority;
/** Serves the API and the token endpoint, at whatever name. */
let secure: { readonly url: string; readonly calls: string[]; close(): Promise<void> };

beforeAll(async () => {
  authority = await createAuthority(['api.example.com', 'id.example.com', 'proxy.example.com', '127.0.0.1']);
  const calls: string[] = [];
  const server = createTlsServer(authority.server, ({ method, url, headers }, response) => {
    calls.push(`${method} https://${headers.host}${url}`);
    const isToken = url === '/token';
    const body = isToken ? { access_token: 'a.b.c', token_type: 'Bearer', expires_in: 3_600 } : customer;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const { url, close } = await serve(server);
  secure = { url: url.replace('http:', 'https:'), calls, close };
});

afterAll(async () => {
  await secure.close();
  rmSync(authority.folder, { recursive: true });
});

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
  secure.calls.length = 0;
});

const portOf = ({ url }: { readonly url: string }) => Number(new URL(url).port);

async function startTestProxy(options: Partial<TestProxyOptions> = {}): Promise<TestProxy> {
  const proxy = await startProxy({ portOf: () => portOf(secure), ...options });
  closers.push(() => proxy.close());
  return proxy;
}

/** One source, Elevate at `api.example.com` unless it is said otherwise. */
async function startProduct(
  settings: Readonly<Record<string, unknown>>,
  environment: NodeJS.ProcessEnv = {},
): Promise<TestProduct> {
  const { proxies } = createConfig([], environment);
  const elevate = {
    provider: 'elevate',
    baseUrl: 'https://api.example.com/v1',
    auth: { type: 'bearer', token: 'test-token' },
    caFile: authority.caFile,
    ...settings,
  };
  const product = await startTestProduct({ elevate }, undefined, { proxies });
  closers.push(() => product.close());
  return product;
}

async function ask(product: TestProduct) {
  const { data, errors } = await product.query(question);
  return { data, errors };
}

/** The code of the failure, and the reason that is logged. */
async function failToAsk(product: TestProduct) {
  const { errors } = await product.query(question);
  const reasons = product.logLines.map((line) => JSON.parse(line).reason).filter(Boolean);
  return { codes: errors.map(({ extensions }) => extensions['code']), reasons: [...new Set(reasons)] };
}

describe.each(['undici', 'fetch'])('by %s', (transport) => {
  describe('a proxy of the environment', () => {
    it('leads to https through a tunnel, kept for the next call', async () => {
      const proxy = await startTestProxy();
      const product = await startProduct({ transport }, { HTTPS_PROXY: proxy.url });
      for (let index = 0; index < 3; index += 1) expect(await ask(product)).toEqual(answered);
      expect(proxy.calls).toEqual(['CONNECT api.example.com:443']);
      expect(secure.calls).toEqual(Array(3).fill('GET https://api.example.com/v1/customers/1'));
    });

    it('leads to the token endpoint as well', async () => {
      const proxy = await startTestProxy();
      const auth = {
        type: 'oauth2',
        tokenUrl: 'https://id.example.com:8443/token',
        clientId: 'client',
        clientSecret: 'secret',
        refreshToken: 'token',
      };
      const product = await startProduct({ transport, auth }, { https_proxy: proxy.url });
      expect(await ask(product)).toEqual(answered);
      expect(proxy.calls).toEqual(['CONNECT id.example.com:8443', 'CONNECT api.example.com:443']);
      expect(secure.calls).toEqual([
        'POST https://id.example.com:8443/token',
        'GET https://api.example.com/v1/customers/1',
      ]);
    });

    it('is asked for plain http by whole URLs', async () => {
      const api = await startStubServer(() => ({ body: customer }));
      closers.push(() => api.close());
      const proxy = await startTestProxy({ portOf: () => portOf(api) });
      const settings = { transport, baseUrl: 'http://api.example.com/v1', allowPlainHttp: true };
      const product = await startProduct(settings, { HTTP_PROXY: proxy.url.replace('//', '//me:p%40ss@') });
      for (let index = 0; index < 2; index += 1) expect(await ask(product)).toEqual(answered);
      expect(proxy.calls).toEqual(Array(2).fill('GET http://api.example.com/v1/customers/1'));
      expect(proxy.authorizations).toEqual(
        Array(2).fill(`Basic ${Buffer.from('me:p@ss').toString('base64')}`),
      );
      expect(api.calls).toEqual(Array(2).fill('GET /v1/customers/1'));
      expect(api.requests[0]?.headers.host).toBe('api.example.com');
    });

    it('is given its own user name and password', async () => {
      const proxy = await startTestProxy();
      const product = await startProduct(
        { transport },
        { HTTPS_PROXY: proxy.url.replace('//', '//me:p%40ss@') },
      );
      expect(await ask(product)).toEqual(answered);
      expect(proxy.authorizations).toEqual([`Basic ${Buffer.from('me:p@ss').toString('base64')}`]);
    });

    it('does not lead to this machine', async () => {
      const proxy = await startTestProxy();
      const product = await startProduct(
        { transport, baseUrl: `${secure.url}/v1` },
        { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url },
      );
      expect(await ask(product)).toEqual(answered);
      expect(proxy.calls).toEqual([]);
    });

    it('gives way to that of the source', async () => {
      const [environments, sources] = [await startTestProxy(), await startTestProxy()];
      const product = await startProduct(
        { transport, proxy: sources.url },
        { HTTPS_PROXY: environments.url },
      );
      expect(await ask(product)).toEqual(answered);
      expect(environments.calls).toEqual([]);
      expect(sources.calls).toEqual(['CONNECT api.example.com:443']);
    });

    it.each([
      ['a source that is reached without', { proxy: 'none' }, {}],
      ['NO_PROXY', {}, { NO_PROXY: 'example.com' }],
    ])('is not asked for %s', async (_what, settings, environment) => {
      const proxy = await startTestProxy();
      const product = await startProduct(
        { transport, ...settings },
        { HTTPS_PROXY: proxy.url, ...environment },
      );
      expect(await failToAsk(product)).toMatchObject({ codes: ['UPSTREAM_UNAVAILABLE'] });
      expect(proxy.calls).toEqual([]);
    });
  });

  describe('a proxy', () => {
    it('may be reached by TLS itself, with a certificate of the same authority', async () => {
      const proxy = await startTestProxy({ tls: authority.server });
      const product = await startProduct({ transport, proxy: proxy.url });
      expect(await ask(product)).toEqual(answered);
      expect(proxy.calls).toEqual(['CONNECT api.example.com:443']);
    });

    it('may be reached by TLS for plain http as well', async () => {
      const api = await startStubServer(() => ({ body: customer }));
      closers.push(() => api.close());
      const proxy = await startTestProxy({ tls: authority.server, portOf: () => portOf(api) });
      const settings = { transport, baseUrl: 'http://api.example.com/v1', allowPlainHttp: true };
      expect(await ask(await startProduct({ ...settings, proxy: proxy.url }))).toEqual(answered);
      expect(proxy.calls).toEqual(['GET http://api.example.com/v1/customers/1']);
    });

    it.each([
      [407, 'the proxy answers 407', 1],
      [403, 'the proxy answers 403', 1],
      [502, 'the proxy answers 502', 2],
    ])('that answers %i is told as that', async (status, reason, attempts) => {
      const proxy = await startTestProxy({ refuse: () => status });
      const product = await startProduct({ transport, proxy: proxy.url });
      expect(await failToAsk(product)).toEqual({ codes: ['UPSTREAM_UNAVAILABLE'], reasons: [reason] });
      expect(proxy.calls).toHaveLength(attempts);
      expect(secure.calls).toEqual([]);
    });

    it('that does not answer costs the time of a connection, and the next call tries anew', async () => {
      let status: number | undefined = 0;
      const proxy = await startTestProxy({ refuse: () => status });
      const product = await startProduct({
        transport,
        proxy: proxy.url,
        connectTimeoutMs: 200,
        maxConcurrency: 1,
      });
      const failure = await failToAsk(product);
      expect(failure).toEqual({
        codes: ['UPSTREAM_TIMEOUT'],
        reasons: ['connection not made in time (ETIMEDOUT)'],
      });
      status = undefined;
      expect(await ask(product)).toEqual(answered);
    });

    it('that is gone is told as that', async () => {
      const proxy = await startTestProxy();
      await proxy.close();
      const product = await startProduct({ transport, proxy: proxy.url });
      expect(await failToAsk(product)).toEqual({
        codes: ['UPSTREAM_UNAVAILABLE'],
        reasons: ['ECONNREFUSED'],
      });
    });

    it('that answers in another language is told as that', async () => {
      const server = createRawServer((socket) =>
        socket
          .on('error', () => {})
          .resume()
          .end('220 mail.example.com\r\n'),
      );
      const port = await listen(server);
      closers.push(() => new Promise((resolve) => server.close(resolve)));
      const product = await startProduct({ transport, proxy: `http://127.0.0.1:${port}` });
      expect(await failToAsk(product)).toMatchObject({ codes: ['UPSTREAM_UNAVAILABLE'] });
    });
  });

  describe('a certificate', () => {
    const direct = () => ({ transport, baseUrl: `${secure.url}/v1` });

    it('of an authority that caFile has is trusted', async () => {
      expect(await ask(await startProduct(direct()))).toEqual(answered);
    });

    it.each(['0', undefined])(
      'of an unknown authority is not, whatever NODE_TLS_REJECT_UNAUTHORIZED is (%s)',
      async (value) => {
        const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
        if (value !== undefined) process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = value;
        try {
          const product = await startProduct({ ...direct(), caFile: undefined });
          expect(await failToAsk(product)).toMatchObject({ codes: ['UPSTREAM_UNAVAILABLE'] });
          const tunnelled = await startProduct({
            transport,
            caFile: undefined,
            proxy: (await startTestProxy()).url,
          });
          expect(await failToAsk(tunnelled)).toMatchObject({ codes: ['UPSTREAM_UNAVAILABLE'] });
        } finally {
          if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
          else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
        }
        expect(secure.calls).toEqual([]);
      },
    );

    it('for another name is not trusted, behind a proxy as well', async () => {
      const proxy = await startTestProxy();
      const product = await startProduct({
        transport,
        baseUrl: 'https://other.example.com/v1',
        proxy: proxy.url,
      });
      expect(await failToAsk(product)).toEqual({
        codes: ['UPSTREAM_UNAVAILABLE'],
        reasons: ['ERR_TLS_CERT_ALTNAME_INVALID'],
      });
      expect(secure.calls).toEqual([]);
    });
  });
});

describe('the keys of a token issuer', () => {
  it('are fetched through the proxy, from an issuer that caFile vouches for', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
    const server = createTlsServer(authority.server, (_request, response) =>
      response.end(JSON.stringify({ keys: [jwk] })),
    );
    const issuer = await serve(server);
    const proxy = await startTestProxy({ portOf: () => portOf(issuer) });
    const { proxies } = createConfig([], { HTTPS_PROXY: proxy.url });
    const auth = {
      mode: 'jwt',
      issuer: 'https://id.example.com/',
      audience: 'customers',
      jwksUrl: 'https://id.example.com/jwks.json',
      caFile: authority.caFile,
    } as const;
    const product = await startTestProduct({}, undefined, { auth, proxies });
    closers.push(
      () => product.close(),
      () => issuer.close(),
    );
    const token = await new SignJWT({ iss: auth.issuer, aud: auth.audience })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setExpirationTime('5m')
      .sign(privateKey);
    const { status } = await product.query('{ sources { name } }', {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(status).toBe(200);
    expect(proxy.calls).toEqual(['CONNECT id.example.com:443']);
  });
});
