import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import type { StubAnswer } from '../support/recording-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { startSite, type Site } from './oauth2-site.ts';
import { pass, stopDate } from '../support/stopped-date.ts';
import { closeAll, createScope, secrets, startStub, type TestClient } from './test-client.ts';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

afterEach(async () => {
  jest.useRealTimers();
  await closeAll();
});

const refreshTokensOf = ({ grants }: Site) => grants.map((grant) => grant.get('refresh_token'));
const outcomesOf = ({ events }: TestClient) =>
  events.filter((event) => event.startsWith('["callEnded"')).map((event) => JSON.parse(event)[1].outcome);
const rotate = (count: number) => ({ body: { refresh_token: `${secrets.refreshToken}-${count}` } });

describe('oauth2', () => {
  it('trades the refresh token for an access token', async () => {
    const site = await startSite();
    await expect(site.connect({ scope: 'read' }).read()).resolves.toEqual({ token: 1 });
    expect(site.endpoint.calls).toEqual(['POST /token']);
    expect(Object.fromEntries(site.grants[0] ?? [])).toMatchObject({
      grant_type: 'refresh_token',
      refresh_token: `${secrets.refreshToken}-0`,
      scope: 'read',
    });
    expect(site.api.requests[0]?.headers.authorization).toBe(`Bearer ${secrets.token}-1`);
  });

  it('asks for one token when a hundred calls need it', async () => {
    const site = await startSite();
    const client = site.connect();
    await Promise.all(Array.from({ length: 100 }, (_, index) => client.read(`/${index}`)));
    expect(site.grants).toHaveLength(1);
    expect(site.api.calls).toHaveLength(100);
  });

  it('asks for one token when a hundred calls are refused', async () => {
    const site = await startSite();
    const client = site.connect();
    await client.read();
    site.revoke();
    await Promise.all(Array.from({ length: 100 }, (_, index) => client.read(`/${index}`)));
    expect(site.grants).toHaveLength(2);
  });

  it('renews a refused token once and makes the call again', async () => {
    const site = await startSite();
    const client = site.connect();
    await expect(client.read()).resolves.toEqual({ token: 1 });
    site.revoke();
    await expect(client.read('/again')).resolves.toEqual({ token: 2 });
    expect(site.api.calls).toEqual([`GET ${secrets.path}`, 'GET /again', 'GET /again']);
    expect(outcomesOf(client)).toEqual(['OK', 'UPSTREAM_UNAUTHORIZED', 'OK']);
    expect(client.events).toContain(JSON.stringify(['retried', 'north']));
  });

  it('makes the call again in its turn: the quota holds for it as well', async () => {
    const site = await startSite();
    const client = site.connect({}, { quota: { calls: 2, perMs: 600_000 } });
    await client.read();
    site.revoke();
    const failure = await client.readFailure('/again');
    expect(failure).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', reason: 'not called: quota' });
    expect(site.api.calls).toEqual([`GET ${secrets.path}`, 'GET /again']);
    expect(site.grants).toHaveLength(2);
  });

  it('gives up when the renewed token is refused as well, and does not renew it for each call then', async () => {
    const site = await startSite(rotate);
    const api = await startStub(() => ({ status: 401, body: secrets.body }));
    const client = site.connect({}, { baseUrl: api.url });
    await expect(client.readFailure()).resolves.toMatchObject({
      code: 'UPSTREAM_UNAUTHORIZED',
      status: 401,
      retryable: false,
    });
    expect(api.calls).toHaveLength(2);
    for (let index = 0; index < 10; index += 1)
      await expect(client.readFailure(`/${index}`)).resolves.toMatchObject({ status: 401 });
    await Promise.all(Array.from({ length: 10 }, (_, index) => client.readFailure(`/${index}`)));
    expect(api.calls).toHaveLength(22);
    expect(site.grants).toHaveLength(2);
  });

  it('keeps a token for its life', async () => {
    const site = await startSite();
    const client = site.connect();
    for (let index = 0; index < 5; index += 1) await client.read();
    expect(site.grants).toHaveLength(1);
  });

  it.each([
    ['a short life', { expires_in: 20 }],
    ['no known life', { expires_in: undefined }],
    ['no life', { expires_in: 0 }],
    ['a negative life', { expires_in: -3_600 }],
    ['a life in words', { expires_in: 'one hour' }],
    ['a life that is a text', { expires_in: '3600' }],
    ['a life of null', { expires_in: null }],
    ['an endless life', { expires_in: 1e300 }],
  ])('keeps a token with %s for more than one call', async (_case, body) => {
    const site = await startSite(() => ({ body }));
    const client = site.connect();
    for (let index = 0; index < 5; index += 1) await client.read();
    expect(site.grants).toHaveLength(1);
  });

  describe('before a token expires', () => {
    const shortLived = { expires_in: 60 };

    beforeEach(stopDate);

    it('renews it, and goes on with it meanwhile', async () => {
      let issue = () => {};
      const issued = new Promise<void>((resolve) => (issue = resolve));
      const site = await startSite(async (count) => {
        if (count === 1) return { body: shortLived };
        await issued;
        return {};
      });
      const client = site.connect();
      await client.read();
      pass(40);
      await expect(Promise.all([client.read('/1'), client.read('/2')])).resolves.toEqual([
        { token: 1 },
        { token: 1 },
      ]);
      issue();
      await waitUntil(async () => isDeepStrictEqual(await client.read('/3'), { token: 2 }));
      expect(site.grants).toHaveLength(2);
    });

    it('goes on with it when the endpoint hangs', async () => {
      const site = await startSite(async (count) => {
        if (count > 1) await new Promise(() => {});
        return { body: shortLived };
      });
      const client = site.connect();
      await client.read();
      pass(40);
      for (let index = 0; index < 10; index += 1)
        await expect(client.read(`/${index}`)).resolves.toEqual({ token: 1 });
      expect(site.grants).toHaveLength(2);
    });

    it('goes on with it when the endpoint fails, and does not ask that again with each call', async () => {
      const site = await startSite((count) =>
        count === 1 ? { body: shortLived } : { status: 503, body: secrets.body },
      );
      const client = site.connect();
      await client.read();
      pass(40);
      for (let index = 0; index < 20; index += 1)
        await expect(client.read(`/${index}`)).resolves.toEqual({ token: 1 });
      expect(site.grants).toHaveLength(2);
      expect(client.events).toContain(
        JSON.stringify([
          'warned',
          'north',
          'the access token could not be renewed: the token endpoint answers 503',
        ]),
      );
    });
  });

  it('ends with the request that waits for a token, and leaves the token to the others', async () => {
    let issue = () => {};
    const issued = new Promise<void>((resolve) => (issue = resolve));
    const site = await startSite(async () => {
      await issued;
      return {};
    });
    const client = site.connect();
    const controller = new AbortController();
    const ended = client.readFailure(undefined, createScope({ signal: controller.signal }));
    const other = client.read('/other');
    await waitUntil(() => site.grants.length === 1);
    controller.abort();
    await expect(ended).resolves.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    issue();
    await expect(other).resolves.toEqual({ token: 1 });
    expect(site.grants).toHaveLength(1);
  });

  it('is waited for by an orderly end', async () => {
    const site = await startSite(async () => {
      await wait(300);
      return {};
    });
    const client = site.connect();
    const read = client.read();
    await waitUntil(() => site.grants.length === 1);
    let isClosed = false;
    const closed = client.close().then(() => (isClosed = true));
    await wait(100);
    expect(isClosed).toBe(false);
    await Promise.allSettled([read, closed]);
    expect(isClosed).toBe(true);
  });

  describe('with a rotated refresh token', () => {
    it('sends the newest the next time', async () => {
      const site = await startSite((count) => ({
        body: { ...rotate(count).body, expires_in: count === 1 ? 60 : 3_600 },
      }));
      stopDate();
      const client = site.connect();
      await client.read();
      pass(60);
      await client.read();
      site.revoke();
      await client.read();
      expect(refreshTokensOf(site)).toEqual([0, 1, 2].map((count) => `${secrets.refreshToken}-${count}`));
    });
  });

  describe('without a token', () => {
    const answers: [string, StubAnswer][] = [
      [
        'refuses the refresh token',
        {
          status: 400,
          body: JSON.stringify({ error: 'invalid_grant', error_description: secrets.refreshToken }),
        },
      ],
      [
        'refuses the client',
        {
          status: 401,
          headers: { 'www-authenticate': `Basic realm="${secrets.body}"` },
          body: '{"error":"invalid_client"}',
        },
      ],
      [
        'sends a login page',
        { headers: { 'content-type': 'text/html' }, body: `<html>${secrets.body}</html>` },
      ],
      ['sends something else', { body: JSON.stringify({ hello: secrets.body }) }],
      ['sends broken JSON', { body: `{"access_token":"${secrets.token}` }],
      [
        'sends it elsewhere',
        { status: 302, headers: { location: `http://127.0.0.1:1/${secrets.body}` }, body: '' },
      ],
    ];

    it.each(answers)('makes no call when the endpoint %s', async (_case, answer) => {
      const site = await startSite(() => answer);
      await expect(site.connect().readFailure()).resolves.toMatchObject({
        code: 'UPSTREAM_UNAUTHORIZED',
        retryable: false,
      });
      expect(site.api.calls).toEqual([]);
      expect(site.grants).toHaveLength(1);
    });

    it.each([
      [
        { status: 400, body: JSON.stringify({ error: 'invalid_grant' }) },
        'the token endpoint refuses: invalid_grant (status 400)',
      ],
      [
        { status: 400, body: JSON.stringify({ error: `${secrets.token} 1` }) },
        'the token endpoint refuses: unknown error (status 400)',
      ],
      [
        { body: JSON.stringify({ hello: secrets.body }) },
        'the token endpoint gives an answer that cannot be used',
      ],
    ])('tells the log why, and no secret', async (answer: StubAnswer, reason) => {
      const site = await startSite(() => answer);
      await expect(site.connect().readFailure()).resolves.toMatchObject({
        reason: `no access token: ${reason}`,
      });
    });

    it.each([500, 503])('makes no call when the endpoint fails with %i, which may pass', async (status) => {
      const site = await startSite(() => ({ status, body: secrets.body }));
      await expect(site.connect().readFailure()).resolves.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        retryable: true,
      });
      expect(site.api.calls).toEqual([]);
      expect(site.grants).toHaveLength(1);
    });

    it('makes no call when the endpoint is gone, which may pass', async () => {
      const site = await startSite();
      await site.endpoint.close();
      await expect(site.connect().readFailure()).resolves.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        retryable: true,
      });
      expect(site.api.calls).toEqual([]);
    });

    it('makes no call when the endpoint sends far too much', async () => {
      const site = await startSite(() => ({ body: { refresh_token: 'x'.repeat(100_000) } }));
      const failure = await site.connect().readFailure();
      expect(failure.code).toBe('UPSTREAM_UNAVAILABLE');
      expect(failure.reason).toBe(
        'no access token: the token endpoint cannot be reached (UND_ERR_RES_EXCEEDED_MAX_SIZE)',
      );
      expect(site.api.calls).toEqual([]);
    });

    it('shows the refusal of the source when the endpoint refuses a new one, and asks it for no other', async () => {
      const site = await startSite((count) =>
        count === 1 ? {} : { status: 400, body: '{"error":"invalid_grant"}' },
      );
      const client = site.connect();
      await client.read();
      site.revoke();
      for (let index = 0; index < 5; index += 1) {
        await expect(client.readFailure()).resolves.toMatchObject({
          code: 'UPSTREAM_UNAUTHORIZED',
          status: 401,
        });
      }
      expect(site.grants).toHaveLength(2);
      expect(site.api.calls).toHaveLength(6);
    });

    it('says that it may pass when the endpoint is down at the renewal, and asks it again a while later', async () => {
      const site = await startSite((count) => (count === 1 ? {} : { status: 500, body: secrets.body }));
      const client = site.connect();
      await client.read();
      site.revoke();
      for (let index = 0; index < 5; index += 1) {
        await expect(client.readFailure()).resolves.toMatchObject({
          code: 'UPSTREAM_UNAVAILABLE',
          retryable: true,
        });
      }
      expect(site.grants).toHaveLength(2);
    });
  });

  it('has no use for the id token that comes along', async () => {
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const iat = Math.floor(Date.now() / 1_000);
    const claims = { iss: 'https://id.example.org/', sub: 'user', aud: 'client', iat, exp: iat + 3_600 };
    const idToken = `${encode({ alg: 'RS256' })}.${encode(claims)}.c2ln`;
    const site = await startSite(() => ({ body: { id_token: idToken } }));
    await expect(site.connect().read()).resolves.toEqual({ token: 1 });
  });
});
