import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyReply } from 'fastify';
import { createAdmission } from '../../src/server/admission.ts';
import { postQuery, startTestProduct, type QueryResult, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { measure } from '../support/starvation.ts';
import { waitUntil } from '../support/wait-until.ts';
import { askFrom } from './support/ask-from.ts';

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
  // Of calls that were given up.
  release();
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
    const { result: refused, durationMs } = await measure(() =>
      Promise.all([200, 201, 202, 203, 204].map((id) => post(id))),
    );
    expect(durationMs).toBeLessThan(promptMs);
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

  it('is refused when its time is over, and never begins', async () => {
    await fill(maxQueuedOperations - 1);
    const callsBefore = api.calls.length;
    const startMs = performance.now();
    const { status, errors } = await postQuery(product.url, '{ customer(id: "elevate:450") { name } }', {
      headers: { 'x-request-timeout-ms': '200' },
    });
    expect({ status, code: errors[0]?.extensions['code'] }).toEqual({ status: 503, code: 'OVERLOADED' });
    const tookMs = performance.now() - startMs;
    expect(tookMs).toBeGreaterThanOrEqual(190);
    expect(tookMs).toBeLessThan(200 + promptMs);
    const releasing = releaseAll();
    expect(await askFor(451)).toMatchObject(served);
    clearInterval(releasing);
    // Those that waited before it, and the one after it.
    expect(api.calls.slice(callsBefore).filter((call) => call.endsWith('/450'))).toEqual([]);
  });

  it('hands its place on when it leaves in the moment of its turn', async () => {
    const admission = createAdmission({
      requestTimeoutMs: 5_000,
      maxOperations: 1,
      maxQueuedOperations: 1,
      maxWaitMs: 250,
      hasManySources: false,
      nameOf: ({ socket }) => socket.remoteAddress ?? '',
    });
    const replies: FastifyReply[] = [];
    let entered = 0;
    const app = fastify();
    app.get('/', {
      async preHandler(request, reply) {
        replies.push(reply);
        admission.arrive(request, reply);
        await admission.enter(request);
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

/** Sends the headers of an operation for another customer and half of its body; the other half when it is told to. */
function postSlowly(id: number, headers: Record<string, string> = {}) {
  const body = JSON.stringify({ query: `{ customer(id: "elevate:${id}") { name } }` });
  const { port } = new URL(product.url);
  const socket = connect(Number(port), '127.0.0.1');
  const lines = Object.entries({ 'content-length': String(body.length), ...headers });
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body.slice(0, 10)}`,
  );
  return {
    sendRest: () => void socket.write(body.slice(10)),
    /** What has come when the connection is closed. */
    answer: text(socket),
  };
}

describe('a request that arrives slowly', () => {
  it('takes no place, and is answered when its time is over', async () => {
    const callsBefore = api.calls.length;
    const startMs = performance.now();
    const slow = Array.from({ length: 3 * (maxOperations + maxQueuedOperations) }, (_, index) =>
      postSlowly(500 + index, { 'x-request-timeout-ms': '600' }),
    );
    await sleep(100);
    const releasing = releaseAll();
    expect(await askFor(1)).toMatchObject(served);
    clearInterval(releasing);
    for (const answer of await Promise.all(slow.map((each) => each.answer))) {
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1.1 408 /);
      expect(head).toMatch(/^connection: close$/m);
      expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    }
    expect(performance.now() - startMs).toBeLessThan(600 + promptMs);
    expect(api.calls).toHaveLength(callsBefore + 1);
    expect(product.logLines).toEqual([]);
  });

  it('has as much less time for its work', async () => {
    const startMs = performance.now();
    const slow = postSlowly(600, { 'x-request-timeout-ms': '700', connection: 'close' });
    await sleep(400);
    slow.sendRest();
    expect(await slow.answer).toMatch(/^HTTP\/1.1 200 [^]*"UPSTREAM_TIMEOUT"/);
    const tookMs = performance.now() - startMs;
    expect(tookMs).toBeGreaterThanOrEqual(690);
    expect(tookMs).toBeLessThan(700 + promptMs);
  });

  it('is refused before its body is there when there is no place for it', async () => {
    await fill();
    const slow = postSlowly(700, { connection: 'close' });
    expect(await slow.answer).toMatch(/^HTTP\/1.1 503 [^]*"OVERLOADED"/);
  });
});

describe('callers', () => {
  it('share the queue: one with few operations is not refused for another with many', async () => {
    const { working, queued } = await fill();
    const other = askFrom(product.url, '127.0.0.2', '{ customer(id: "elevate:800") { name } }');
    // The newest of the one who has most makes room.
    await waitUntil(async () => (await readMetric('customer_graph_operations_refused_total')) === 1);
    expect((await queued.at(-1))?.status).toBe(503);

    release();
    await Promise.all(working);
    await waitUntil(() => held.length === maxQueuedOperations);
    // In turn: the other's only one is the second of the three.
    expect(api.calls.slice(-3).map((call) => call.split('/').at(-1))).toEqual(['100', '800', '101']);
    release();
    expect(await other).toBe(200);
    expect(await Promise.all(queued.slice(0, -1))).toEqual(
      queued.slice(0, -1).map(() => expect.objectContaining(served)),
    );
  });
});
