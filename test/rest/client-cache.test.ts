import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Decoding } from '../../src/rest/client.ts';
import { startStubGraph } from '../graph/support/stub-graph.ts';
import type { StubAnswer } from '../support/recording-server.ts';
import { get, listServed, startCachedSource } from './cached-source.ts';
import { pass, stopDate } from '../support/stopped-date.ts';
import {
  acceptAnswer,
  closeAll,
  createScope,
  createTestClient,
  failureOf,
  refuseAnswer,
  startServer,
  startStub,
} from './test-client.ts';

beforeEach(stopDate);

afterEach(async () => {
  jest.useRealTimers();
  await closeAll();
});

describe('an answer is kept', () => {
  it('for as long as its resource may be kept', async () => {
    const { server, client } = await startCachedSource({ customersSeconds: 10, lookupsSeconds: 100 });
    const [customer, lookup] = [
      await get(client, '/customer'),
      await get(client, '/lookup', { resource: 'lookups' }),
    ];
    pass(9.999);
    await expect(get(client, '/customer')).resolves.toEqual({ ...customer, isFromCache: true });
    pass(0.001);
    await expect(get(client, '/customer')).resolves.toEqual({
      body: { call: 3 },
      fetchedAtMs: Date.now(),
      isFromCache: false,
    });
    await expect(get(client, '/lookup', { resource: 'lookups' })).resolves.toEqual({
      ...lookup,
      isFromCache: true,
    });
    pass(90);
    await expect(get(client, '/lookup', { resource: 'lookups' })).resolves.toMatchObject({
      body: { call: 4 },
      isFromCache: false,
    });
    expect(server.calls).toEqual(['GET /customer', 'GET /lookup', 'GET /customer', 'GET /lookup']);
    expect(listServed(client)).toEqual(['cache', 'cache']);
  });

  it('not at all unless that is configured, whatever the source says of it', async () => {
    const source = await startCachedSource({ lookupsSeconds: 0 });
    const { server, client } = source;
    source.answer = { headers: { 'cache-control': 'public, max-age=3600', etag: '"1"' }, body: [1] };
    for (const resource of ['customers', 'customers', 'lookups', 'lookups'] as const)
      await get(client, '/1', { resource });
    expect(server.calls).toHaveLength(4);
    expect(server.requests.some(({ headers }) => 'if-none-match' in headers)).toBe(false);
  });

  it('for the same path and query only', async () => {
    const { server, client } = await startCachedSource({ customersSeconds: 10 });
    const urls = [
      client.urlOf('/1'),
      client.urlOf('/1', { page: 1 }),
      client.urlOf('/1', { page: 2 }),
      client.urlOf('/11'),
    ];
    for (const url of [...urls, ...urls])
      await client.get({ url, decode: acceptAnswer, resource: 'customers' }, createScope());
    expect(server.calls).toEqual(['GET /1', 'GET /1?page=1', 'GET /1?page=2', 'GET /11']);
  });

  it('for its own caller only, though the source declares it public', async () => {
    const server = await startStub((_url, { headers }) => ({
      headers: { 'cache-control': 'public, max-age=3600', etag: '"same"' },
      body: { of: headers.authorization },
    }));
    const client = createTestClient(server.url, 'undici', {
      auth: { type: 'forward' },
      cache: { customersSeconds: 60 },
    });
    const read = async (caller: string) => {
      const callerHeader = (name: string) => (name === 'x-north-authorization' ? caller : undefined);
      return (await get(client, '/1', {}, createScope({ callerHeader }))).body;
    };
    for (const caller of ['Bearer a', 'Bearer b', 'Bearer a', 'bearer a', 'Bearer b']) {
      await expect(read(caller)).resolves.toEqual({ of: caller });
    }
    expect(server.calls).toHaveLength(3);
    expect(server.requests.some(({ headers }) => 'if-none-match' in headers)).toBe(false);
  });

  it('in no more memory than is set; the least used is dropped', async () => {
    const source = await startCachedSource({ customersSeconds: 60, maxBytes: 20_000 });
    const { server, client } = source;
    source.answer = { body: { text: 'x'.repeat(1_500) } };
    for (let index = 0; index < 10; index += 1) await get(client, `/${index}`);
    for (let index = 9; index >= 0; index -= 1) await get(client, `/${index}`);
    const again = server.calls.length - 10;
    expect(again).toBeGreaterThanOrEqual(6);
    expect(again).toBeLessThan(10);
  });

  it('unless it alone is more than the memory', async () => {
    const source = await startCachedSource({ customersSeconds: 60, maxBytes: 20_000 });
    const { server, client } = source;
    await get(client, '/small');
    source.answer = { body: { text: 'x'.repeat(50_000) } };
    for (const path of ['/large', '/large', '/small']) await get(client, path);
    expect(server.calls).toEqual(['GET /small', 'GET /large', 'GET /large']);
  });

  it('for a record that does not exist, shortly', async () => {
    const source = await startCachedSource({ customersSeconds: 60, notFoundSeconds: 5 });
    const { server, client } = source;
    source.answer = { status: 404 };
    await get(client);
    pass(4);
    await expect(get(client)).resolves.toMatchObject({ body: null, isFromCache: true });
    pass(1);
    source.answer = undefined;
    await expect(get(client)).resolves.toMatchObject({ body: { call: 2 }, isFromCache: false });
    expect(server.calls).toHaveLength(2);
  });

  it('for a record that does not exist no longer than for one that does', async () => {
    const source = await startCachedSource({ customersSeconds: 2, notFoundSeconds: 60, lookupsSeconds: 0 });
    const { server, client } = source;
    source.answer = { status: 404 };
    await get(client);
    pass(2);
    await get(client);
    await get(client, '/lookup', { resource: 'lookups' });
    await get(client, '/lookup', { resource: 'lookups' });
    expect(server.calls).toHaveLength(4);
  });
});

