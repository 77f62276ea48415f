import { afterEach, describe, expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import {
  closeAll,
  createTestClient,
  secrets,
  startRawServer,
  startServer,
  transports,
} from './test-client.ts';

afterEach(closeAll);

interface Answer {
  readonly headers?: Record<string, string>;
  readonly body: string | Uint8Array;
}

const json = { 'content-type': 'application/json' };
const bytesOf = (...bytes: readonly number[]) => Uint8Array.from(bytes);

/** Sends a body just as it is, with its length told. */
function startAnswering({ headers = json, body }: Answer) {
  return startServer((_request, response) => {
    response.writeHead(200, { 'content-length': String(Buffer.byteLength(body)), ...headers });
    response.end(body);
  });
}

const usable: [string, Answer, unknown][] = [
  ['JSON', { body: '{"a":1}' }, { a: 1 }],
  [
    'JSON with a charset',
    { headers: { 'content-type': 'Application/JSON; Charset="UTF-8"' }, body: '"ü"' },
    'ü',
  ],
  [
    'JSON with a parameter that looks like another',
    {
      headers: { 'content-type': 'application/json; profile="a; charset=utf-16le; b"; charset=utf-8;' },
      body: '"ü"',
    },
    'ü',
  ],
  ['JSON of a vendor', { headers: { 'content-type': 'application/vnd.api+json' }, body: '1' }, 1],
  [
    'JSON as OData labels it',
    { headers: { 'content-type': 'application/json;odata.metadata=minimal' }, body: '[]' },
    [],
  ],
  ['JSON as text', { headers: { 'content-type': 'text/json' }, body: 'null' }, null],
  ['JSON without a media type', { headers: {}, body: '{"a":"ü"}' }, { a: 'ü' }],
  ['JSON after a byte order mark', { body: '\uFEFF{"a":1}' }, { a: 1 }],
  [
    'latin 1',
    { headers: { 'content-type': 'application/json; charset=iso-8859-1' }, body: bytesOf(0x22, 0xfc, 0x22) },
    'ü',
  ],
  [
    'UTF-16',
    {
      headers: { 'content-type': 'application/json; charset=utf-16le' },
      body: Buffer.from('\uFEFF{"a":"ü"}', 'utf16le'),
    },
    { a: 'ü' },
  ],
  ['gzip', { headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync('{"a":1}') }, { a: 1 }],
  [
    'gzip under its old name',
    { headers: { ...json, 'content-encoding': 'X-GZIP' }, body: gzipSync('{"a":1}') },
    { a: 1 },
  ],
  [
    'brotli',
    { headers: { ...json, 'content-encoding': 'br' }, body: brotliCompressSync('{"a":1}') },
    { a: 1 },
  ],
  [
    'deflate',
    { headers: { ...json, 'content-encoding': 'deflate' }, body: deflateSync('{"a":1}') },
    { a: 1 },
  ],
  [
    'no compression by name',
    { headers: { ...json, 'content-encoding': 'identity' }, body: '{"a":1}' },
    { a: 1 },
  ],
];

const login = `<!doctype html><form action="/login"><input name="${secrets.body}"></form>`;
const unusable: [string, Answer, RegExp][] = [
  [
    'a login page',
    { headers: { 'content-type': 'text/html; charset=utf-8' }, body: login },
    /media type is not JSON/,
  ],
  ['a login page that calls itself JSON', { body: login }, /not valid JSON/],
  [
    'JSON that calls itself text',
    { headers: { 'content-type': 'text/plain' }, body: '{}' },
    /media type is not JSON/,
  ],
  [
    'JSON by another name',
    { headers: { 'content-type': 'application/jsonp' }, body: '{}' },
    /media type is not JSON/,
  ],
  ['nothing', { body: '' }, /not valid JSON/],
  [
    'nothing, compressed',
    { headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync('') },
    /not valid JSON/,
  ],
  ['invalid JSON', { body: `{"a":${secrets.body}}` }, /not valid JSON/],
  ['truncated JSON', { body: `{"a":"${secrets.body}` }, /not valid JSON/],
  [
    'truncated JSON with a long number',
    { body: `{"a":12345678901234567890,"b":"${secrets.body}` },
    /not valid JSON/,
  ],
  ['JSON nested too deeply', { body: `${'['.repeat(200_000)}1.50${']'.repeat(200_000)}` }, /not valid JSON/],
  ['too many bytes', { body: JSON.stringify(secrets.body.repeat(1_000)) }, /larger than 4096 bytes/],
  [
    'a bomb in gzip',
    { headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync(`"${'a'.repeat(1_000_000)}"`) },
    /inflates to more than 4096/,
  ],
  [
    'a bomb in brotli',
    {
      headers: { ...json, 'content-encoding': 'br' },
      body: brotliCompressSync(`"${'a'.repeat(1_000_000)}"`),
    },
    /inflates to more than 4096/,
  ],
  [
    'gzip that is none',
    { headers: { ...json, 'content-encoding': 'gzip' }, body: secrets.body },
    /compression is broken/,
  ],
  [
    'gzip that ends early',
    { headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync('{"a":1}').subarray(0, 15) },
    /compression is broken/,
  ],
  [
    'an encoding that was not offered',
    { headers: { ...json, 'content-encoding': 'zstd' }, body: secrets.body },
    /was not offered/,
  ],
  [
    'an encoding with the name of a method',
    { headers: { ...json, 'content-encoding': 'constructor' }, body: '{}' },
    /was not offered/,
  ],
  [
    'an unknown charset',
    { headers: { 'content-type': 'application/json; charset=klingon' }, body: '{}' },
    /charset is not known/,
  ],
  ['bytes that are not UTF-8', { body: bytesOf(0x22, 0xfc, 0x22) }, /bytes are not in its charset/],
];

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const broken: [string, (socket: Socket) => void][] = [
  ['ends before its announced length', (socket) => socket.end(`${head}content-length: 1000\r\n\r\n{"a":`)],
  [
    'ends before its last chunk',
    (socket) => socket.end(`${head}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n`),
  ],
  [
    'ends with a whole document but before its last chunk',
    (socket) => socket.end(`${head}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n`),
  ],
  [
    'is cut off',
    (socket) =>
      socket.write(`${head}content-length: 1000\r\n\r\n{"a":`, () =>
        setTimeout(() => socket.resetAndDestroy(), 20),
      ),
  ],
  [
    'is cut off in its headers',
    (socket) => socket.write(head, () => setTimeout(() => socket.resetAndDestroy(), 20)),
  ],
  ['never begins, for the connection ends', (socket) => socket.end()],
  ['never begins, for the connection is cut off', (socket) => socket.resetAndDestroy()],
  ['is not HTTP', (socket) => socket.end(`SSH-2.0-${secrets.body}\r\n`)],
];

describe.each(transports)('a body over %s', (transport) => {
  it.each(usable)('may be %s', async (_case, answer, document) => {
    const server = await startAnswering(answer);
    await expect(createTestClient(server.url, transport).read()).resolves.toEqual(document);
  });

  it.each(unusable)('may not be %s', async (_case, answer, reason) => {
    const server = await startAnswering(answer);
    const maxResponseBytes = answer.body.length > 300_000 ? 5_000_000 : 4_096;
    const failure = await createTestClient(server.url, transport, { maxResponseBytes }).readFailure();
    expect(failure).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', retryable: false });
    expect(failure.reason).toMatch(reason);
  });

  it('may not be too long where its length is not told, and is not read to its end', async () => {
    let close = () => {};
    const closed = new Promise<void>((resolve) => void (close = resolve));
    const server = await startServer((_request, response) => {
      response.writeHead(200, json);
      const timer = setInterval(() => response.write('1'.repeat(2_000)), 1);
      response.once('close', () => {
        clearInterval(timer);
        close();
      });
    });
    const client = createTestClient(server.url, transport, { maxResponseBytes: 50_000 });
    const failure = await client.readFailure();
    expect(failure).toMatchObject({
      code: 'UPSTREAM_BAD_RESPONSE',
      reason: expect.stringContaining('larger than 50000 bytes'),
    });
    await closed;
  });

  it('may be as long as the cap and not a byte longer', async () => {
    const document = (length: number) => JSON.stringify('a'.repeat(length - 2));
    const fits = await startAnswering({ body: document(2_000) });
    const zipped = await startAnswering({
      headers: { ...json, 'content-encoding': 'gzip' },
      body: gzipSync(document(2_000)),
    });
    const tooLong = await startAnswering({ body: document(2_001) });
    const settings = { maxResponseBytes: 2_000 };
    await expect(createTestClient(fits.url, transport, settings).read()).resolves.toHaveLength(1_998);
    await expect(createTestClient(zipped.url, transport, settings).read()).resolves.toHaveLength(1_998);
    await expect(createTestClient(tooLong.url, transport, settings).readFailure()).resolves.toMatchObject({
      code: 'UPSTREAM_BAD_RESPONSE',
    });
  });

  it('leaves its only connection usable when it was unusable', async () => {
    const server = await startServer((request, response) => {
      const isGood = request.url === '/good';
      response.writeHead(200, { 'content-type': isGood ? 'application/json' : 'text/html' });
      response.end(isGood ? '[1]' : login);
    });
    const client = createTestClient(server.url, transport, { maxConcurrency: 1 });
    for (let index = 0; index < 5; index += 1) await client.readFailure('/bad');
    await expect(client.read('/good')).resolves.toEqual([1]);
    expect(new Set(server.requests.map(({ socket }) => socket)).size).toBe(1);
  });

  it.each(broken)('that %s makes the source unavailable', async (_case, answer) => {
    const server = await startRawServer(answer);
    const client = createTestClient(server.url, transport);
    await expect(client.readFailure()).resolves.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      retryable: true,
    });
  });

  it.each([
    [404, 'is still no record', null],
    [403, 'is still refused', 'UPSTREAM_FORBIDDEN'],
  ])('of a %i that is cut off %s', async (status, _case, expected) => {
    const server = await startRawServer((socket) =>
      socket.write(`HTTP/1.1 ${status} X\r\ncontent-length: 1000\r\n\r\n{"a":`, () =>
        setTimeout(() => socket.resetAndDestroy(), 20),
      ),
    );
    const client = createTestClient(server.url, transport);
    const outcome = expected === null ? await client.read() : (await client.readFailure()).code;
    expect(outcome).toBe(expected);
  });

  it('may come byte by byte, in chunks', async () => {
    const text = `${head}transfer-encoding: chunked\r\nconnection: close\r\n\r\n7\r\n{"a":1}\r\n0\r\n\r\n`;
    const server = await startRawServer((socket) => {
      socket.setNoDelay();
      const bytes = text.split('');
      const timer = setInterval(() => {
        const byte = bytes.shift();
        if (byte !== undefined) return void socket.write(byte);
        clearInterval(timer);
        socket.end();
      }, 1);
    });
    await expect(createTestClient(server.url, transport).read()).resolves.toEqual({ a: 1 });
  });
});
