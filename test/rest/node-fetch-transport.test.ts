import { afterEach, expect, it } from '@jest/globals';
import fetch, { Headers } from 'node-fetch';
import { Cancellation } from '../../src/rest/cancellation.ts';
import { createNodeFetchTransport, type Fetch } from '../../src/rest/http/node-fetch.ts';
import { directRoute } from '../../src/rest/http/route.ts';
import { closeAll, startStub } from './test-client.ts';

afterEach(closeAll);

it("a transport with a fetch of one's own sends its calls by that", async () => {
  const server = await startStub(() => ({ status: 404, headers: { 'x-answer': '7' }, body: [1] }));
  const sent: string[] = [];
  const instrumentedFetch: Fetch = (url, options) => {
    sent.push(options?.redirect ?? 'follow');
    const headers = new Headers(options?.headers);
    headers.set('x-trace', 'trace-1');
    return fetch(url, { ...options, headers });
  };
  const transport = createNodeFetchTransport(
    { origin: server.url, connectTimeoutMs: 1_000, maxConcurrency: 1 },
    directRoute,
    instrumentedFetch,
  );
  const response = await transport.send({
    path: '/1',
    headers: { accept: 'application/json' },
    cancellation: new Cancellation(),
    onHead: () => 100,
  });
  expect(response.status).toBe(404);
  expect(response.header('x-answer')).toBe('7');
  expect(response.bytes.toString()).toBe('[1]');
  expect(sent).toEqual(['manual']);
  expect(server.calls).toEqual(['GET /1']);
  expect(server.requests[0]?.headers).toMatchObject({ accept: 'application/json', 'x-trace': 'trace-1' });
  await transport.close();
});
