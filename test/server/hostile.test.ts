import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { askRaw } from '../support/raw-http.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { answerAnything } from './support/answer-anything.ts';
import { createBombs } from './support/bombs.ts';
import { findFault, hostileRequests, writeRequest } from './support/hostile-requests.ts';

let api: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  api = await startStubServer(answerAnything);
  product = await startTestProduct({
    elevate: entryFor.elevate(api.url),
    sage200: entryFor.sage200(api.url),
    cro: entryFor.cro(api.url),
  });
});

afterAll(async () => {
  await product.close();
  await api.close();
});

it('nothing that a request contains is taken for a mistake of the server', async () => {
  await fc.assert(
    fc.asyncProperty(hostileRequests, async (request) => {
      const answer = await askRaw(product.url, writeRequest(request));
      const errors = product.logLines.splice(0).filter((line) => JSON.parse(line).level >= 50);
      expect({ fault: findFault(answer), errors }).toEqual({ fault: undefined, errors: [] });
    }),
    { seed: 1, numRuns: 500 },
  );
  // Or only the door would have been tried.
  expect(api.calls.length).toBeGreaterThan(5);
});

it('documents that are made to cost as much as they can are answered or refused', async () => {
  for (const { shape, query } of createBombs(60, 1)) {
    const { status, text } = await product.query(query);
    expect({ shape, fault: findFault({ status, body: text }) }).toEqual({ shape, fault: undefined });
  }
  expect(product.logLines.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
});

it.each([
  ['of an argument', 'query ($id: ID = "cro:1") { customer(id: $id) { name } }', { id: null }],
  ['of a type', 'query ($name: String = "Query") { __type(name: $name) { name } }', { name: null }],
  ['of a root field', 'query ($if: Boolean = true) { sources @include(if: $if) { name } }', { if: null }],
])('a null in the place %s that takes none is the caller’s', async (_what, query, variables) => {
  const { status, errors } = await product.query(query, { variables });
  expect(status).toBe(400);
  expect(errors).toMatchObject([
    { message: expect.stringMatching(/must not be null/), extensions: { code: 'BAD_USER_INPUT' } },
  ]);
});

it('a null in a directive further down is the caller’s, and costs what is around it', async () => {
  const query =
    'query ($if: Boolean = true) { sources { name @include(if: $if) } customer(id: "cro:1") { name } }';
  const { status, data, errors } = await product.query(query, { variables: { if: null } });
  expect(status).toBe(200);
  expect(data).toEqual(null);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(product.logLines).toEqual([]);
});

it.each([
  [
    'of a name that it does not have',
    '{ sources { name } }',
    'A',
    'The document has no operation "A": expected no operationName.',
  ],
  [
    'of a name that is another',
    'query A { sources { name } } query B { sources { name } }',
    'C',
    'The document has no operation "C": expected one of "A", "B".',
  ],
  [
    'of several without a name',
    'query A { sources { name } } query B { sources { name } }',
    undefined,
    'The document has several operations, and operationName is not given: expected one of "A", "B".',
  ],
])(
  'an operation %s is refused with the names that there are',
  async (_what, query, operationName, message) => {
    const response = await fetch(`${product.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, operationName }),
    });
    expect({ status: response.status, body: await response.json() }).toEqual({
      status: 400,
      body: { errors: [{ message, extensions: { code: 'BAD_REQUEST', requestId: expect.any(String) } }] },
    });
  },
);

it('a value that is refused is quoted in part', async () => {
  const { text, errors } = await product.query(
    'query ($first: Int) { customers(first: $first) { nodes { id } } }',
    {
      variables: { first: 'x'.repeat(100_000) },
    },
  );
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(text.length).toBeLessThan(1_000);
});

it('a representation nested 100,000 deep is refused as the caller’s', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const query = 'query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }';
  const body = `{"query":${JSON.stringify(query)},"variables":{"of":[{"__typename":${deep}}]}}`;
  const response = await fetch(`${product.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect({ status: response.status, body: await response.json() }).toMatchObject({
    status: 400,
    body: { errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] },
  });
});
