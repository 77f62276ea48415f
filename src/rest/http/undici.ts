import { request as send } from 'undici';
import { createDispatcher } from './dispatcher.ts';
import type { Route } from './route.ts';
import { discardedBytes, idleConnectionMs, type Transport, type TransportSettings } from './transport.ts';
import { untilAborted } from './until-aborted.ts';

/**
 * The default transport: `undici.request` with connections of its own for each source. undici's retry, redirect, cache
 * and decompression ignore the limits of the call they serve, and are left out.
 */
export function createUndiciTransport(
  { baseUrl, connectTimeoutMs, maxConcurrency }: TransportSettings,
  route: Route,
): Transport {
  const dispatcher = createDispatcher(baseUrl, route, connectTimeoutMs, {
    connections: maxConcurrency,
    pipelining: 1,
    keepAliveTimeout: idleConnectionMs,
    keepAliveMaxTimeout: idleConnectionMs,
    // The client's own clocks are finer than these and cover the whole call.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  return {
    async send({ url, headers, signal }) {
      signal.throwIfAborted();
      // undici looks at the signal only when it has a connection for the call.
      const response = await untilAborted(send(url, { dispatcher, headers, signal }), signal);
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
    close: () => dispatcher.close(),
  };
}
