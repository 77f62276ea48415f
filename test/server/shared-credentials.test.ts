import { afterEach, describe, expect, it } from '@jest/globals';
import { credentialSettings } from '../../src/rest/credentials/settings.ts';
import { startTestProduct } from '../support/product.ts';
import { startStubServer, type StubAnswer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

const question = '{ uk: customer(id: "uk:1") { name } ie: customer(id: "ie:1") { name } }';

/** Two companies of one Sage site, with one sign-in; the API takes the newest access token only. */
async function startSite(answer: (count: number) => StubAnswer) {
  let accepted = 'none';
  const endpoint = await startStubServer(() => {
    const given = answer(endpoint.calls.length);
    accepted = `token-${endpoint.calls.length}`;
    const usual = { access_token: accepted, token_type: 'Bearer', expires_in: 3_600 };
    return { body: usual, ...given };
  });
  const api = await startStubServer((_url, { headers }) =>
    headers.authorization === `Bearer ${accepted}`
      ? { body: { id: 1, name: `Company ${String(headers['x-company'])}` } }
      : { status: 401 },
  );
  const site = credentialSettings.parse({
    type: 'oauth2',
    tokenUrl: `${endpoint.url}/token`,
    clientId: 'client',
    clientSecret: 'secret',
    refreshToken: 'token',
  });
  const auth = { type: 'shared', credential: 'site' };
  const product = await startTestProduct(
    {
      uk: entryFor.sage200(api.url, { auth, company: 1 }),
      ie: entryFor.sage200(api.url, { auth, company: 2 }),
    },
    undefined,
    { credentials: { site } },
  );
  closers.push(
    () => product.close(),
    () => api.close(),
    () => endpoint.close(),
  );
  return { endpoint, api, product, revoke: () => void (accepted = 'none') };
}

describe('sources with one credential', () => {
  it('ask for one access token, and for one when it is refused to both', async () => {
    const { endpoint, api, product, revoke } = await startSite(() => ({}));
    const data = { uk: { name: 'Company 1' }, ie: { name: 'Company 2' } };
    expect(await product.query(question)).toMatchObject({ data, errors: [] });
    expect(endpoint.calls).toEqual(['POST /token']);
    revoke();
    expect(await product.query(question)).toMatchObject({ data, errors: [] });
    expect(endpoint.calls).toEqual(['POST /token', 'POST /token']);
    expect(new Set(api.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer token-1', 'Bearer token-2']),
    );
  });

  it('remember a failure together, and each tells it under its own name', async () => {
    const { endpoint, api, product } = await startSite(() => ({
      status: 400,
      body: { error: 'invalid_grant' },
    }));
    for (let index = 0; index < 5; index += 1) {
      const { data, errors } = await product.query(question);
      expect(data).toEqual({ uk: null, ie: null });
      expect(
        new Set(errors.map(({ extensions: { code, source } }) => `${String(code)} ${String(source)}`)),
      ).toEqual(new Set(['UPSTREAM_UNAUTHORIZED uk', 'UPSTREAM_UNAUTHORIZED ie']));
    }
    expect(endpoint.calls).toEqual(['POST /token']);
    expect(api.calls).toEqual([]);
  });
});
