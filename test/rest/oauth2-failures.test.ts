import { afterEach, describe, expect, it } from '@jest/globals';
import type { StubAnswer } from '../support/recording-server.ts';
import { startSite } from './oauth2-site.ts';
import { closeAll, secrets, startStub, type TestClient } from './test-client.ts';

afterEach(closeAll);

const refusal = (error: string) => ({ status: 400, body: JSON.stringify({ error }) });

/** Ten calls one after the other, then ten at once: the codes and reasons that differ. */
async function readTwenty(client: TestClient) {
  const failures = [];
  for (let index = 0; index < 10; index += 1) failures.push(await client.readFailure(`/${index}`));
  failures.push(
    ...(await Promise.all(Array.from({ length: 10 }, (_, index) => client.readFailure(`/all/${index}`)))),
  );
  return {
    outcomes: [...new Set(failures.map(({ code, reason }) => `${code}: ${reason}`))],
    failures,
  };
}

describe('a token endpoint that fails is asked once by twenty calls', () => {
  it.each<[string, StubAnswer, string]>([
    [
      'refuses the refresh token',
      refusal('invalid_grant'),
      'UPSTREAM_UNAUTHORIZED: no access token: the token endpoint refuses: invalid_grant (status 400)',
    ],
    [
      'refuses the client',
      { status: 401, body: '{"error":"invalid_client"}' },
      'UPSTREAM_UNAUTHORIZED: no access token: the token endpoint refuses: invalid_client (status 401)',
    ],
    [
      'refuses without a word',
      { status: 403, body: '' },
      'UPSTREAM_UNAUTHORIZED: no access token: the token endpoint refuses: unknown error (status 403)',
    ],
    [
      'redirects',
      { status: 302, headers: { location: '/login' }, body: '' },
      'UPSTREAM_UNAUTHORIZED: no access token: the token endpoint answers 302, not with tokens',
    ],
    [
      'has no content',
      { status: 204, body: '' },
      'UPSTREAM_UNAUTHORIZED: no access token: the token endpoint answers 204, not with tokens',
    ],
    [
      'sends a login page',
      { headers: { 'content-type': 'text/html' }, body: '<html></html>' },
      'UPSTREAM_UNAUTHORIZED: no access token: the token endpoint gives an answer that cannot be used',
    ],
    [
      'gives a token for another scheme',
      { body: { token_type: 'DPoP' } },
      'UPSTREAM_UNAUTHORIZED: no access token: the token endpoint gives an answer that cannot be used',
    ],
    [
      'gives a token with a zero-width space',
      { body: { access_token: `to\u200Bken` } },
      'UPSTREAM_UNAUTHORIZED: no access token: the token endpoint gives an access token that cannot be sent',
    ],
    [
      'gives a token with a line end inside',
      { body: { access_token: `to\nken` } },
      'UPSTREAM_UNAUTHORIZED: no access token: the token endpoint gives an access token that cannot be sent',
    ],
    ...[408, 425, 500, 502, 503, 504].map((status): [string, StubAnswer, string] => [
      `answers ${status}`,
      { status, body: secrets.body },
      `UPSTREAM_UNAVAILABLE: no access token: the token endpoint answers ${status}`,
    ]),
    [
      'is unavailable by its own code',
      refusal('temporarily_unavailable'),
      'UPSTREAM_UNAVAILABLE: no access token: the token endpoint answers 400',
    ],
    [
      'limits the rate without saying for how long',
      { status: 429, body: '' },
      'UPSTREAM_RATE_LIMITED: no access token: the token endpoint answers 429',
    ],
  ])('when it %s', async (_what, answer, outcome) => {
    const site = await startSite(() => answer);
    const { outcomes } = await readTwenty(site.connect());
    expect(outcomes).toEqual([outcome]);
    expect(site.grants).toHaveLength(1);
    expect(site.api.calls).toEqual([]);
  });

  it.each([
    [429, 'UPSTREAM_RATE_LIMITED'],
    [503, 'UPSTREAM_UNAVAILABLE'],
  ])('for as long as status %i says, and the seconds are told', async (status, code) => {
    const site = await startSite(() => ({ status, headers: { 'retry-after': '30' }, body: '' }));
    const { failures } = await readTwenty(site.connect());
    expect(new Set(failures.map((failure) => failure.code))).toEqual(new Set([code]));
    for (const { retryable, retryAfterSeconds } of failures) {
      expect(retryable).toBe(true);
      expect(retryAfterSeconds).toBeGreaterThanOrEqual(25);
      expect(retryAfterSeconds).toBeLessThanOrEqual(30);
    }
    expect(site.grants).toHaveLength(1);
  });

  it('when it cannot be reached, and the seconds until the next attempt are told', async () => {
    const site = await startSite();
    await site.endpoint.close();
    const { outcomes, failures } = await readTwenty(site.connect());
    expect(outcomes).toEqual([
      'UPSTREAM_UNAVAILABLE: no access token: the token endpoint cannot be reached (ECONNREFUSED)',
    ]);
    expect(failures[0]?.retryAfterSeconds).toBeGreaterThan(0);
    expect(failures[0]?.retryAfterSeconds).toBeLessThan(10);
    expect(site.api.calls).toEqual([]);
  });

  it('and again once its time is over', async () => {
    const site = await startSite((count) =>
      count === 1 ? { status: 429, headers: { 'retry-after': '1' }, body: '' } : {},
    );
    const client = site.connect();
    await expect(client.readFailure()).resolves.toMatchObject({ retryAfterSeconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await expect(client.read()).resolves.toEqual({ token: 2 });
  });
});

describe('a source', () => {
  it('is not held to be down for its token endpoint: the breaker stays closed', async () => {
    const site = await startSite(() => ({ status: 503, body: '' }));
    const client = site.connect({}, { breaker: { minCalls: 1 } });
    await readTwenty(client);
    expect(client.events.filter((event) => event.startsWith('["breakerChanged"'))).toEqual([]);
    expect(client.events.filter((event) => event.startsWith('["retried"'))).toEqual([]);
  });

  it.each([
    ['refuses', refusal('invalid_grant'), { code: 'UPSTREAM_UNAUTHORIZED', status: 401 }],
    [
      'limits the rate',
      { status: 429, headers: { 'retry-after': '60' }, body: '' },
      { code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 60 },
    ],
  ])('that refuses its token is told why when the endpoint %s', async (_what, answer, failure) => {
    const site = await startSite((count) => (count === 1 ? {} : answer));
    const api = await startStub(() => ({ status: 401, body: secrets.body }));
    const client = site.connect({}, { baseUrl: api.url });
    await expect(client.readFailure()).resolves.toMatchObject(failure);
    for (let index = 0; index < 5; index += 1)
      await expect(client.readFailure(`/${index}`)).resolves.toMatchObject({ code: failure.code });
    expect(site.grants).toHaveLength(2);
  });
});
