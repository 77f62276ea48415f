import { afterEach, describe, expect, it } from '@jest/globals';
import {
  acceptAnswer,
  closeAll,
  countConnections,
  createScope,
  createTestClient,
  failureOf,
  refuseAnswer,
  secrets,
  startStub,
  transports,
} from './test-client.ts';

afterEach(closeAll);

describe.each(transports)('a client over %s', (transport) => {
  describe('asks', () => {
    it('with the headers of the product, of the request and of the provider', async () => {
      const server = await startStub(() => ({ body: { id: 1 } }));
      const client = createTestClient(`${server.url}/v1`, transport);
      await expect(client.read('/customers/1', createScope({ requestId: 'request-7' }))).resolves.toEqual({
        id: 1,
      });
      expect(server.calls).toEqual(['GET /v1/customers/1']);
      expect(server.requests[0]?.headers).toMatchObject({
        accept: 'application/json',
        'accept-encoding': 'gzip, br',
        'user-agent': 'customer-graph/test',
        'x-request-id': 'request-7',
        'x-key': secrets.header,
        authorization: `Bearer ${secrets.token}`,
      });
    });

    it('for a URL that is escaped once and leaves out what is undefined', async () => {
      const server = await startStub(() => ({ body: [] }));
      const client = createTestClient(`${server.url}/v1//`, transport);
      const url = client.urlOf('/customers', {
        $filter: "name eq 'A&B=C'",
        'a b': 'ü,%24 #?/+',
        page: 1,
        all: true,
        none: undefined,
      });
      expect(url).toBe(
        `${server.url}/v1/customers?$filter=name%20eq%20'A%26B%3DC'&a%20b=%C3%BC,%2524%20%23%3F%2F%2B&page=1&all=true`,
      );
      await client.get({ url, decode: acceptAnswer }, createScope());
      const { searchParams } = new URL(server.requests[0]?.url ?? '', server.url);
      expect([...searchParams]).toEqual([
        ['$filter', "name eq 'A&B=C'"],
        ['a b', 'ü,%24 #?/+'],
        ['page', '1'],
        ['all', 'true'],
      ]);
    });

    it('and keeps the digits of the answer', async () => {
      const server = await startStub(() => ({ body: '{"id":9007199254740993,"balance":12.50}' }));
      const answer = await createTestClient(server.url, transport).read();
      expect(JSON.stringify(answer)).toContain('9007199254740993');
      expect(JSON.stringify(answer)).toContain('12.50');
    });

    it('a source for 20 documents by a connection or two', async () => {
      const server = await startStub(() => ({ body: [1] }));
      const client = createTestClient(server.url, transport);
      for (let index = 0; index < 20; index += 1) await client.read();
      // undici opens a second one when it is asked again before it has put the first back.
      expect(countConnections(server)).toBeLessThanOrEqual(2);
    });
  });

  it('tells of an answer that is not what was asked for as of any failed call', async () => {
    const server = await startStub(() => ({ body: { id: secrets.body } }));
    const client = createTestClient(server.url, transport);
    const failure = await failureOf(
      client.get({ url: client.urlOf('/1'), decode: refuseAnswer }, createScope()),
    );
    expect(failure.code).toBe('UPSTREAM_BAD_RESPONSE');
    expect(client.status(createScope()).lastError?.code).toBe('UPSTREAM_BAD_RESPONSE');
    expect(client.events).toHaveLength(1);
    expect(JSON.parse(client.events[0] ?? '')).toMatchObject([
      'callEnded',
      { source: 'north', requestId: 'request-1', outcome: 'UPSTREAM_BAD_RESPONSE', reason: 'another record' },
    ]);
  });

  describe('takes the status', () => {
    it.each([204, 404, 410])('%i for null', async (status) => {
      const server = await startStub(() =>
        status === 204 ? { status, body: '' } : { status, body: secrets.body },
      );
      const client = createTestClient(server.url, transport);
      await expect(client.read()).resolves.toBeNull();
      expect(client.events).toEqual([expect.stringContaining('"outcome":"NOT_FOUND"')]);
    });

    it.each([
      [201, 'UPSTREAM_BAD_RESPONSE'],
      [206, 'UPSTREAM_BAD_RESPONSE'],
      [304, 'UPSTREAM_BAD_RESPONSE'],
      [400, 'UPSTREAM_REJECTED'],
      [401, 'UPSTREAM_UNAUTHORIZED'],
      [403, 'UPSTREAM_FORBIDDEN'],
      [405, 'UPSTREAM_REJECTED'],
      [409, 'UPSTREAM_REJECTED'],
      [422, 'UPSTREAM_REJECTED'],
      [429, 'UPSTREAM_RATE_LIMITED'],
      [500, 'UPSTREAM_UNAVAILABLE'],
      [501, 'UPSTREAM_UNAVAILABLE'],
      [502, 'UPSTREAM_UNAVAILABLE'],
      [503, 'UPSTREAM_UNAVAILABLE'],
      [504, 'UPSTREAM_UNAVAILABLE'],
      [599, 'UPSTREAM_UNAVAILABLE'],
    ])('%i for %s', async (status, code) => {
      const server = await startStub(() => ({ status, body: { message: secrets.body } }));
      const client = createTestClient(server.url, transport);
      const failure = await client.readFailure();
      expect(failure).toMatchObject({
        code,
        status,
        retryable: /TIMEOUT|UNAVAILABLE|RATE_LIMITED/.test(code),
      });
      expect(failure.message).toMatch(/^Stub CRM \(source "north"\) /);
      expect(client.events).toEqual([expect.stringContaining(`"outcome":"${code}"`)]);
    });

    it.each([301, 302, 303, 307, 308])('%i for a failure and goes nowhere', async (status) => {
      const trap = await startStub(() => ({ body: {} }));
      const server = await startStub(() => ({ status, headers: { location: `${trap.url}/trap` } }));
      const failure = await createTestClient(server.url, transport).readFailure();
      expect(failure).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', status, retryable: false });
      expect(trap.calls).toEqual([]);
      expect(server.calls).toHaveLength(1);
    });

    it.each([
      [429, '7', 7],
      [503, '0', 0],
      [503, '86400', 3_600],
      [503, 'Thu, 31 Dec 2099 23:59:59 GMT', 3_600],
      [429, 'Sun, 06 Nov 1994 08:49:37 GMT', undefined],
      [429, 'soon', undefined],
      [429, '', undefined],
    ])('%i with "retry-after: %s" for a wait of %s s', async (status, retryAfter, seconds) => {
      const server = await startStub(() => ({ status, headers: { 'retry-after': retryAfter } }));
      expect((await createTestClient(server.url, transport).readFailure()).retryAfterSeconds).toBe(seconds);
    });
  });

  describe('of few connections', () => {
    it.each([
      ['an empty body', ''],
      ['a body', secrets.body.repeat(1_000)],
    ])('gets through 200 failures with %s', async (_case, body) => {
      const server = await startStub(() => ({
        status: [500, 404, 429, 302][server.calls.length % 4] ?? 500,
        body,
      }));
      const client = createTestClient(server.url, transport, { maxConcurrency: 2 });
      const outcomes = await Promise.allSettled(
        Array.from({ length: 200 }, (_, index) => client.read(`/${index}`)),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(50);
      expect(server.calls).toHaveLength(200);
      expect(countConnections(server)).toBeLessThanOrEqual(2);
    });

    it('gives up the connection of a failure whose body is long', async () => {
      const server = await startStub((url) =>
        url.pathname === '/long' ? { status: 500, body: secrets.body.repeat(500_000) } : { body: [1] },
      );
      const client = createTestClient(server.url, transport, { maxConcurrency: 1 });
      await expect(client.readFailure('/long')).resolves.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        status: 500,
      });
      await expect(client.read('/short')).resolves.toEqual([1]);
    });

    it('has no more calls under way than allowed', async () => {
      let underWay = 0;
      let most = 0;
      const server = await startStub(async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setTimeout(resolve, 10));
        underWay -= 1;
        return { body: [] };
      });
      const client = createTestClient(server.url, transport, { maxConcurrency: 5 });
      await Promise.all(Array.from({ length: 50 }, (_, index) => client.read(`/${index}`)));
      expect(server.calls).toHaveLength(50);
      expect(most).toBe(5);
      expect(countConnections(server)).toBe(5);
    });
  });

  it('that is closed lets a call under way finish', async () => {
    const server = await startStub(async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { body: [1] };
    });
    const client = createTestClient(server.url, transport);
    const answer = client.read();
    while (server.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const closed = client.close();
    await expect(answer).resolves.toEqual([1]);
    await closed;
  });
});
