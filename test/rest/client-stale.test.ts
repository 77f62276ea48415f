import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordingServer, StubAnswer } from '../support/recording-server.ts';
import { get, listServed, startCachedSource } from './cached-source.ts';
import { pass, stopDate } from '../support/stopped-date.ts';
import { closeAll, createScope, createTestClient, failureOf, startServer } from './test-client.ts';

beforeEach(stopDate);

afterEach(async () => {
  jest.useRealTimers();
  await closeAll();
});

/** Waits for calls that nobody waits for, and for what becomes of their answers. */
async function waitForCalls({ calls }: RecordingServer, count: number): Promise<void> {
  while (calls.length < count) await sleep(2);
  await sleep(50);
}

describe('an answer that is no longer fresh', () => {
  it('is given while a newer one is fetched, once for all who ask', async () => {
    const { server, client } = await startCachedSource({
      customersSeconds: 10,
      staleWhileRevalidateSeconds: 20,
    });
    await get(client);
    pass(29);
    const stale = await Promise.all([get(client), get(client), get(client)]);
    for (const answer of stale) expect(answer).toMatchObject({ body: { call: 1 }, isFromCache: true });
    await waitForCalls(server, 2);
    await expect(get(client)).resolves.toEqual({
      body: { call: 2 },
      fetchedAtMs: Date.now(),
      isFromCache: true,
    });
    pass(30);
    await expect(get(client)).resolves.toMatchObject({ body: { call: 3 }, isFromCache: false });
    expect(server.calls).toHaveLength(3);
    expect(listServed(client).filter((from) => from === 'stale')).toHaveLength(3);
  });

  it('is given while a newer one is fetched though the request that asked is over by then', async () => {
    const { server, client } = await startCachedSource({
      customersSeconds: 10,
      staleWhileRevalidateSeconds: 20,
    });
    await get(client);
    pass(10);
    const controller = new AbortController();
    await get(client, '/1', {}, createScope({ signal: controller.signal }));
    controller.abort();
    await waitForCalls(server, 2);
    await expect(get(client)).resolves.toMatchObject({ body: { call: 2 }, isFromCache: true });
  });

  it('is given while a newer one cannot be had', async () => {
    const source = await startCachedSource({ customersSeconds: 10, staleWhileRevalidateSeconds: 20 });
    const { server, client } = source;
    await get(client);
    pass(10);
    source.answer = { status: 500 };
    await expect(get(client)).resolves.toMatchObject({ body: { call: 1 } });
    await waitForCalls(server, 2);
    await expect(get(client)).resolves.toMatchObject({ body: { call: 1 } });
  });

  it.each<[string, StubAnswer]>([
    ['status 500', { status: 500 }],
    ['status 429', { status: 429 }],
  ])('is given when the source fails: %s', async (_what, answer) => {
    const source = await startCachedSource({ customersSeconds: 10, staleIfErrorSeconds: 20 });
    const { client } = source;
    const { fetchedAtMs } = await get(client);
    source.answer = answer;
    pass(29);
    await expect(get(client)).resolves.toEqual({ body: { call: 1 }, fetchedAtMs, isFromCache: true });
    pass(1);
    await expect(get(client)).rejects.toThrow('Stub CRM');
  });

  it.each([401, 403, 400, 302])('is not given when the source refuses (status %i)', async (status) => {
    const source = await startCachedSource({ customersSeconds: 10, staleIfErrorSeconds: 20 });
    const { client } = source;
    await get(client);
    source.answer = { status };
    pass(10);
    await expect(failureOf(get(client))).resolves.toMatchObject({ status });
  });

  it('is not given when the source says that the record is gone', async () => {
    const source = await startCachedSource({ customersSeconds: 10, staleIfErrorSeconds: 20 });
    const { client } = source;
    await get(client);
    source.answer = { status: 410 };
    pass(10);
    await expect(get(client)).resolves.toMatchObject({ body: null, isFromCache: false });
    source.answer = { status: 500 };
    pass(30);
    await expect(get(client)).rejects.toThrow('Stub CRM');
  });

  it('is given when the source is too slow for the request', async () => {
    let isSlow = false;
    const server = await startServer((_request, response) => {
      if (!isSlow) response.writeHead(200, { 'content-type': 'application/json' }).end('[1]');
    });
    const client = createTestClient(server.url, 'undici', {
      cache: { customersSeconds: 10, staleIfErrorSeconds: 20 },
    });
    await get(client);
    isSlow = true;
    pass(10);
    await expect(
      get(client, '/1', {}, createScope({ signal: AbortSignal.timeout(100) })),
    ).resolves.toMatchObject({ body: [1] });
  });
});

describe('an answer that the source can confirm', () => {
  const tags = { etag: '"7"', 'last-modified': 'Sat, 01 Nov 2025 10:00:00 GMT' };

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['by its tag', { etag: tags.etag }, { 'if-none-match': tags.etag }],
    [
      'by its date',
      { 'last-modified': tags['last-modified'] },
      { 'if-modified-since': tags['last-modified'] },
    ],
    ['by both', tags, { 'if-none-match': tags.etag, 'if-modified-since': tags['last-modified'] }],
  ])('is asked for %s and is as new then as the confirmation', async (_how, headers, conditions) => {
    const source = await startCachedSource({ customersSeconds: 10 });
    const { server, client } = source;
    source.answer = { headers, body: { text: 'as it was' } };
    await get(client);
    for (let round = 0; round < 3; round += 1) {
      source.answer = { status: 304, body: '' };
      pass(10);
      await expect(get(client)).resolves.toEqual({
        body: { text: 'as it was' },
        fetchedAtMs: Date.now(),
        isFromCache: false,
      });
      pass(9);
      await expect(get(client)).resolves.toMatchObject({ isFromCache: true });
      expect(server.requests.at(-1)?.headers).toMatchObject(conditions);
      pass(-9);
    }
    expect(server.requests[0]?.headers).not.toHaveProperty('if-none-match');
    expect(server.calls).toHaveLength(4);
    expect(client.events.filter((event) => event.includes('NOT_MODIFIED'))).toHaveLength(3);
  });

  it('is replaced when it has changed', async () => {
    const source = await startCachedSource({ customersSeconds: 10 });
    const { client } = source;
    source.answer = { headers: tags, body: { text: 'as it was' } };
    await get(client);
    pass(10);
    source.answer = { headers: { etag: '"8"' }, body: { text: 'as it is' } };
    await expect(get(client)).resolves.toMatchObject({ body: { text: 'as it is' } });
  });

  it('is not checked again: that was done before it was kept', async () => {
    const source = await startCachedSource({ customersSeconds: 10 });
    const { client } = source;
    const seen: unknown[] = [];
    const decode = (body: unknown) => {
      seen.push(body);
      return body;
    };
    source.answer = { headers: tags, body: { text: 'as it was' } };
    await get(client, '/1', { decode });
    pass(10);
    source.answer = { status: 304, body: '' };
    await expect(get(client, '/1', { decode })).resolves.toMatchObject({
      body: { text: 'as it was' },
      isFromCache: false,
    });
    expect(seen).toEqual([{ text: 'as it was' }]);
  });

  it('is a failure where there is nothing to confirm', async () => {
    const source = await startCachedSource({ customersSeconds: 10 });
    const { client } = source;
    source.answer = { status: 304, body: '' };
    await expect(failureOf(get(client))).resolves.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
  });
});
