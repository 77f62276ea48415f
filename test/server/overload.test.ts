import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyReply } from 'fastify';
import { createAdmission } from '../../src/server/admission.ts';
import { postQuery, startTestProduct, type QueryResult, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { waitUntil } from '../support/wait-until.ts';

const maxOperations = 4;
const maxQueuedOperations = 3;
const promptMs = 1_000;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A slow API: calls that wait for `release`. */
const held: (() => void)[] = [];
let api: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  api = await startStubServer(async ({ pathname }) => {
    await new Promise<void>((resolve) => held.push(resolve));
    return { body: { id: Number(pathname.split('/').at(-1)), customerName: 'Harbour Ltd' } };
  });
});

beforeEach(async () => {
  product = await startTestProduct({ elevate: entryFor.elevate(api.url) }, undefined, {
    server: { maxOperations, maxQueuedOperations },
  });
});

afterEach(async () => {
  const releasing = releaseAll();
  await product.close();
  clearInterval(releasing);
});

afterAll(() => api.close());

function release(): void {
  for (const resolve of held.splice(0)) resolve();
}

/** From then on the API is quick. */
function releaseAll(): NodeJS.Timeout {
  return setInterval(release, 5);
}

/** Each operation is for another customer, and makes one call. */
function askFor(id: number): Promise<QueryResult> {
  return product.query(`{ customer(id: "elevate:${id}") { name } }`);
}

function post(id: number, init: RequestInit = {}): Promise<Response> {
  const body = JSON.stringify({ query: `{ customer(id: "elevate:${id}") { name } }` });
  return fetch(`${product.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    ...init,
  });
}

/** Begins operations that the server works on, then ones that wait. */
async function fill(
  queuedOperations = maxQueuedOperations,
): Promise<{ readonly working: Promise<QueryResult>[]; readonly queued: Promise<QueryResult>[] }> {
  const working = Array.from({ length: maxOperations }, (_, index) => askFor(index + 1));
  await waitUntil(() => held.length === maxOperations);
  const queued = Array.from({ length: queuedOperations }, (_, index) => askFor(100 + index));
  await sleep(100);
  return { working, queued };
}

async function readMetric(name: string): Promise<number> {
  const text = await (await fetch(`${product.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}

const served = { status: 200, data: { customer: { name: 'Harbour Ltd' } }, errors: [] };

describe('more operations than the server takes', () => {
  it('are refused at once, those before them are served', async () => {
    const { working, queued } = await fill();
    const startMs = performance.now();
    const refused = await Promise.all([200, 201, 202, 203, 204].map((id) => post(id)));
    expect(performance.now() - startMs).toBeLessThan(promptMs);
    for (const response of refused) {
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('1');
      const requestId = response.headers.get('x-request-id');
      expect(requestId).toMatch(uuid);
      expect(await response.json()).toEqual({
        errors: [
          {
            message: expect.stringMatching(/Try again/),
            extensions: { code: 'OVERLOADED', retryable: true, requestId },
          },
        ],
      });
    }
    expect(held).toHaveLength(maxOperations);
    expect(await readMetric('customer_graph_operations_refused_total')).toBe(5);

    release();
    expect(await Promise.all(working)).toEqual(working.map(() => expect.objectContaining(served)));
    await waitUntil(() => held.length === maxQueuedOperations);
    release();
    expect(await Promise.all(queued)).toEqual(queued.map(() => expect.objectContaining(served)));
  });

  it('leave no trace: afterwards all are served', async () => {
    const { working, queued } = await fill();
    await Promise.all([200, 201, 202].map((id) => post(id)));
    const releasing = releaseAll();
    await Promise.all([...working, ...queued]);
    for (let round = 0; round < 5; round += 1) {
      const ids = Array.from(
        { length: maxOperations + maxQueuedOperations },
        (_, index) => 300 + 10 * round + index,
      );
      expect(await Promise.all(ids.map(askFor))).toEqual(ids.map(() => expect.objectContaining(served)));
    }
    clearInterval(releasing);
  });

  it('find health and metrics at work', async () => {
    await fill();
    for (const path of ['/health/live', '/health/ready', '/metrics'])
      expect((await fetch(product.url + path)).status).toBe(200);
  });
});

describe('an operation that waits', () => {
  it('gives up its place when its client leaves', async () => {
    const { working, queued } = await fill(maxQueuedOperations - 1);
    const leaving = new AbortController();
    const left = post(400, { signal: leaving.signal });
    await sleep(100);
    expect((await post(401)).status).toBe(503);
    leaving.abort();
    await expect(left).rejects.toThrow();
    await sleep(100);

    const successor = askFor(402);
    await sleep(100);
    expect((await post(403)).status).toBe(503);
    const releasing = releaseAll();
    const all = [...working, ...queued, successor];
    expect(await Promise.all(all)).toEqual(all.map(() => expect.objectContaining(served)));
    clearInterval(releasing);
    expect(api.calls.filter((call) => /40[13]$/.test(call) || call.endsWith('/400'))).toEqual([]);
    // A client that has left was not refused.
    expect(await readMetric('customer_graph_operations_refused_total')).toBe(2);
  });

  it('is refused when its time is over', async () => {
    await fill(maxQueuedOperations - 1);
    const startMs = performance.now();
    const { status, errors } = await postQuery(product.url, '{ sources { name } }', {
      headers: { 'x-request-timeout-ms': '200' },
    });
    expect({ status, code: errors[0]?.extensions['code'] }).toEqual({ status: 503, code: 'OVERLOADED' });
    const tookMs = performance.now() - startMs;
    expect(tookMs).toBeGreaterThanOrEqual(190);
    expect(tookMs).toBeLessThan(200 + promptMs);
  });

  it('hands its place on when it leaves in the moment of its turn', async () => {
    const admission = createAdmission({ requestTimeoutMs: 5_000, maxOperations: 1, maxQueuedOperations: 1 });
    const replies: FastifyReply[] = [];
    let entered = 0;
    const app = fastify();
    app.get('/', {
      async preHandler(request, reply) {
        replies.push(reply);
        await admission.enter(request, reply);
      },
      handler() {
        entered += 1;
        return new Promise(() => {});
      },
    });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const clients = [1, 2].map(() => fetch(url).catch(() => 'gone'));
    await waitUntil(() => replies.length === 2 && entered === 1);
    // Both in one turn, as when a load balancer closes its connections.
    for (const { raw } of replies) raw.destroy();
    expect(await Promise.all(clients)).toEqual(['gone', 'gone']);
    await admission.emptied();

    const before = entered;
    const third = fetch(url).catch(() => 'gone');
    await waitUntil(() => entered === before + 1);
    app.server.closeAllConnections();
    expect(await third).toBe('gone');
    await app.close();
  });
});

describe('a request that does not arrive in full', () => {
  const sockets: Socket[] = [];

  afterAll(() => {
    for (const socket of sockets) socket.destroy();
  });

  it('takes no place, and is ended', async () => {
    const { port } = new URL(product.url);
    const ended = Array.from({ length: 3 * (maxOperations + maxQueuedOperations) }, () => {
      const socket = connect(Number(port), '127.0.0.1');
      sockets.push(socket);
      socket.write(
        `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"query`,
      );
      return new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(String(bytes))));
    });
    await sleep(100);
    const releasing = releaseAll();
    expect(await askFor(1)).toMatchObject(served);
    clearInterval(releasing);
    const answers = await Promise.all(ended);
    expect(new Set(answers.map((answer) => answer.split('\r\n')[0]))).toEqual(
      new Set(['HTTP/1.1 408 Request Timeout']),
    );
  }, 20_000);
});
