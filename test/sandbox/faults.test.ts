import { Agent } from 'node:http';
import { performance } from 'node:perf_hooks';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { readObject } from './support/ask.ts';
import { apiPaths, startTestedSandbox, type TestedApi } from './support/tested-sandbox.ts';
import { readWire, receive, type Received } from './support/wire.ts';

let sandbox: Sandbox;
let elevate: TestedApi;
let record = '';
let truth: Received;

beforeAll(async () => {
  const started = await startTestedSandbox();
  sandbox = started.sandbox;
  elevate = started.apis.elevate;
  record = elevate.url + apiPaths.elevate.record;
  truth = await elevate.get(apiPaths.elevate.record);
});

beforeEach(() => elevate.control.clear());

afterAll(async () => {
  await sandbox.close();
});

describe('faults of the connection', () => {
  it('connection-reset sends nothing', async () => {
    elevate.control.set([{ name: 'connection-reset' }]);
    expect(await readWire(record, elevate.headers)).toEqual({
      head: '',
      body: Buffer.alloc(0),
      ending: 'reset',
    });
    await expect(receive(record, elevate.headers)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('keep-alive-reset strikes the second request of a connection', async () => {
    elevate.control.set([{ name: 'keep-alive-reset' }]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await receive(record, elevate.headers, agent)).toMatchObject({ status: 200, text: truth.text });
    await expect(receive(record, elevate.headers, agent)).rejects.toMatchObject({ code: 'ECONNRESET' });
    agent.destroy();
  });

  it.each([
    ['reset-mid-body', 'reset', 0.5],
    ['early-end', 'end', 0.5],
    ['connection-close-after-headers', 'end', 0],
  ] as const)('%s announces more than it sends', async (name, ending, share) => {
    elevate.control.set([{ name }]);
    const wire = await readWire(record, elevate.headers);
    expect(wire.head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(wire.head).toContain(`content-length: ${truth.body.length}`);
    expect(wire.ending).toBe(ending);
    expect(wire.body).toEqual(truth.body.subarray(0, Math.ceil(truth.body.length * share)));
    await expect(receive(record, elevate.headers)).rejects.toThrow();
  });

  it('broken-chunking has a chunk without a length', async () => {
    elevate.control.set([{ name: 'broken-chunking' }]);
    const { head, body, ending } = await readWire(record, elevate.headers);
    expect(head.toLowerCase()).toContain('transfer-encoding: chunked');
    expect(head.toLowerCase()).not.toContain('content-length');
    expect(body.toString()).toMatch(/^[\da-f]+\r\n\{[^]+\r\nno length\r\n/);
    expect(ending).toBe('end');
    await expect(receive(record, elevate.headers)).rejects.toMatchObject({ code: 'HPE_INVALID_CHUNK_SIZE' });
  });

  it('extra-bytes sends a second answer', async () => {
    elevate.control.set([{ name: 'extra-bytes' }]);
    const { body, ending } = await readWire(record, elevate.headers);
    expect(body.toString()).toBe(
      `${truth.text}HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{"unasked":true}`,
    );
    expect(ending).toBe('open');
  });

  it('hang sends nothing and stays open, until the API is closed', async () => {
    elevate.control.set([{ name: 'hang' }]);
    expect(await readWire(record, elevate.headers)).toEqual({
      head: '',
      body: Buffer.alloc(0),
      ending: 'open',
    });
  });

  it('slow-headers sends the truth late', async () => {
    elevate.control.set([{ name: 'slow-headers', delayMs: 400 }]);
    const startedAt = performance.now();
    expect(await receive(record, elevate.headers)).toMatchObject({ status: 200, text: truth.text });
    expect(performance.now() - startedAt).toBeGreaterThan(390);
  });

  it('slow-body sends the truth byte by byte', async () => {
    elevate.control.set([{ name: 'slow-body', path: '/v1/billing-cycles', intervalMs: 2 }]);
    const url = `${elevate.url}/v1/billing-cycles/1`;
    const startedAt = performance.now();
    const { head, body } = await readWire(url, elevate.headers);
    expect(head).toContain(`content-length: ${body.length}`);
    expect(readObject(JSON.parse(body.toString()))).toMatchObject({ id: 1 });
    expect(performance.now() - startedAt).toBeGreaterThan(2 * body.length);
  });
});

describe('statuses, redirects and caching', () => {
  it.each([400, 401, 403, 404, 409, 410, 422, 429, 500, 502, 503, 504])('status %i', async (status) => {
    const answer = await elevate.get(apiPaths.elevate.record, { name: 'status', status });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({ statusCode: status, message: expect.stringMatching(/^[A-Z]/) });
    expect(answer.headers).not.toHaveProperty('retry-after');
  });

  it.each([
    [7, '7'],
    [-1, '-1'],
    ['Wed, 01 Jul 2026 12:00:00 GMT', 'Wed, 01 Jul 2026 12:00:00 GMT'],
    ['soon, perhaps', 'soon, perhaps'],
  ])('status with Retry-After: %s', async (retryAfter, header) => {
    const answer = await elevate.get(apiPaths.elevate.record, { name: 'status', status: 429, retryAfter });
    expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': header } });
  });

  it('redirect-same-origin leads to the truth', async () => {
    elevate.control.set([{ name: 'redirect-same-origin' }]);
    const { status, headers } = await receive(record, elevate.headers);
    expect({ status, location: headers.location }).toEqual({
      status: 302,
      location: '/__moved/v1/customers/12',
    });
    expect(await receive(new URL(String(headers.location), elevate.url).href, elevate.headers)).toMatchObject(
      { text: truth.text },
    );
  });

  it('redirect-other-origin leads where it is told', async () => {
    const plain = await elevate.get(apiPaths.elevate.record, { name: 'redirect-other-origin' });
    expect(plain).toMatchObject({
      status: 302,
      headers: { location: 'http://elsewhere.example.org/v1/customers/12' },
    });
    const location = 'https://example.com/trap';
    const told = await elevate.get(apiPaths.elevate.record, { name: 'redirect-other-origin', location });
    expect(told).toMatchObject({ status: 302, headers: { location } });
  });

  it('cache-control-public is said of the truth', async () => {
    const answer = await elevate.get(apiPaths.elevate.record, {
      name: 'cache-control-public',
      maxAgeSeconds: 60,
    });
    expect(answer).toMatchObject({
      status: 200,
      text: truth.text,
      headers: { 'cache-control': 'public, max-age=60' },
    });
  });

  it('etag answers 304 to who has it', async () => {
    elevate.control.set([{ name: 'etag' }]);
    const first = await receive(record, elevate.headers);
    expect(first).toMatchObject({
      status: 200,
      text: truth.text,
      headers: { etag: expect.stringMatching(/^"[\w-]+"$/) },
    });
    const etag = String(first.headers.etag);
    expect(await receive(record, { ...elevate.headers, 'if-none-match': `"old", ${etag}` })).toMatchObject({
      status: 304,
      text: '',
    });
    expect(await receive(record, { ...elevate.headers, 'if-none-match': '"old"' })).toMatchObject({
      status: 200,
      text: truth.text,
    });
  });
});

describe('faults of the bytes', () => {
  it('truncated-json is half the text in a whole answer', async () => {
    const { status, text } = await elevate.get(apiPaths.elevate.record, { name: 'truncated-json' });
    expect(status).toBe(200);
    expect(text).toHaveLength(Math.floor(truth.text.length / 2));
    expect(truth.text.startsWith(text)).toBe(true);
  });

  it('wrong-media-type, empty-body and no-content are no JSON', async () => {
    const page = await elevate.get(apiPaths.elevate.record, { name: 'wrong-media-type' });
    expect(page).toMatchObject({
      status: 200,
      text: expect.stringContaining('<form'),
      headers: { 'content-type': 'text/html; charset=utf-8' },
    });
    const empty = await elevate.get(apiPaths.elevate.record, { name: 'empty-body' });
    expect(empty).toMatchObject({
      status: 200,
      text: '',
      headers: { 'content-length': '0', 'content-type': expect.stringMatching('json') },
    });
    expect(await elevate.get(apiPaths.elevate.record, { name: 'no-content' })).toMatchObject({
      status: 204,
      text: '',
    });
  });

  it.each([true, false])('huge-body is as large as asked for; announced: %s', async (isAnnounced) => {
    const bytes = 3_000_000;
    const { body, headers } = await elevate.get(apiPaths.elevate.record, {
      name: 'huge-body',
      bytes,
      isAnnounced,
    });
    expect(body).toHaveLength(bytes);
    expect(headers['content-length']).toBe(isAnnounced ? String(bytes) : undefined);
    expect(JSON.parse(body.toString())).toEqual(JSON.parse(truth.text));
  });

  it.each([
    ['gzip', 'gzip-bomb', gunzipSync],
    ['br', 'br-bomb', brotliDecompressSync],
  ] as const)('%s inflates a thousandfold', async (encoding, name, inflate) => {
    const bytes = 5_000_000;
    const { body, headers } = await elevate.get(apiPaths.elevate.record, { name, bytes });
    expect(headers['content-encoding']).toBe(encoding);
    expect(body.length).toBeLessThan(bytes / 500);
    const inflated = inflate(body);
    expect(inflated).toHaveLength(bytes);
    expect(JSON.parse(inflated.toString())).toEqual([]);
  });

  it('chained-encoding is compressed twice, unknown-encoding not at all', async () => {
    const chained = await elevate.get(apiPaths.elevate.record, { name: 'chained-encoding' });
    expect(chained.headers['content-encoding']).toBe('gzip, br');
    expect(gunzipSync(brotliDecompressSync(chained.body)).toString()).toBe(truth.text);
    const unknown = await elevate.get(apiPaths.elevate.record, { name: 'unknown-encoding' });
    expect(unknown).toMatchObject({ text: truth.text, headers: { 'content-encoding': 'x-unknown' } });
  });

  it('latin-1 and wrong-charset send the same bytes, one of them honestly', async () => {
    const declared = await elevate.get(apiPaths.elevate.record, {
      name: 'latin-1',
      fields: ['customerName'],
    });
    const undeclared = await elevate.get(apiPaths.elevate.record, {
      name: 'wrong-charset',
      fields: ['customerName'],
    });
    expect(declared.headers['content-type']).toBe('application/json; charset=iso-8859-1');
    expect(undeclared.headers['content-type']).toBe('application/json');
    expect(undeclared.body).toEqual(declared.body);
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(declared.body)).toThrow();
    const { customerName, ...others } = readObject(JSON.parse(declared.body.toString('latin1')));
    expect(readObject(JSON.parse(truth.text))).toMatchObject(others);
    expect(customerName).toMatch(/ Café$/);
  });

  it('bom stands before the truth', async () => {
    const { body } = await elevate.get(apiPaths.elevate.record, { name: 'bom' });
    expect(body).toEqual(Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), truth.body]));
  });
});
