import { Agent, request as send } from 'undici';
import { discardedBytes, idleConnectionMs, type Transport, type TransportSettings } from './transport.ts';
import { untilAborted } from './until-aborted.ts';

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
    // Said here, or NODE_TLS_REJECT_UNAUTHORIZED could switch it off.
    connect: { timeout: connectTimeoutMs, rejectUnauthorized: true },
    // The client's own clocks are finer than these and cover the whole call.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  return {
    async send({ url, headers, signal }) {
      signal.throwIfAborted();
      // undici looks at the signal only when it has a connection for the call.
      const response = await untilAborted(send(url, { dispatcher: agent, headers, signal }), signal);
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
