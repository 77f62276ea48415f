import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readCounter } from '../support/metrics.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { waitUntil } from '../support/wait-until.ts';

/** As many of these as the server keeps room for: 64 MB. */
const bodyBytes = 256_000;
const mostBodies = 250;

let product: TestProduct;
const sockets: Socket[] = [];

beforeAll(async () => {
  product = await startTestProduct({});
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await product.close();
});

/** Sends the beginning of a request whose body never comes. */
async function begin(contentLength: number): Promise<void> {
  const socket = connect(Number(new URL(product.url).port), '127.0.0.1');
  sockets.push(socket);
  await once(socket.on('error', () => {}).resume(), 'connect');
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${contentLength}\r\n\r\n{`,
  );
}

const countClosed = () => sockets.filter(({ closed }) => closed).length;

it('bodies that never come take so much memory and no more: those that began first are ended', async () => {
  // Small ones do not count.
  for (let index = 0; index < 10; index += 1) await begin(4_000);
  for (let index = 0; index < mostBodies + 5; index += 1) await begin(bodyBytes);
  await waitUntil(() => countClosed() === 5);
  expect(await readCounter(product.url, 'connections_shed_total')).toBe(5);
  expect(sockets.slice(0, 10).filter(({ closed }) => closed)).toEqual([]);
  expect(sockets.slice(-100).filter(({ closed }) => closed)).toEqual([]);
  expect((await product.query('{ sources { name } }')).status).toBe(200);
});
