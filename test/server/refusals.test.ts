import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCounter } from '../support/metrics.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { entryFor } from '../support/sources.ts';

let product: TestProduct;
let guarded: TestProduct;

beforeAll(async () => {
  const sources = { elevate: entryFor.elevate('http://127.0.0.1:1') };
  product = await startTestProduct(sources);
  const auth = {
    mode: 'jwt',
    issuer: 'https://id.example.com/',
    audience: 'x',
    jwksUrl: 'https://id.example.com/keys',
  } as const;
  guarded = await startTestProduct(sources, undefined, { auth });
});

afterAll(async () => {
  await product.close();
  await guarded.close();
});

interface RefusalCase {
  readonly what: string;
  readonly path?: string;
  readonly init?: RequestInit;
  readonly isGuarded?: true;
  readonly status: number;
  readonly code: string;
  /** Errors in the answer. */
  readonly count?: number;
}

function post(body: string, contentType = 'application/json'): RequestInit {
  return { method: 'POST', headers: { 'content-type': contentType }, body };
}

const query = '{ sources { name } }';
const goodPost = post(JSON.stringify({ query }));

const cases: readonly RefusalCase[] = [
  { what: 'no token', init: goodPost, isGuarded: true, status: 401, code: 'UNAUTHENTICATED' },
  { what: 'malformed JSON', init: post('{ "query'), status: 400, code: 'BAD_REQUEST' },
  { what: 'a body without a query', init: post('{}'), status: 400, code: 'BAD_REQUEST' },
  {
    what: 'variables that are none',
    init: post(JSON.stringify({ query, variables: 'x' })),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    what: 'an unknown content type',
    init: post('<query/>', 'application/xml'),
    status: 415,
    code: 'BAD_REQUEST',
  },
  {
    what: 'a body that is too large',
    init: post(JSON.stringify({ query: ' '.repeat(300_000) })),
    status: 413,
    code: 'BAD_REQUEST',
  },
  {
    what: 'what may be a query of a foreign site',
    path: `/graphql?query=${encodeURIComponent(query)}`,
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    what: 'a text that no browser asks about',
    init: post(query, 'text/plain'),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    what: 'an answer that nobody can read',
    init: accepting(goodPost, 'text/html'),
    status: 406,
    code: 'BAD_REQUEST',
  },
  { what: 'another path', path: '/nowhere', status: 404, code: 'BAD_REQUEST' },
  { what: 'another method', init: { method: 'PUT' }, status: 404, code: 'BAD_REQUEST' },
  {
    what: 'a method that is no operation',
    init: { ...goodPost, method: 'OPTIONS' },
    status: 405,
    code: 'BAD_REQUEST',
  },
  { what: 'a path that is none', path: '/%E0%A4%A', status: 400, code: 'BAD_REQUEST' },
  { what: 'a document that is none', init: post('{"query":"{"}'), status: 400, code: 'GRAPHQL_PARSE_FAILED' },
  {
    what: 'two unknown fields',
    init: post('{"query":"{ a b }"}'),
    status: 400,
    code: 'GRAPHQL_VALIDATION_FAILED',
    count: 2,
  },
];

function accepting(init: RequestInit, accept: string): RequestInit {
  return { ...init, headers: { 'content-type': 'application/json', accept } };
}

describe('counted once for each of its errors, and with the id of its request, is a refusal of', () => {
  it.each(cases)('$what', async ({ path = '/graphql', init = {}, isGuarded, status, code, count = 1 }) => {
    const { url } = isGuarded === true ? guarded : product;
    const readCounts = async () => ({
      all: await readCounter(url, 'errors_total'),
      ofCode: await readCounter(url, 'errors_total', { code, source: '' }),
    });
    const before = await readCounts();
    const response = await fetch(url + path, init);
    const requestId = response.headers.get('x-request-id');
    const error = { message: expect.stringMatching(/\w/), extensions: { code, requestId } };
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status,
      body: { errors: Array.from({ length: count }, () => error) },
    });
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await readCounts()).toEqual({ all: before.all + count, ofCode: before.ofCode + count });
  });
});

describe('a mistake of the server', () => {
  const canary = 'canary of a mistake';

  /** A server whose settings fail it as soon as `isBroken`. */
  async function startBreakable() {
    const state = { isBroken: false };
    const requestTimeoutMs = Object({
      valueOf() {
        if (state.isBroken) throw new TypeError(canary);
        return 10_000;
      },
    });
    const breakable = await startTestProduct({}, undefined, { server: { requestTimeoutMs } });
    state.isBroken = true;
    return breakable;
  }

  it('where operations are let in is no overload: it is logged, and told as what it is', async () => {
    const breakable = await startBreakable();
    const { status, errors, text } = await breakable.query(query);
    expect({ status, codes: errors.map(({ extensions }) => extensions['code']) }).toEqual({
      status: 500,
      codes: ['INTERNAL_SERVER_ERROR'],
    });
    expect(text).not.toMatch(/canary|TypeError/);
    const lines = breakable.logLines
      .map((line) => JSON.parse(line))
      .filter(({ msg }) => msg === 'internal error');
    expect(lines).toMatchObject([
      { requestId: errors[0]?.extensions['requestId'], err: { type: 'TypeError', message: canary } },
    ]);
    expect(await readCounter(breakable.url, 'operations_refused_total')).toBe(0);
    expect(await readCounter(breakable.url, 'errors_total', { code: 'INTERNAL_SERVER_ERROR' })).toBe(1);
    await breakable.close();
  });
});
