import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Reachable } from '../support/loopback.ts';
import { postQuery, startTestProduct, type TestProduct } from '../support/product.ts';
import { startProxy } from './support/reverse-proxy.ts';

const prefix = '/api/customers';

async function statusesOf(url: string, paths: readonly string[]): Promise<number[]> {
  return Promise.all(paths.map(async (path) => (await fetch(url + path)).status));
}

describe.each([prefix, `${prefix}/`])('a server whose path is %s', (path) => {
  let product: TestProduct;

  beforeAll(async () => {
    product = await startTestProduct({}, undefined, { server: { path } });
  });

  afterAll(() => product.close());

  describe.each([
    ['keeps it', false],
    ['strips it', true],
  ])('behind a proxy that %s', (_what, strips) => {
    let proxy: Reachable;

    beforeAll(async () => {
      proxy = await startProxy(product.url, { prefix, strips });
    });

    afterAll(() => proxy.close());

    it('serves operations, with and without a slash', async () => {
      const url = proxy.url + prefix;
      expect(await postQuery(url, '{ __typename }')).toMatchObject({ status: 200, errors: [] });
      for (const end of ['/graphql', '/graphql/']) {
        const query = `?query=${encodeURIComponent('{ __typename }')}`;
        const answer = await fetch(url + end + query, { headers: { 'apollo-require-preflight': '1' } });
        expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
      }
    });

    it('serves health and metrics, and nothing else', async () => {
      expect(
        await statusesOf(proxy.url + prefix, ['/health/live', '/health/ready/', '/metrics', '/nowhere']),
      ).toEqual([200, 200, 200, 404]);
    });
  });

  it('is reached without it as well, and not by what only begins like it', async () => {
    expect(
      await statusesOf(product.url, [
        '/health/live',
        `${prefix}/health/live`,
        `${prefix}xhealth/live`,
        `${prefix}x/health/live`,
        `${prefix}${prefix}/health/live`,
        '/api/health/live',
      ]),
    ).toEqual([200, 200, 404, 404, 404, 404]);
  });
});
