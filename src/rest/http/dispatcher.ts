import { Agent, buildConnector, Pool, type Dispatcher } from 'undici';
import { serverNameOf, type Proxy } from './proxies.ts';
import type { Route } from './route.ts';
import { openTunnel } from './tunnel.ts';

/** Connections to one server, of undici. @param url where it is reached; its protocol decides how a proxy is used */
export function createDispatcher(
  url: string,
  { proxy, tls }: Route,
  connectTimeoutMs: number,
  options: Agent.Options,
): Dispatcher {
  const connect = { timeout: connectTimeoutMs, ...tls };
  if (proxy === undefined) return new Agent({ ...options, connect });
  if (new URL(url).protocol === 'http:') {
    const connector = buildConnector(connect);
    const pool = new Pool(originOf(proxy), {
      ...options,
      // By itself undici expects the certificate of the host that is asked for.
      connect: (target, callback) => connector({ ...target, servername: serverNameOf(proxy) }, callback),
    });
    return pool.compose(forwardThrough(proxy));
  }
  const upgrade = buildConnector(connect);
  return new Agent({
    ...options,
    connect: (target, callback) => {
      const port = target.port === '' ? 443 : Number(target.port);
      openTunnel(target.hostname, port, { proxy, tls, timeoutMs: connectTimeoutMs }, (error, httpSocket) => {
        if (error === undefined) upgrade({ ...target, httpSocket }, callback);
        else callback(error, null);
      });
    },
  });
}

/** Plain http is asked for by its whole URL (RFC 9112, 3.2.2): proxies make tunnels for https only. */
function forwardThrough({ authorization }: Proxy): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const { origin = '', path, headers } = options;
    const forwarded = {
      ...Object(headers),
      host: new URL(origin).host,
      ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
    };
    return dispatch({ ...options, path: `${new URL(origin).origin}${path}`, headers: forwarded }, handler);
  };
}

function originOf({ protocol, host, port }: Proxy): string {
  return `${protocol}//${host.includes(':') ? `[${host}]` : host}:${port}`;
}
