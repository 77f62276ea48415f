import type { Agent } from 'node:http';
import { Readable } from 'node:stream';
import fetch from 'node-fetch';
import { createAgent } from './agents.ts';
import type { Route } from './route.ts';
import {
  discardedBytes,
  idleConnectionMs,
  tooLarge,
  type ResponseHead,
  type Transport,
  type TransportSettings,
} from './transport.ts';

/** The signature of node-fetch's `fetch`, for those who bring one of their own (instrumented, through a proxy). */
export type Fetch = typeof fetch;

/**
 * The transport for sources with `transport: fetch`: node-fetch 3 with keep-alive agents.
 * `compress: false` leaves inflating to the client, which caps it.
 */
export function createNodeFetchTransport(
  { origin, connectTimeoutMs, maxConcurrency }: TransportSettings,
  route: Route,
  send: Fetch = fetch,
): Transport {
  const agent = createAgent(origin, route, connectTimeoutMs, {
    keepAlive: true,
    maxSockets: maxConcurrency,
    timeout: idleConnectionMs,
    scheduling: 'lifo',
  });

  return {
    async send({ path, headers, cancellation, onHead }) {
      const { signal } = cancellation;
      const options = { headers, signal, redirect: 'manual', compress: false, agent } as const;
      const response = await send(`${origin}${path}`, options);
      const head: ResponseHead = {
        status: response.status,
        header: (name) => response.headers.get(name) ?? undefined,
      };
      const stream = response.body ?? Readable.from([]);
      return { ...head, bytes: await readWanted(stream, () => onHead(head)) };
    },
    async close() {
      closeIdleConnections(agent);
    },
  };
}

/** @param decide tells how many bytes are wanted, or throws */
async function readWanted(stream: NodeJS.ReadableStream, decide: () => number): Promise<Buffer> {
  let maxBytes = 0;
  try {
    maxBytes = decide();
  } catch (error) {
    await discard(stream);
    throw error;
  }
  if (maxBytes > 0) return readAll(stream, maxBytes);
  await discard(stream);
  return Buffer.alloc(0);
}

async function readAll(stream: NodeJS.ReadableStream, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    size += bytes.length;
    // Leaving the loop early closes the connection.
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, size);
}

/**
 * Reads a short rest, so that the connection can be used again; leaving the loop early closes the connection.
 * Never fails: an unwanted body that ends badly takes nothing from what is known of its answer.
 */
async function discard(stream: NodeJS.ReadableStream): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > discardedBytes) return;
    }
  } catch {
    // The connection is gone, and the rest with it.
  }
}

/** `agent.destroy()` would end the calls under way as well; their connections close when they are done. */
function closeIdleConnections(agent: Agent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets))
    for (const socket of sockets ?? []) socket.destroy();
}
