import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readCounter } from '../support/metrics.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { waitUntil } from '../support/wait-until.ts';

const maxConnections = 10;

let api: RecordingServer;
let release: () => void;
let product: TestProduct;
const sockets: Socket[] = [];

beforeEach(async () => {
  const released = new Promise<void>((resolve) => (release = resolve));
  api = await startStubServer(async () => {
    await released;
    return { body: { id: 1, customerName: 'Harbour Ltd' } };
  });
  product = await startTestProduct({ elevate: entryFor.elevate(api.url) }, undefined, {
    server: { maxConnections },
  });
});

afterEach(async () => {
  release();
  for (const socket of sockets.splice(0)) socket.destroy();
  await product.close();
  await api.close();
});

/** A connection over which nothing is sent but this. */
async function open(text = '', localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port: Number(new URL(product.url).port), host: '127.0.0.1', localAddress });
  sockets.push(socket);
  await once(socket.on('error', () => {}).resume(), 'connect');
  if (text !== '') socket.write(text);
  return socket;
}

async function openMany(count: number, text?: string, localAddress?: string): Promise<Socket[]> {
  const opened: Socket[] = [];
  for (let index = 0; index < count; index += 1) opened.push(await open(text, localAddress));
  return opened;
}

/** Those of the connections that the server has closed, by their place. */
function findClosed(connections: readonly Socket[]): number[] {
  return connections.flatMap(({ closed }, index) => (closed ? [index] : []));
}

async function countClosed(): Promise<number> {
  return readCounter(product.url, 'connections_shed_total');
}

/** A caller that keeps its connection. @returns the port it calls from, and the status */
function createCaller(localAddress: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (query: string): Promise<readonly [number, number | undefined]> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      httpRequest(`${product.url}/graphql`, { agent, method: 'POST', headers, localAddress }, (response) => {
        const port = response.socket.localPort ?? 0;
        response.resume().on('end', () => resolve([port, response.statusCode]));
      })
        .on('error', reject)
        .end(JSON.stringify({ query }));
    });
  return { ask, close: () => agent.destroy() };
}

const halfRequest =
  'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"que';

describe('more connections than the server keeps', () => {
  it.each([
    ['idle', ''],
    ['with half a request', halfRequest],
  ])('cost those that have been %s for longest, not one that is in use', async (_what, text) => {
    const caller = createCaller('127.0.0.1');
    const idle = await openMany(maxConnections - 2, text);
    const [port] = await caller.ask('{ sources { name } }');
    // One is left for the metrics.
    const more = await openMany(5, text);
    await waitUntil(() => findClosed(idle).length >= 4);
    expect(await caller.ask('{ sources { name } }')).toEqual([port, 200]);
    expect(findClosed(idle)).toEqual([0, 1, 2, 3]);
    expect(findClosed(more)).toEqual([]);
    caller.close();
  });

  it('cost none over which an operation is worked on', async () => {
    const callers = Array.from({ length: 4 }, () => createCaller('127.0.0.1'));
    const answers = callers.map((caller) => caller.ask('{ customer(id: "elevate:1") { name } }'));
    await waitUntil(() => api.calls.length === 1);
    const idle = await openMany(2 * maxConnections);
    await waitUntil(() => findClosed(idle).length === idle.length - (maxConnections - callers.length));
    release();
    expect((await Promise.all(answers)).map(([, status]) => status)).toEqual([200, 200, 200, 200]);
    for (const caller of callers) caller.close();
  });

  it('cost the client that has most of them', async () => {
    const few = await openMany(2, '', '127.0.0.3');
    const many = await openMany(2 * maxConnections, '', '127.0.0.2');
    await waitUntil(() => findClosed(many).length === 2 * maxConnections + 2 - maxConnections);
    expect(findClosed(few)).toEqual([]);
    // The one that asks for the metrics has closed another.
    expect(await countClosed()).toBe(2 * maxConnections + 3 - maxConnections);
  });
});
