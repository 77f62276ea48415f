import fc from 'fast-check';
import { runMany } from '../../support/load.ts';
import { sendRaw, type RawAnswer, type RawExchange } from '../../support/raw-http.ts';

/** What one connection sends, in pieces; in latin1. */
type Connection = readonly string[];

/** Mostly the first of some texts, or else one of the others. */
function mostly(usual: string, ...others: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: fc.constant(usual), weight: 9 },
    { arbitrary: fc.constantFrom(...others), weight: 1 },
  );
}

const garbage = fc
  .uint8Array({ minLength: 1, maxLength: 40 })
  .map((bytes) => Buffer.from(bytes).toString('latin1'));

// Not HEAD: it takes the request to know that an answer has no body.
const method = mostly(
  'POST',
  'GET',
  'PUT',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'PRI',
  'post',
  'BREW',
  '',
);

const target = fc.oneof(
  {
    arbitrary: mostly('/graphql', '/graphql/', '/', '/health/ready', '/metrics', '/assets/', '/nowhere'),
    weight: 5,
  },
  {
    arbitrary: fc.constantFrom(
      '*',
      '//graphql',
      '/%',
      '/%00',
      '/%E0%A4%A',
      '/../../etc/passwd',
      '/assets/..%2f..%2fpackage.json',
      '/graphql?query=%',
      '/graphql?query={__typename}&query={__typename}',
      '/graphql?variables=[&extensions=x',
      '/graphql#x',
      '/graphql;x?y',
      'http://localhost/graphql',
      'http://evil.example.com/graphql',
      'http://[::1/graphql',
      'https://localhost',
      'localhost:80',
      'graphql',
      '',
      `/${'x'.repeat(9_000)}`,
      `/graphql?${'x'.repeat(20_000)}`,
    ),
    weight: 2,
  },
  { arbitrary: garbage, weight: 1 },
);

const version = mostly(
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/0.9',
  'HTTP/2.0',
  'HTTP/1.2',
  'HTTP/11',
  'http/1.1',
  'RTSP/1.0',
  '',
);

const header = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.constantFrom(
      'host: localhost',
      'host: evil.example.com',
      'host: a b',
      'host:',
      'host: x, y',
      'host: [::1]:4000',
      'host: localhost:99999',
      'host : localhost',
      'expect: 100-continue',
      'expect: x',
      'content-length: 5',
      'content-length: -1',
      'content-length: 99999999999999999999',
      'content-length: 1,2',
      'transfer-encoding: chunked',
      'transfer-encoding: gzip',
      'transfer-encoding: chunked, chunked',
      'transfer-encoding: \u000bchunked',
      'content-encoding: gzip',
      'content-type: text/plain',
      'content-type: application/graphql',
      'content-type: multipart/form-data; boundary=',
      'content-type: application/json; charset=utf-16',
      'content-type: /',
      'content-type:',
      'accept: text/html',
      'accept: multipart/mixed;deferSpec=20220824',
      'accept: \u00ff',
      'accept-version: 2.x',
      'connection: close',
      'connection: upgrade',
      'upgrade: websocket',
      'upgrade: h2c',
      'x-request-id: 1',
      'x-request-id: 3b241101-e2bb-4255-8caf-4136c566a962',
      'x-request-timeout-ms: 1',
      'x-request-timeout-ms: -1',
      'authorization: Bearer \u00ff',
      'apollo-require-preflight: 1',
      'x-apollo-operation-name: \u00ff',
      'apollo-federation-include-trace: ftv1',
      'if-none-match: *',
      'if-modified-since: never',
      'range: bytes=5-1',
      'cookie: __proto__=1',
      'origin: null',
      'te: trailers',
      `x: ${'x'.repeat(17_000)}`,
    ),
  },
  { arbitrary: garbage.map((text) => `x: ${text}`), weight: 1 },
  { arbitrary: garbage, weight: 1 },
);

