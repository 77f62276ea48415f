import { Agent, request as send } from 'undici';
import { discardedBytes, idleConnectionMs, type Transport, type TransportSettings } from '../transport.ts';

/**
 * The default transport: `undici.request` with one Agent per source. No interceptor: undici's own retry,
 * redirect, cache and decompression ignore the limits of the call they serve.
 */
export function createUndiciTransport({ connectTimeoutMs, maxConcurrency }: TransportSettings): Transport {
  const agent = new Agent({
    connections: maxConcurrency,
    pipelining: 1,
    keepAliveTimeout: idleConnectionMs,
    keepAliveMaxTimeout: idleConnectionMs,
    connect: { timeout: connectTimeoutMs },
    // The client's own clocks are finer than these and cover the whole call.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  return {
    async send({ method, url, headers, body, signal }) {
      const response = await send(url, { dispatcher: agent, method, headers, signal, ...(body === undefined ? {} : { body }) });
      return {
        status: response.statusCode,
        header(name) {
          const value = response.headers[name];
          return Array.isArray(value) ? value.join(', ') : value;
        },
        body: response.body,
        discard: () => response.body.dump({ limit: discardedBytes }),
      };
    },
    close: () => agent.close(),
  };
}
