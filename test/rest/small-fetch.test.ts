import { afterEach, describe, expect, it } from '@jest/globals';
import { directRoute } from '../../src/rest/http/route.ts';
import { createSmallFetch, type SmallFetch } from '../../src/rest/http/small-fetch.ts';
import { closeAll, startRawServer, startServer, startStub } from './test-client.ts';

afterEach(closeAll);

const fetchSmall: SmallFetch = (url, init) => createSmallFetch(url, directRoute)(url, init);

const get = { method: 'GET', headers: {} };

describe('a small document', () => {
  it('is asked for with its method, headers and form, and comes with its status, headers and body', async () => {
    const forms: string[] = [];
    const server = await startServer((request, response) => {
      request.setEncoding('utf8').on('data', (text) => forms.push(String(text)));
      request.once('end', () =>
        response.writeHead(401, { 'content-type': 'application/json', 'x-two': ['1', '2'] }).end('{"a":1}'),
      );
    });
    const response = await fetchSmall(`${server.url}/token`, {
      method: 'POST',
      headers: new Headers({ 'content-type': 'application/x-www-form-urlencoded' }),
      body: new URLSearchParams({ a: 'b & c' }),
    });
    expect(server.calls).toEqual(['POST /token']);
    expect(server.requests[0]?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(forms).toEqual(['a=b+%26+c']);
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/json');
    await expect(response.json()).resolves.toEqual({ a: 1 });
  });

  it.each([204, 304])('may be none (status %i)', async (status) => {
    const server = await startServer((_request, response) => void response.writeHead(status).end());
    const response = await fetchSmall(server.url, get);
    expect(response.status).toBe(status);
    await expect(response.text()).resolves.toBe('');
  });

  it('is not looked for elsewhere', async () => {
    const trap = await startStub(() => ({ body: {} }));
    const server = await startStub(() => ({ status: 302, headers: { location: trap.url }, body: '' }));
    await expect(fetchSmall(server.url, get)).resolves.toMatchObject({ status: 302 });
    expect(trap.calls).toEqual([]);
  });

  it.each([
    ['tells its length', true],
    ['does not', false],
  ])('that is large is not read to its end, when it %s', async (_what, isAnnounced) => {
    const server = await startServer((_request, response) => {
      response.writeHead(200, isAnnounced ? { 'content-length': 10_000_000 } : {});
      const timer = setInterval(() => response.write(' '.repeat(40_000)), 5);
      response.once('close', () => clearInterval(timer));
    });
    await expect(fetchSmall(server.url, get)).rejects.toMatchObject({
      code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE',
    });
    expect(server.requests[0]?.socket.destroyed).toBe(true);
  });

  it.each([
    ['answers', 'http:'],
    ['makes a connection', 'https:'],
  ])('is no longer waited for when its time is over before the server %s', async (_what, protocol) => {
    const server = await startRawServer(() => {});
    const signal = AbortSignal.timeout(100);
    await expect(fetchSmall(server.url.replace('http:', protocol), { ...get, signal })).rejects.toThrow(
      'aborted due to timeout',
    );
  });
});