const body = fc.oneof(
  {
    arbitrary: fc.constantFrom(
      '{"query":"{ __typename }"}',
      '{"query":"{ sources { name } }"}',
      '{"query":"query ($id: ID!) { customer(id: $id) { name } }","variables":{"id":"elevate:1"}}',
    ),
    weight: 3,
  },
  {
    arbitrary: fc.constantFrom(
      '',
      'null',
      '[]',
      '"x"',
      '{',
      '{}',
      '{"query":1}',
      '{"query":"{"}',
      '{"query":"{ nothing }"}',
      '{"query":"mutation { x }"}',
      '{"query":"subscription { x }"}',
      '{"query":"query ($id: ID!) { customer(id: $id) { name } }","variables":{"id":{"a":[1]}}}',
      '{"query":"{ __typename }","variables":[]}',
      '{"query":"{ __typename }","operationName":{}}',
      '{"query":"{ __typename }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}',
      '{"__proto__":{"query":"{ __typename }"}}',
      '{"constructor":{"prototype":{}},"query":"{ __typename }"}',
      `{"query":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
      `{"query":"${'{a'.repeat(3_000)}"}`,
      `{"query":"{ customer(id: ${'['.repeat(3_000)}"}`,
      '\u00ef\u00bb\u00bf{}',
      '\u00ff\u00fe{\u0000}\u0000',
      'x'.repeat(300_000),
    ),
    weight: 2,
  },
  fc.json().map((text) => Buffer.from(`{"query":"{ __typename }","variables":${text}}`).toString('latin1')),
  garbage,
);

/** How the length of the body is told. */
const framing = mostly('length', 'chunked', 'short', 'long', 'none');

const request = fc
  .record({
    line: fc.tuple(method, target, version).map((parts) => parts.join(' ')),
    host: mostly(
      'host: localhost\r\n',
      '',
      'host: evil.example.com\r\n',
      'host: localhost\r\nhost: localhost\r\n',
    ),
    type: mostly('content-type: application/json\r\n', ''),
    headers: fc.array(header, { maxLength: 2 }).map((lines) => lines.map((line) => `${line}\r\n`).join('')),
    framing,
    body,
  })
  .map(
    ({ line, host, type, headers, framing, body }) =>
      `${line}\r\n${host}${type}${headers}${frame(framing, body)}`,
  );

function frame(framing: string, text: string): string {
  switch (framing) {
    case 'length':
      return `content-length: ${text.length}\r\n\r\n${text}`;
    case 'short':
      return `content-length: ${Math.max(0, text.length - 3)}\r\n\r\n${text}`;
    case 'long':
      return `content-length: ${text.length + 3}\r\n\r\n${text}`;
    case 'chunked':
      return `transfer-encoding: chunked\r\n\r\n${text.length.toString(16)};x=y\r\n${text}\r\n0\r\nhost: evil\r\n\r\n`;
    default:
      return `\r\n${text}`;
  }
}

/** Bytes that are changed, lost, or come again. */
const damage = fc.oneof(
  { arbitrary: fc.constant(null), weight: 6 },
  {
    arbitrary: fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(20),
      bytes: fc.option(garbage),
    }),
    weight: 1,
  },
);

const connection: fc.Arbitrary<Connection> = fc
  .record({
    requests: fc.array(request, { minLength: 1, maxLength: 3 }).map((texts) => texts.join('')),
    damage,
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
  })
  .map(({ requests, damage, cuts }) => {
    const at = Math.floor((damage?.at ?? 0) * requests.length);
    const text =
      damage === null
        ? requests
        : requests.slice(0, at) + (damage.bytes ?? '') + requests.slice(at + damage.length);
    const places = [
      0,
      ...cuts.map((cut) => Math.floor(cut * text.length)).toSorted((a, b) => a - b),
      text.length,
    ];
    return places.slice(1).map((end, index) => text.slice(places[index], end));
  });

/** What the server did with what was sent to it. */
export interface FuzzReport {
  /** By status. */
  readonly counts: Readonly<Record<string, number>>;
  /** What must not happen, and what it happened to. */
  readonly failures: readonly string[];
}

/** Sends so many connections' worth of almost HTTP, and looks at every answer. */
export async function fuzz(url: string, count: number, seed: number): Promise<FuzzReport> {
  const connections = fc.sample(connection, { numRuns: count, seed });
  const counts: Record<string, number> = {};
  const failures: string[] = [];
  await runMany(count, 16, async (index) => {
    const pieces = connections[index] ?? [];
    try {
      const isBlank = pieces.join('').trim() === '';
      let exchange = await send(url, pieces, 200);
      // A busy machine takes longer, and a client that has ended is one that has gone.
      if (exchange.answers.length === 0 && !isBlank) exchange = await send(url, pieces, 5_000);
      if (!exchange.isClosed) throw new Error('the connection stays open');
      if (exchange.answers.length === 0 && !isBlank) throw new Error('there is no answer');
      for (const answer of exchange.answers) {
        counts[answer.status] = (counts[answer.status] ?? 0) + 1;
        check(answer);
      }
    } catch (error) {
      failures.push(
        `${String(error)} (seed ${seed}, connection ${index}): ${JSON.stringify(pieces).slice(0, 2_000)}`,
      );
    }
  });
  return { counts, failures };
}

function send(url: string, pieces: Connection, endsAfterMs: number): Promise<RawExchange> {
  return sendRaw(url, pieces, { pauseMs: 5, patienceMs: 30_000, endsAfterMs });
}

function check({ status, headers, body }: RawAnswer): void {
  if (status >= 500 && status !== 503) throw new Error(`status ${status}: ${body}`);
  if (headers['x-content-type-options'] !== 'nosniff') throw new Error(`no nosniff at ${status}`);
  if (/node_modules|\.ts:\d|\n\s+at /.test(body)) throw new Error(`a stack: ${body}`);
  if (status < 400 || body === '') return;
  const code: unknown = JSON.parse(body).errors?.[0]?.extensions?.code;
  if (typeof code !== 'string' || code === 'INTERNAL_SERVER_ERROR') throw new Error(`not our form: ${body}`);
}
