import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let api: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  api = await startStubServer(({ pathname }) => ({
    body: { id: Number(pathname.split('/').at(-1)), customerName: 'Harbour Ltd' },
  }));
  product = await startTestProduct({ elevate: entryFor.elevate(api.url) });
});

afterAll(async () => {
  await product.close();
  await api.close();
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly requestId?: string };
  }[];
}

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(product.url + path, init);
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return { ...(isJson ? JSON.parse(text) : {}), status: response.status, headers: response.headers, text };
}

function post(body: string, headers: Record<string, string> = {}): Promise<Answer> {
  return ask('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

function codesOf({ errors = [] }: Answer): unknown[] {
  return errors.map(({ extensions }) => extensions?.code);
}

/** What matters of a refusal: every one is a GraphQL answer with the request's id, and tells nothing of the server's inside. */
function readRefusal(answer: Answer): object {
  const [error] = answer.errors ?? [];
  return {
    status: answer.status,
    codes: codesOf(answer),
    hasMessage: error !== undefined && error.message !== '',
    hasRequestId: error?.extensions?.requestId === answer.headers.get('x-request-id'),
    inside: /stack|node_modules|\.ts:|\/src\/|\/dist\/|FST_/.exec(answer.text),
  };
}

function refusal(status: number, code: string): object {
  return { status, codes: [code], hasMessage: true, hasRequestId: true, inside: null };
}

describe('requests that are not GraphQL', () => {
  it.each([
    ['malformed JSON', '{ "query": "{ sources', {}, 400],
    ['no JSON at all', 'hello', {}, 400],
    ['an empty body', '', {}, 400],
    ['an empty object', '{}', {}, 400],
    ['a list where batching is not offered', '[{ "query": "{ sources { name } }" }]', {}, 400],
    ['a query that is no text', '{ "query": 1 }', {}, 400],
    ['variables that are no object', '{ "query": "{ sources { name } }", "variables": "x" }', {}, 400],
    [
      'a media type that is not JSON',
      'query=%7B__typename%7D',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
    ],
    ['a text', '{ __typename }', { 'content-type': 'text/plain' }, 400],
    ['XML', '<query/>', { 'content-type': 'application/xml' }, 415],
  ])('%s is refused', async (_what, body, headers, status) => {
    expect(readRefusal(await post(body, headers))).toEqual(refusal(status, 'BAD_REQUEST'));
  });

  it('a body that is too large is refused', async () => {
    const query = `{ sources { name } } # ${'x'.repeat(300_000)}`;
    expect(readRefusal(await post(JSON.stringify({ query })))).toEqual(refusal(413, 'BAD_REQUEST'));
  });

  it('another method or path is not found', async () => {
    expect(readRefusal(await ask('/graphql', { method: 'PUT' }))).toEqual(refusal(404, 'BAD_REQUEST'));
    expect(readRefusal(await ask('/nowhere'))).toEqual(refusal(404, 'BAD_REQUEST'));
    expect(readRefusal(await ask('/nowhere/%E0%A4%A'))).toEqual(refusal(400, 'BAD_REQUEST'));
    expect((await ask('/..%2fpackage.json')).status).toBeGreaterThanOrEqual(400);
    expect((await ask('/assets/..%2f..%2fmain.js')).status).toBeGreaterThanOrEqual(400);
  });
});

describe('queries by GET', () => {
  const query = encodeURIComponent('{ customer(id: "elevate:7") { id name } }');

  it('are answered where the request cannot come from a form or an image of another site', async () => {
    const answer = await ask(`/graphql?query=${query}`, { headers: { 'apollo-require-preflight': 'true' } });
    expect(answer).toMatchObject({
      status: 200,
      data: { customer: { id: 'elevate:7', name: 'Harbour Ltd' } },
    });
  });

  it('are refused without a sign of that', async () => {
    const answer = await ask(`/graphql?query=${query}`);
    expect(readRefusal(answer)).toEqual(refusal(400, 'BAD_REQUEST'));
    expect(answer.text).toContain('CSRF');
  });

  it('cannot be mutations', async () => {
    const mutation = encodeURIComponent('mutation { deleteEverything }');
    const answer = await ask(`/graphql?query=${mutation}`, {
      headers: { 'apollo-require-preflight': 'true' },
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(codesOf(answer)).toHaveLength(1);
  });
});

describe('documents', () => {
  it('that cannot be parsed keep their code', async () => {
    expect(readRefusal(await post(JSON.stringify({ query: '{ customer(' })))).toEqual(
      refusal(400, 'GRAPHQL_PARSE_FAILED'),
    );
  });

  it('that do not fit the schema keep their code, one error for each mistake', async () => {
    const answer = await post(JSON.stringify({ query: '{ customer(id: "elevate:1") { nme } customers }' }));
    expect(answer.status).toBe(400);
    expect(codesOf(answer)).toEqual(['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_VALIDATION_FAILED']);
    expect(answer.text).not.toMatch(/stack/);
  });

  it('with several operations need a name', async () => {
    const query = 'query A { sources { name } } query B { sources { title } }';
    const failed = await post(JSON.stringify({ query }));
    expect(readRefusal(failed)).toEqual(refusal(400, 'BAD_REQUEST'));
    expect(await post(JSON.stringify({ query, operationName: 'A' }))).toMatchObject({
      data: { sources: [{ name: 'elevate' }] },
    });
  });

  it('that lack a variable are refused', async () => {
    const answer = await post(JSON.stringify({ query: 'query ($id: ID!) { customer(id: $id) { id } }' }));
    expect({ status: answer.status, codes: codesOf(answer) }).toEqual({
      status: 400,
      codes: ['BAD_USER_INPUT'],
    });
  });

  it('that are given by their hash alone are asked for whole', async () => {
    const query = '{ sources { name } }';
    const extensions = {
      persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') },
    };
    const unknown = await post(JSON.stringify({ extensions }));
    // Clients send the document, and hashes no more, when they read this.
    expect(unknown.errors).toMatchObject([
      { message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } },
    ]);
    expect(await post(JSON.stringify({ query }))).toMatchObject({
      status: 200,
      data: { sources: [{ name: 'elevate' }] },
    });
  });

  it.each(['mutation', 'subscription'])('that begin a %s are refused', async (kind) => {
    const answer = await post(JSON.stringify({ query: `${kind} { customer }` }));
    expect({ status: answer.status, errors: answer.errors }).toMatchObject({
      status: 400,
      errors: [
        {
          message: `There are no ${kind}s: this server only reads.`,
          extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
        },
      ],
    });
  });

  it('that are refused are no mistakes of the server', () => {
    expect(product.logLines.filter((line) => line.includes('internal error'))).toEqual([]);
  });

  it('may ask for the schema', async () => {
    const query =
      '{ __schema { queryType { name } } __type(name: "Customer") { kind possibleTypes { name } } }';
    const { data, errors } = await post(JSON.stringify({ query }));
    expect(errors).toBeUndefined();
    const types = ['ElevateCustomer', 'Sage200Customer', 'CroCustomer'];
    expect(data).toMatchObject({
      __schema: { queryType: { name: 'Query' } },
      __type: { kind: 'INTERFACE', possibleTypes: types.map((name) => ({ name })) },
    });
  });
});

describe('the request id', () => {
  const body = JSON.stringify({ query: '{ customer(id: "nowhere:1") { id } }' });

  it('of the caller is kept when it is a UUID', async () => {
    const id = '3b241101-e2bb-4255-8caf-4136c566a962';
    const answer = await post(body, { 'x-request-id': id });
    expect(answer.headers.get('x-request-id')).toBe(id);
    expect(answer.errors?.[0]?.extensions?.requestId).toBe(id);
  });

  it.each(['order-4711', "3b241101-e2bb-4255-8caf-4136c566a962' OR 1=1", '3b241101e2bb42558caf4136c566a962'])(
    '%j is replaced',
    async (id) => {
      const answer = await post(body, { 'x-request-id': id });
      expect(answer.headers.get('x-request-id')).toMatch(uuid);
      expect(answer.text).not.toContain(id);
    },
  );

  it('goes along to the REST API', async () => {
    const id = '9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d';
    await post(JSON.stringify({ query: '{ customer(id: "elevate:3") { id } }' }), { 'x-request-id': id });
    expect(api.requests.at(-1)?.headers['x-request-id']).toBe(id);
  });

  it('differs from request to request', async () => {
    const answers = await Promise.all([post(body), post(body)]);
    expect(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size).toBe(2);
  });
});

describe('health', () => {
  it.each(['/health/live', '/health/ready'])('%s is ok', async (path) => {
    const { status, text } = await ask(path);
    expect({ status, body: JSON.parse(text) }).toMatchObject({ status: 200, body: { status: 'ok' } });
  });
});
