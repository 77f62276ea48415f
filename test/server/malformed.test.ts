import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCounter } from '../support/metrics.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { askRaw, rawPost, sendRaw, type RawAnswer } from '../support/raw-http.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { waitUntil } from '../support/wait-until.ts';

let api: RecordingServer;
let product: TestProduct;
/** Ends the wait of calls to the source. */
let release: () => void;

beforeAll(async () => {
  const released = new Promise<void>((resolve) => void (release = resolve));
  api = await startStubServer(async () => {
    await released;
    return { body: { id: 1, customerName: 'Harbour Ltd' } };
  });
  product = await startTestProduct({ elevate: entryFor.elevate(api.url) });
});

afterAll(async () => {
  await product.close();
  await api.close();
});

/** Every refusal has our own form. */
function expectRefusal({ headers, body }: RawAnswer, code = 'BAD_REQUEST'): void {
  expect(headers).toMatchObject({
    'content-type': expect.stringContaining('application/json'),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  const [error] = JSON.parse(body).errors;
  expect(error).toMatchObject({
    message: expect.stringMatching(/\w/),
    extensions: { code, requestId: headers['x-request-id'] },
  });
  expect(body).not.toMatch(/stack|node_modules|\.ts:|HPE_|FST_|ERR_/);
}

const get = (target: string, headers = 'host: localhost\r\n', version = '1.1') =>
  `GET ${target} HTTP/${version}\r\n${headers}\r\n`;
const chunked = 'host: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';
const post = 'POST /graphql HTTP/1.1\r\n';
const host = 'host: localhost\r\n';
const json = 'content-type: application/json\r\n';
const http10 = { line: 'POST /graphql HTTP/1.0' };

describe('a request that is unusual and right is served', () => {
  it.each([
    ['by HTTP/1.0 without a host', rawPost('', http10)],
    ['by HTTP/1.0 with a host', rawPost(host, http10)],
    ['by HTTP/1.0 for a whole URL', rawPost('', { line: 'POST http://localhost/graphql HTTP/1.0' })],
    ['by HTTP/1.1 for a whole URL', rawPost(host, { line: 'POST http://127.0.0.1:1/graphql HTTP/1.1' })],
    ['with a slash behind its path', rawPost(host, { line: 'POST /graphql/ HTTP/1.1' })],
    ['with a path that is escaped', rawPost(host, { line: 'POST /%67raphql HTTP/1.1' })],
    ['with a query that cannot be decoded', rawPost(host, { line: 'POST /graphql?%E0%A4%A HTTP/1.1' })],
    ['with an offer to upgrade', rawPost(`${host}connection: upgrade\r\nupgrade: h2c\r\n`)],
    ['with empty lines before it', `\r\n\r\n${rawPost(host)}`],
    ['that waits to be told to go on', rawPost(`${host}expect: 100-continue\r\n`)],
    [
      'in chunks, with trailers',
      `${post}${chunked}1a\r\n{"query":"{ __typename }"}\r\n0\r\nhost: evil.example.com\r\n\r\n`,
    ],
    ['in chunks with extensions', `${post}${chunked}1a;a=b\r\n{"query":"{ __typename }"}\r\n0\r\n\r\n`],
    ['that is not compressed', rawPost(`${host}content-encoding: identity\r\n`)],
  ])('%s', async (_what, request) => {
    expect(await askRaw(product.url, request)).toMatchObject({
      status: 200,
      body: '{"data":{"__typename":"Query"}}\n',
    });
  });
});

describe('a request that is wrong is refused in our own form', () => {
  const longHeader = `x: ${'x'.repeat(20_000)}\r\n`;

  it.each([
    ['a host that is empty', rawPost('host:\r\n'), 400],
    ['a host that is empty, by HTTP/1.0', rawPost('host: \r\n', http10), 400],
    ['no host', rawPost(''), 400],
    ['a host of two words', rawPost('host: a b\r\n'), 400],
    ['a list of hosts', rawPost('host: localhost, localhost\r\n'), 400],
    ['two hosts', rawPost('host: localhost\r\nhost: evil.example.com\r\n'), 400],
    ['the same host twice', rawPost('host: localhost\r\nHOST: localhost\r\n'), 400],
    ['two hosts by HTTP/1.0', rawPost('host: localhost\r\nhost: localhost\r\n', http10), 400],
    ['a host with a path', rawPost('host: localhost/graphql\r\n'), 400],
    ['a host with a user', rawPost('host: me@localhost\r\n'), 400],
    ['a host with a port that is none', rawPost('host: localhost:port\r\n'), 400],
    ['a host with a port that is too large', rawPost('host: localhost:65536\r\n'), 400],
    ['a host with bytes above ASCII', rawPost('host: l\u00f6calhost\r\n'), 400],
    ['a host that escapes', rawPost('host: local%68ost\r\n'), 400],
    ['a foreign URL', get('http://evil.example.com/'), 421],
    ['a URL of another kind', get('ftp://localhost/'), 400],
    ['the server as a whole', get('*'), 404],
    ['the options of the server as a whole', 'OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n', 404],
    ['a path that cannot be decoded', get('/%E0%A4%A'), 400],
    ['half an escape', get('/%'), 400],
    ['a NUL that is escaped', get('/%00'), 404],
    ['a path out of the folder', get('/..%2f..%2fpackage.json'), 404],
    ['a path of many slashes', get('//graphql'), 404],
    ['an expectation', rawPost(`${host}expect: a miracle\r\n`), 417],
    ['an expectation by HTTP/1.0', rawPost(`${host}expect: a miracle\r\n`, http10), 417],
    ['a compressed body', rawPost(`${host}content-encoding: gzip\r\n`), 415],
    ['HTTP/0.9', 'GET /\r\n\r\n', 400],
    ['HTTP/2.0', get('/health', host, '2.0'), 400],
    ['a method of WebDAV', 'PROPFIND /graphql HTTP/1.1\r\nhost: localhost\r\n\r\n', 404],
    ['TRACE', 'TRACE /health HTTP/1.1\r\nhost: localhost\r\nx: secret\r\n\r\n', 404],
    ['a body of null', rawPost(host, { body: 'null' }), 400],
    ['a body that is text', rawPost(host, { body: '"x"' }), 400],
    ['a body with a prototype', rawPost(host, { body: '{"__proto__":{},"query":"{ __typename }"}' }), 400],
    ['a body with a byte order mark', rawPost(host, { body: '\u00ef\u00bb\u00bf' }), 400],
    ['a query with a NUL', rawPost(host, { body: '{"query":"\\u0000"}' }), 400, 'GRAPHQL_PARSE_FAILED'],
    ['a body that is longer than 256 KB', rawPost(host, { body: ' '.repeat(300_000) }), 413],
    [
      'chunks that are longer than 256 KB',
      `${post}${chunked}${'ffff\r\n'.concat('x'.repeat(65_535), '\r\n').repeat(5)}`,
      413,
    ],
  ])('%s', async (_what, request, status, code = 'BAD_REQUEST') => {
    const before = await readCounter(product.url, 'errors_total', { code });
    const answer = await askRaw(product.url, request);
    expect(answer).toMatchObject({ status });
    expectRefusal(answer, code);
    expect(await readCounter(product.url, 'errors_total', { code })).toBe(before + 1);
  });

  it.each([
    ['a method that is none', 'BREW / HTTP/1.1\r\nhost: localhost\r\n\r\n', 400],
    ['a tunnel', 'CONNECT evil.example.com:443 HTTP/1.1\r\nhost: evil.example.com:443\r\n\r\n', 405],
    ['a target that is none', get('graphql'), 400],
    ['a target with a blank', get('/a b'), 400],
    ['a target with a NUL', get('/\u0000'), 400],
    ['a target with bytes above ASCII', get('/\u00e9'), 400],
    ['HTTP/1.2', get('/', host, '1.2'), 400],
    ['the beginning of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003', 400],
    ['a line end without its carriage return', 'GET / HTTP/1.1\nhost: localhost\n\n', 400],
    ['a header with a blank in its name', get('/', 'host: localhost\r\na b: c\r\n'), 400],
    ['a header with a blank behind its name', get('/', 'host : localhost\r\n'), 400],
    ['a header that goes on', get('/', 'host: localhost\r\n x: y\r\n'), 400],
    ['a header with a NUL', get('/', 'host: localhost\r\nx: \u0000\r\n'), 400],
    ['a header that is too long', get('/', `${host}${longHeader}`), 431],
    ['a URL that is too long', get(`/${'x'.repeat(20_000)}`), 431],
    ['a length that is none', `${post}${host}${json}content-length: x\r\n\r\n`, 400],
    ['a length below nothing', `${post}${host}${json}content-length: -1\r\n\r\n`, 400],
    ['two lengths', `${post}${host}${json}content-length: 1\r\ncontent-length: 2\r\n\r\nab`, 400],
    ['a length and chunks', `${post}content-length: 3\r\n${chunked}0\r\n\r\n`, 400],
    ['a coding that does not end in chunks', `${post}${host}${json}transfer-encoding: gzip\r\n\r\n`, 400],
    ['chunks twice', `${post}${host}${json}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 400],
    ['a chunk whose length is none', `${post}${chunked}zz\r\n`, 400],
    ['a chunk that is longer than it says', `${post}${chunked}1\r\nabc\r\n`, 400],
    ['chunk extensions without end', `${post}${chunked}1;${'x'.repeat(20_000)}\r\na\r\n`, 413],
    ['a trailer that is none', `${post}${chunked}0\r\na b: c\r\n\r\n`, 400],
    ['a body that ends too soon', rawPost(host).slice(0, -3), 400],
    ['headers that end too soon', get('/').slice(0, -3), 400],
  ])('and the connection closed: %s', async (_what, request, status) => {
    const counts = () =>
      Promise.all([
        readCounter(product.url, 'malformed_requests_total', { status: String(status) }),
        readCounter(product.url, 'errors_total', { code: 'BAD_REQUEST' }),
      ]);
    const before = await counts();
    const { answers, isClosed } = await sendRaw(product.url, request, { endsAfterMs: 0 });
    expect({ isClosed, statuses: answers.map((answer) => answer.status) }).toEqual({
      isClosed: true,
      statuses: [status],
    });
    for (const answer of answers) expectRefusal(answer);
    expect(await counts()).toEqual(before.map((count) => count + 1));
  });

  it('and none of it is taken for a mistake of ours', async () => {
    expect(await readCounter(product.url, 'errors_total', { code: 'INTERNAL_SERVER_ERROR' })).toBe(0);
    expect(product.logLines).toEqual([]);
  });
});

describe('on one connection', () => {
  const slow = rawPost(host, { body: '{"query":"{ customer(id: \\"elevate:1\\") { name } }"}' });

  it('requests are answered in their order, and what is no request after them', async () => {
    const exchange = sendRaw(
      product.url,
      `${slow}${rawPost(host)}${get('/health')}BREW\r\n\r\n${get('/health')}`,
    );
    // The last of them have long been read by then.
    setTimeout(release, 200);
    const { answers, isClosed } = await exchange;
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 400]);
    expect(answers[0]?.body).toContain('Harbour Ltd');
    expect(answers[1]?.body).toContain('__typename');
    expect(isClosed).toBe(true);
  });

  it('a request that does not read its body is answered although the body is broken', async () => {
    const request = `GET /health HTTP/1.1\r\n${host}transfer-encoding: chunked\r\n\r\nzz\r\n`;
    const { answers, isClosed } = await sendRaw(product.url, request);
    expect({ isClosed, statuses: answers.map(({ status }) => status) }).toEqual({
      isClosed: true,
      statuses: [200],
    });
  });

  it('a refused request does not spoil the next', async () => {
    const { answers } = await sendRaw(
      product.url,
      `${rawPost('host: evil.example.com\r\n')}${rawPost(host)}`,
      { count: 2 },
    );
    expect(answers.map(({ status }) => status)).toEqual([421, 200]);
  });

  it('a body is not read as the next request', async () => {
    const inner = get('/health');
    const { answers } = await sendRaw(product.url, `${rawPost(host, { body: inner })}${get('/health/live')}`);
    expect(answers.map(({ status }) => status)[0]).toBe(400);
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  });

  it('a request that comes when the server closes is told so', async () => {
    let finish = (): void => {};
    const waiting = await startStubServer(async () => {
      await new Promise<void>((resolve) => void (finish = resolve));
      return { body: { id: 1 } };
    });
    const closing = await startTestProduct({ elevate: entryFor.elevate(waiting.url) });
    const underWay = askRaw(closing.url, slow);
    await waitUntil(() => waiting.calls.length === 1);
    const text = rawPost(host);
    const late = sendRaw(closing.url, [text.slice(0, 20), text.slice(20)], { pauseMs: 700 });
    await sleep(300);
    const closed = closing.close();
    const { answers, isClosed } = await late;
    expect(answers).toMatchObject([{ status: 503, headers: { 'retry-after': '1', connection: 'close' } }]);
    for (const answer of answers) expectRefusal(answer, 'OVERLOADED');
    expect(isClosed).toBe(true);
    finish();
    expect(await underWay).toMatchObject({ status: 200, headers: { connection: 'close' } });
    await closed;
    await waiting.close();
  });

  it('requests that wait behind others end with their client', async () => {
    const hanging = await startStubServer(() => new Promise<never>(() => {}));
    const server = { graceMs: 600_000, requestTimeoutMs: 600_000 };
    const sources = {
      elevate: entryFor.elevate(hanging.url, { timeoutMs: 60_000, headersTimeoutMs: 60_000 }),
    };
    const left = await startTestProduct(sources, undefined, { server });
    const ask = (id: number) =>
      rawPost(host, { body: `{"query":"{ customer(id: \\"elevate:${id}\\") { name } }"}` });
    const socket = connect(Number(new URL(left.url).port), '127.0.0.1');
    socket.write(ask(1) + ask(2) + ask(3));
    await waitUntil(() => hanging.calls.length === 3);
    socket.destroy();
    await waitUntil(() => hanging.requests.every(({ destroyed }) => destroyed));
    // It has nothing to wait for.
    await left.close();
    expect(left.logLines.filter((line) => line.includes('internal error'))).toEqual([]);
    await hanging.close();
  });
});
