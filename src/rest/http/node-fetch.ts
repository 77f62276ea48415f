import type { Agent } from 'node:http';
import fetch from 'node-fetch';
import { createAgent } from './agents.ts';
import type { Route } from './route.ts';
import { discardedBytes, idleConnectionMs, type Transport, type TransportSettings } from './transport.ts';

/** The signature of node-fetch's `fetch`, for those who bring one of their own (instrumented, through a proxy). */
export type Fetch = typeof fetch;

/**
 * The transport for sources with `transport: fetch`: node-fetch 3 with keep-alive agents.
 * `compress: false` leaves inflating to the client, which caps it.
 */
export function createNodeFetchTransport(
  { baseUrl, connectTimeoutMs, maxConcurrency }: TransportSettings,
  route: Route,
  send: Fetch = fetch,
): Transport {
  const agent = createAgent(baseUrl, route, connectTimeoutMs, {
    keepAlive: true,
    maxSockets: maxConcurrency,
    timeout: idleConnectionMs,
    scheduling: 'lifo',
  });

  return {
    async send({ url, headers, signal }) {
      const response = await send(url, { headers, signal, redirect: 'manual', compress: false, agent });
      const stream = response.body;
      return {
        status: response.status,
        header: (name) => response.headers.get(name) ?? undefined,
        body: stream === null ? emptyBody() : readChunks(stream),
        discard: () => (stream === null ? Promise.resolve() : discardChunks(stream)),
      };
    },
    async close() {
      closeIdleConnections(agent);
    },
  };
}

async function* readChunks(stream: NodeJS.ReadableStream): AsyncIterable<Uint8Array> {
  for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

/**
 * Reads a short rest, so that the connection can be used again; leaving the loop early closes the connection.
 * Never fails: an unwanted body that ends badly takes nothing from what is known of its answer.
 */
async function discardChunks(stream: NodeJS.ReadableStream): Promise<void> {
  if (!stream.readable) return;
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

async function* emptyBody(): AsyncIterable<Uint8Array> {}

/** `agent.destroy()` would end the calls under way as well; their connections close when they are done. */
function closeIdleConnections(agent: Agent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets))
    for (const socket of sockets ?? []) socket.destroy();
}
