import { afterEach, describe, expect, it } from '@jest/globals';
import { closeAll, createScope, createTestClient, secrets, startServer, startStub } from './test-client.ts';

afterEach(closeAll);

describe('forwarded credentials', () => {
  const bring = (headers: Record<string, string>) => createScope({ callerHeader: (name) => headers[name] });

  it("are the caller's own header for this source", async () => {
    const api = await startStub(() => ({ body: [1] }));
    const client = createTestClient(api.url, 'undici', { auth: { type: 'forward' } });
    await client.read('/1', bring({ 'x-north-authorization': 'Bearer first' }));
    await client.read('/2', bring({ 'x-north-authorization': 'Basic second' }));
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Basic second',
    ]);
    expect(api.requests[0]?.headers).not.toHaveProperty('x-north-authorization');
  });

  it.each([
    ['missing', {}],
    ['empty', { 'x-north-authorization': '' }],
    ['blank', { 'x-north-authorization': ' ' }],
    [
      'for another source',
      { 'x-south-authorization': `Bearer ${secrets.token}`, authorization: `Bearer ${secrets.token}` },
    ],
  ])('that are %s make no call', async (_case, headers: Record<string, string>) => {
    const api = await startStub(() => ({ body: [1] }));
    const client = createTestClient(api.url, 'undici', { auth: { type: 'forward' } });
    await expect(client.readFailure(undefined, bring(headers))).resolves.toMatchObject({
      code: 'UPSTREAM_UNAUTHORIZED',
      retryable: false,
      message: expect.stringMatching(
        /\(source "north"\) needs your own credentials: send the header x-north-authorization\.$/,
      ),
    });
    expect(api.calls).toEqual([]);
  });

  it('that are refused are not tried again', async () => {
    const api = await startStub(() => ({ status: 401 }));
    const client = createTestClient(api.url, 'undici', { auth: { type: 'forward' } });
    const scope = bring({ 'x-north-authorization': `Bearer ${secrets.token}` });
    await expect(client.readFailure(undefined, scope)).resolves.toMatchObject({
      code: 'UPSTREAM_UNAUTHORIZED',
      status: 401,
    });
    expect(api.calls).toHaveLength(1);
  });

  it("are never lent: a caller without credentials gets nothing of another's", async () => {
    const api = await startStub(() => ({ body: [1] }));
    const cache = { customersSeconds: 60 };
    const client = createTestClient(api.url, 'undici', { auth: { type: 'forward' }, cache });
    await client.read('/1', bring({ 'x-north-authorization': 'Bearer first' }));
    await client.read('/1', bring({ 'x-north-authorization': 'Bearer second' }));
    await expect(client.readFailure('/1', bring({}))).resolves.toMatchObject({
      code: 'UPSTREAM_UNAUTHORIZED',
    });
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
    ]);
  });
});

describe('a fixed token', () => {
  it('that is refused is not tried again', async () => {
    const api = await startServer((_request, response) => void response.writeHead(401).end());
    await expect(createTestClient(api.url, 'undici').readFailure()).resolves.toMatchObject({
      code: 'UPSTREAM_UNAUTHORIZED',
      status: 401,
    });
    expect(api.calls).toHaveLength(1);
  });
});