describe('an answer is not kept', () => {
  it.each<[string, StubAnswer, Partial<Decoding<unknown>>]>([
    ['that is not what was asked for', { body: { id: 666 } }, { decode: refuseAnswer }],
    ['that is cut short', { body: '{"id": 1, "na' }, {}],
    ['of another media type', { headers: { 'content-type': 'text/html' }, body: '<html>' }, {}],
    ['with status 500', { status: 500, body: { id: 1 } }, {}],
    ['with status 401', { status: 401, body: { id: 1 } }, {}],
    ['with status 206', { status: 206, body: { id: 1 } }, {}],
    ['with status 302', { status: 302, body: { id: 1 } }, {}],
  ])('%s', async (_what, answer, options) => {
    const source = await startCachedSource({ customersSeconds: 60 });
    const { server, client } = source;
    source.answer = answer;
    await expect(get(client, '/1', options)).rejects.toThrow();
    source.answer = undefined;
    await expect(get(client)).resolves.toMatchObject({ body: { call: 2 }, isFromCache: false });
    expect(server.calls).toHaveLength(2);
  });

  it('that nobody has checked', async () => {
    const { server, client } = await startCachedSource({ customersSeconds: 60 });
    for (const path of ['/1', '/1', '/404', '/404'])
      await client.get({ url: client.urlOf(path), decode: acceptAnswer }, createScope());
    expect(server.calls).toHaveLength(4);
    await get(client);
    await expect(get(client)).resolves.toMatchObject({ body: { call: 5 }, isFromCache: true });
  });

  it('whose connection breaks in the middle', async () => {
    const server = await startServer((_request, response) => {
      if (server.calls.length > 1)
        return void response.writeHead(200, { 'content-type': 'application/json' }).end('[1]');
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      response.write('[1]', () => setTimeout(() => response.destroy(), 20));
    });
    const client = createTestClient(server.url, 'undici', { cache: { customersSeconds: 60 } });
    await expect(failureOf(get(client))).resolves.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await expect(get(client)).resolves.toMatchObject({ body: [1], isFromCache: false });
  });
});

it('a customer tells how old it is and whether it was kept', async () => {
  const graph = await startStubGraph({ cache: { customersSeconds: 60 } });
  graph.answers.set('/v1/customers/1', { body: { id: 1, customerName: 'North Ltd' } });
  const ask = async () =>
    (await graph.query('{ customer(id: "elevate:1") { name freshness { fetchedAt ageMs isFromCache } } }'))
      .data['customer'];
  const fetchedAt = new Date().toISOString();
  await expect(ask()).resolves.toEqual({
    name: 'North Ltd',
    freshness: { fetchedAt, ageMs: 0, isFromCache: false },
  });
  pass(7);
  await expect(ask()).resolves.toEqual({
    name: 'North Ltd',
    freshness: { fetchedAt, ageMs: 7_000, isFromCache: true },
  });
  pass(53);
  await expect(ask()).resolves.toMatchObject({
    freshness: { fetchedAt: new Date().toISOString(), ageMs: 0, isFromCache: false },
  });
  expect(graph.calls).toHaveLength(2);
  await graph.close();
});
