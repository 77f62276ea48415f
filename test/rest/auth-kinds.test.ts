import { afterEach, describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { startSite } from './oauth2-site.ts';
import { closeAll, createTestClient, secrets, startStub, transports } from './test-client.ts';

afterEach(closeAll);

const key = secrets.token;
const clientCredentials = {
  type: 'clientCredentials',
  clientId: 'client:1',
  clientSecret: secrets.clientSecret,
} as const;

/** An API that takes what a test says, and refuses everything else. */
const startApi = (accepts: (request: IncomingMessage, url: URL) => boolean) =>
  startStub((url, request) =>
    accepts(request, url) ? { body: { is: 'in' } } : { status: 401, body: secrets.body },
  );

describe.each(transports)('with transport %s', (transport) => {
  it.each([
    ['a header', { header: 'X-Api-Key' }, 'x-api-key'],
    ['the authorization header', { header: 'Authorization' }, 'authorization'],
  ])('an API key goes into %s, as it is', async (_where, place, name) => {
    const api = await startApi(({ headers }) => headers[name] === key);
    const client = createTestClient(api.url, transport, { auth: { type: 'apiKey', key, ...place } });
    await expect(client.read()).resolves.toEqual({ is: 'in' });
    const { headers } = api.requests[0] ?? {};
    expect(headers?.authorization).toBe(name === 'authorization' ? key : undefined);
  });

  it('an API key goes into a query parameter, beside the others', async () => {
    const api = await startApi((_request, { searchParams }) => searchParams.get('api_key') === 'a&b=c');
    const client = createTestClient(api.url, transport, {
      auth: { type: 'apiKey', key: 'a&b=c', query: 'api_key' },
    });
    await expect(client.read('/all')).resolves.toEqual({ is: 'in' });
    await expect(client.read('/all?page=2')).resolves.toEqual({ is: 'in' });
    expect(api.requests.map(({ url }) => url)).toEqual([
      '/all?api_key=a%26b%3Dc',
      '/all?page=2&api_key=a%26b%3Dc',
    ]);
  });

  it('a link of the source that has the key has it once', async () => {
    const api = await startApi(() => true);
    const client = createTestClient(api.url, transport, { auth: { type: 'apiKey', key, query: 'key' } });
    await client.read('/all?key=other&page=2');
    expect(api.requests.map(({ url }) => url)).toEqual([`/all?page=2&key=${key}`]);
  });

  it('user name and password go as Basic authentication', async () => {
    const expected = `Basic ${Buffer.from(`me:${secrets.clientSecret}`).toString('base64')}`;
    const api = await startApi(({ headers }) => headers.authorization === expected);
    const auth = { type: 'basic', username: 'me', password: secrets.clientSecret } as const;
    await expect(createTestClient(api.url, transport, { auth }).read()).resolves.toEqual({ is: 'in' });
  });

  it('a key as the user name goes with an empty password', async () => {
    const expected = `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
    const api = await startApi(({ headers }) => headers.authorization === expected);
    const auth = { type: 'basic', username: key, password: '' } as const;
    await expect(createTestClient(api.url, transport, { auth }).read()).resolves.toEqual({ is: 'in' });
  });

  it.each([
    ['an API key in a header', { type: 'apiKey', key, header: 'x-api-key' }],
    ['an API key in the query', { type: 'apiKey', key, query: 'api_key' }],
    ['a password', { type: 'basic', username: 'me', password: key }],
  ] as const)('a refusal of %s is told without it, after one call', async (_what, auth) => {
    const api = await startApi(() => false);
    const failure = await createTestClient(api.url, transport, { auth }).readFailure();
    expect(failure).toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED', status: 401, retryable: false });
    expect(api.requests).toHaveLength(1);
  });
});

describe('client credentials', () => {
  const signIn = { ...clientCredentials, scope: 'read', audience: 'https://api.example.com' };

  it('are traded for a token once, which is kept', async () => {
    const { api, endpoint, grants, auth } = await startSite();
    const client = createTestClient(api.url, 'undici', { auth: { ...signIn, tokenUrl: auth.tokenUrl } });
    await Promise.all(Array.from({ length: 20 }, (_, index) => client.read(`/${index}`)));
    expect(grants.map((grant) => Object.fromEntries(grant))).toEqual([
      {
        grant_type: 'client_credentials',
        client_id: 'client:1',
        client_secret: secrets.clientSecret,
        scope: 'read',
        audience: 'https://api.example.com',
      },
    ]);
    expect(endpoint.requests[0]?.headers.authorization).toBeUndefined();
    expect(api.requests[0]?.headers.authorization).toBe(`Bearer ${secrets.token}-1`);
  });

  it('go into a header where that is wanted, encoded as OAuth says', async () => {
    const { api, endpoint, grants, auth } = await startSite();
    const settings = { ...clientCredentials, tokenUrl: auth.tokenUrl, clientAuth: 'header' } as const;
    await createTestClient(api.url, 'undici', { auth: settings }).read();
    expect(Object.fromEntries(grants[0] ?? [])).toEqual({ grant_type: 'client_credentials' });
    expect(endpoint.requests[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from(`client%3A1:${secrets.clientSecret}`).toString('base64')}`,
    );
  });

  it('get a new token when the source refuses one, and no other when it refuses that as well', async () => {
    const site = await startSite();
    const client = createTestClient(site.api.url, 'undici', {
      auth: { ...clientCredentials, tokenUrl: site.auth.tokenUrl },
    });
    await client.read();
    site.revoke();
    await expect(client.read('/again')).resolves.toEqual({ token: 2 });
    site.revoke();
    await expect(client.readFailure('/once-more')).resolves.toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
    expect(site.grants).toHaveLength(2);
  });

  it('that are refused cost one request, and are told without secrets', async () => {
    const site = await startSite(() => ({ status: 401, body: { error: 'invalid_client' } }));
    const client = createTestClient(site.api.url, 'undici', {
      auth: { ...clientCredentials, tokenUrl: site.auth.tokenUrl },
    });
    const failures = await Promise.all([client.readFailure('/1'), client.readFailure('/2')]);
    expect(failures.map(({ code, reason }) => ({ code, reason }))).toEqual(
      [1, 2].map(() => ({
        code: 'UPSTREAM_UNAUTHORIZED',
        reason: 'no access token: the token endpoint refuses: invalid_client (status 401)',
      })),
    );
    expect([site.grants.length, site.api.calls.length]).toEqual([1, 0]);
  });
});
