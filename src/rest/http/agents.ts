import http from 'node:http';
import https from 'node:https';
import { Socket } from 'node:net';
import tls from 'node:tls';
import { serverNameOf, type Proxy } from './proxies.ts';
import type { Route, TlsSettings } from './route.ts';
import { connectTimeoutError, openTunnel, type Tunnelling } from './tunnel.ts';

declare module 'node:http' {
  interface Agent {
    /** Undocumented, and what all agents for proxies build on: called with each request before its header is written. */
    addRequest(request: http.ClientRequest, options: http.ClientRequestArgs): void;
  }
}

/** Connections to one server, of Node's own. @param url where it is reached; its protocol decides how a proxy is used */
export function createAgent(
  url: string,
  { proxy, tls: settings }: Route,
  connectTimeoutMs: number,
  options: http.AgentOptions,
): http.Agent {
  const isPlain = new URL(url).protocol === 'http:';
  const agent = isPlain ? new http.Agent(options) : new https.Agent({ ...options, ...settings });
  if (isPlain && proxy !== undefined) forwardThrough(agent, proxy, settings);
  limitConnectTime(agent, connectTimeoutMs);
  if (!isPlain && proxy !== undefined)
    tunnelThrough(agent, { proxy, tls: settings, timeoutMs: connectTimeoutMs });
  return agent;
}

/** Plain http is asked for by its whole URL (RFC 9112, 3.2.2): proxies make tunnels for https only. */
function forwardThrough(agent: http.Agent, proxy: Proxy, settings: TlsSettings): void {
  const addRequest = agent.addRequest.bind(agent);
  agent.addRequest = (request, target) => {
    request.path = `http://${String(request.getHeader('host'))}${request.path}`;
    if (proxy.authorization !== undefined) request.setHeader('proxy-authorization', proxy.authorization);
    addRequest(request, { ...target, host: proxy.host, port: proxy.port });
  };
  if (proxy.protocol === 'https:')
    agent.createConnection = () =>
      tls.connect({ ...settings, host: proxy.host, port: proxy.port, servername: serverNameOf(proxy) });
}

function tunnelThrough(agent: http.Agent, tunnelling: Tunnelling): void {
  const upgrade = agent.createConnection.bind(agent);
  agent.createConnection = (target, callback) => {
    openTunnel(target.host ?? '', Number(target.port), tunnelling, (error, tunnel) => {
      // The second argument of a failure is not looked at.
      if (error !== undefined) return callback?.(error, new Socket());
      const options = { ...target, socket: tunnel };
      callback?.(null, upgrade(options) ?? tunnel);
    });
    return undefined;
  };
}

/** Node's agents have a clock for idle sockets, none for the making of a connection. */
function limitConnectTime(agent: http.Agent, connectTimeoutMs: number): void {
  const createConnection = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = createConnection(options, callback);
    if (!socket) return socket;
    const timer = setTimeout(() => socket.destroy(connectTimeoutError()), connectTimeoutMs);
    const stop = () => clearTimeout(timer);
    socket.once(socket instanceof tls.TLSSocket ? 'secureConnect' : 'connect', stop).once('close', stop);
    return socket;
  };
}
