import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { fileSettings } from '../../src/config/settings.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';

const origin = 'https://app.example.com';

let api: RecordingServer;
let closed: TestProduct;
let open: TestProduct;

beforeAll(async () => {
  api = await startStubServer(() => ({ body: { id: 1, customerName: 'Harbour Ltd' } }));
  const sources = { elevate: entryFor.elevate(api.url) };
  closed = await startTestProduct(sources);
  open = await startTestProduct(sources, undefined, {
    server: { page: true, introspection: true, cors: { origins: [origin, 'http://localhost:5173'] } },
  });
});

afterAll(async () => {
  await closed.close();
  await open.close();
  await api.close();
});

const errorBody = z.object({
  errors: z.tuple([z.object({ message: z.string(), extensions: z.object({ code: z.string() }) })]),
});

async function readError(response: Response) {
  const [{ message, extensions }] = errorBody.parse(await response.json()).errors;
  return { status: response.status, message, code: extensions.code };
}

function preflight({ url }: TestProduct, from: string, path = '/graphql'): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });
}

function post(
  { url }: TestProduct,
  headers: Record<string, string>,
  body: unknown = { query: '{ __typename }' },
) {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

describe('pages of a listed origin', () => {
  it.each([origin, 'http://localhost:5173'])('may ask, from %s', async (from) => {
    for (const path of ['/graphql', '/graphql/', '/schema.graphql']) {
      const { status, headers } = await preflight(open, from, path);
      expect({ status, headers: Object.fromEntries(headers) }).toMatchObject({
        status: 204,
        headers: {
          'access-control-allow-origin': from,
          'access-control-allow-methods': 'GET, POST',
          'access-control-allow-headers': 'authorization,content-type',
          'access-control-max-age': '7200',
          vary: 'origin',
        },
      });
    }
    const answer = await post(open, { origin: from });
    expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(from);
    expect(answer.headers.get('access-control-expose-headers')).toBe('retry-after, x-request-id');
    expect(answer.headers.get('vary')).toContain('origin');
  });

  it('may read why they are refused', async () => {
    const refused = await post(open, { origin }, { query: '{ none }' });
    expect(refused.status).toBe(400);
    expect(refused.headers.get('access-control-allow-origin')).toBe(origin);
  });

  it('send no credentials of the browser', async () => {
    expect((await preflight(open, origin)).headers.get('access-control-allow-credentials')).toBeNull();
  });
});

describe('pages of another origin', () => {
  const others = [
    'https://app.example.com.evil.example',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://APP.example.com',
    'null',
  ];

  it.each(others)('are refused in so many words: %s', async (from) => {
    for (const product of [open, closed]) {
      const response = await preflight(product, from);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      expect(await readError(response)).toEqual({
        status: 403,
        code: 'BAD_REQUEST',
        message: `Pages of ${JSON.stringify(from)} may not use this server. If they are meant to, add their origin to server.cors.origins.`,
      });
      expect((await post(product, { origin: from })).headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('are not meant by OPTIONS without a preflight', async () => {
    const response = await fetch(`${closed.url}/graphql`, { method: 'OPTIONS' });
    expect(response.headers.get('allow')).toBe('GET, POST, OPTIONS');
    expect(await readError(response)).toMatchObject({ status: 405, code: 'BAD_REQUEST' });
  });

  it.each(['*', 'https://app.example.com/', 'app.example.com', 'null', 'file://x'])(
    'cannot be listed as %s',
    (entry) => {
      const { error } = fileSettings.shape.server.safeParse({ cors: { origins: [entry] } });
      expect(error?.issues.map(({ message }) => message)).toEqual([
        'expected the origin of a page, without a path: https://app.example.com',
      ]);
    },
  );
});

describe('a browser that opens /graphql', () => {
  const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

  it.each([
    ['/graphql', '/'],
    ['/graphql/', '/'],
    ['/graphql?query=%7B__typename%7D', '/?query=%7B__typename%7D'],
  ])('is sent from %s to %s', async (path, target) => {
    const response = await fetch(`${open.url}${path}`, { headers: { accept }, redirect: 'manual' });
    expect({ status: response.status, location: response.headers.get('location') }).toEqual({
      status: 302,
      location: target,
    });
  });

  it('is told what is wrong where there is no page', async () => {
    const silent = await startTestProduct({ elevate: entryFor.elevate(api.url) }, undefined, {
      server: { page: false },
    });
    const response = await fetch(`${silent.url}/graphql`, { headers: { accept }, redirect: 'manual' });
    expect(response.status).toBe(400);
    await silent.close();
  });

  it('is not taken for a program that asks by GET', async () => {
    const headers = { 'apollo-require-preflight': 'true', accept: 'application/json' };
    const response = await fetch(`${open.url}/graphql?query=%7B__typename%7D`, { headers });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });
});

describe('the body of a request', () => {
  it.each([
    ['variable', ' Did you mean variables?'],
    ['operation', ' Did you mean operationName?'],
    ['onError', ''],
    ['__proto', ''],
  ])('may not have %s', async (key, suggestion) => {
    const response = await post(open, {}, { query: '{ __typename }', [key]: 'NULL' });
    const { status, message, code } = await readError(response);
    expect({ status, code }).toEqual({ status: 400, code: 'BAD_REQUEST' });
    expect(message).toContain(`The body has ${JSON.stringify(key)}, which is not known here.${suggestion}`);
  });

  it('may have everything that GraphQL over HTTP names', async () => {
    const response = await post(
      open,
      {},
      {
        query: 'query Q { __typename }',
        operationName: 'Q',
        variables: {},
        extensions: {},
      },
    );
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });
});
