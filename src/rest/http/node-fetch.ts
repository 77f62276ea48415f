import http from 'node:http';
import https from 'node:https';
import fetch from 'node-fetch';
import { discardedBytes, idleConnectionMs, type Transport, type TransportSettings } from './transport.ts';

/** The signature of node-fetch's `fetch`, for those who bring one of their own (instrumented, through a proxy). */
export type Fetch = typeof fetch;

/**
 * The transport for sources with `transport: fetch`: node-fetch 3 with keep-alive agents.
 * `compress: false` leaves inflating to the client, which caps it.
 */
export function createNodeFetchTransport(
  { connectTimeoutMs, maxConcurrency }: TransportSettings,
  send: Fetch = fetch,
): Transport {
  const options = {
    keepAlive: true,
    maxSockets: maxConcurrency,
    timeout: idleConnectionMs,
    scheduling: 'lifo',
  } as const;
  const httpAgent = limitConnectTime(new http.Agent(options), connectTimeoutMs);
  // Said here, or NODE_TLS_REJECT_UNAUTHORIZED could switch certificate checks off.
  const httpsAgent = limitConnectTime(
    new https.Agent({ ...options, rejectUnauthorized: true }),
    connectTimeoutMs,
  );

  return {
    async send({ url, headers, signal }) {
      const response = await send(url, {
        headers,
        signal,
        redirect: 'manual',
        compress: false,
        agent: ({ protocol }) => (protocol === 'https:' ? httpsAgent : httpAgent),
      });
      const stream = response.body;
      return {
        status: response.status,
        header: (name) => response.headers.get(name) ?? undefined,
        body: stream === null ? emptyBody() : readChunks(stream),
        discard: () => (stream === null ? Promise.resolve() : discardChunks(stream)),
      };
    },
    async close() {
      closeIdleConnections(httpAgent);
      closeIdleConnections(httpsAgent);
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
function closeIdleConnections(agent: http.Agent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets))
    for (const socket of sockets ?? []) socket.destroy();
}

/** Node's agents have a clock for idle sockets, none for the making of a connection. */
function limitConnectTime<A extends http.Agent>(agent: A, connectTimeoutMs: number): A {
  const createConnection = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = createConnection(options, callback);
    if (!socket) return socket;
    const timer = setTimeout(() => socket.destroy(connectTimeoutError()), connectTimeoutMs);
    const stop = () => clearTimeout(timer);
    socket.once(agent instanceof https.Agent ? 'secureConnect' : 'connect', stop).once('close', stop);
    return socket;
  };
  return agent;
}

function connectTimeoutError(): Error {
  return Object.assign(new Error('connection not made in time'), { code: 'ETIMEDOUT' });
}
