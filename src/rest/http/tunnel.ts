import http from 'node:http';
import https from 'node:https';
import { isIPv6, type Socket } from 'node:net';
import { serverNameOf, type Proxy } from './proxies.ts';
import type { TlsSettings } from './route.ts';

/** A proxy did not make the connection that it was asked for: `PROXY_STATUS_407`. */
function proxyError(status: number): Error {
  return Object.assign(new Error(`the proxy answers ${status}`), { code: `PROXY_STATUS_${status}` });
}

/** A connection was not made in time. */
export function connectTimeoutError(): Error {
  return Object.assign(new Error('connection not made in time'), { code: 'ETIMEDOUT' });
}

export interface Tunnelling {
  readonly proxy: Proxy;
  /** For the connection to the proxy. */
  readonly tls: TlsSettings;
  readonly timeoutMs: number;
}

/** Called once. */
export type TunnelCallback = (
  ...result: [error: undefined, socket: Socket] | [error: Error, socket: undefined]
) => void;

/**
 * Opens a connection to a host through a proxy (CONNECT). What fails has the code ETIMEDOUT, `PROXY_STATUS_…` or one of
 * Node's own.
 *
 * @param host without the brackets of an IPv6 address
 */
export function openTunnel(
  host: string,
  port: number,
  { proxy, tls, timeoutMs }: Tunnelling,
  callback: TunnelCallback,
): void {
  const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const options = {
    method: 'CONNECT',
    host: proxy.host,
    port: proxy.port,
    path: authority,
    headers: {
      host: authority,
      ...(proxy.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization }),
    },
    agent: false,
  } as const;
  const request =
    proxy.protocol === 'https:'
      ? https.request({ ...options, ...tls, servername: serverNameOf(proxy) })
      : http.request(options);
  const timer = setTimeout(() => request.destroy(connectTimeoutError()), timeoutMs);
  request
    .once('error', (error) => callback(error, undefined))
    .once('close', () => clearTimeout(timer))
    .once('connect', ({ statusCode = 0 }, socket: Socket, head) => {
      clearTimeout(timer);
      if (statusCode < 200 || statusCode > 299) {
        socket.on('error', () => {}).destroy();
        return callback(proxyError(statusCode), undefined);
      }
      if (head.length > 0) socket.unshift(head);
      callback(undefined, socket);
    })
    .end();
}
