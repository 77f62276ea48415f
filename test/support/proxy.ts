import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { connect, type Socket } from 'node:net';
import { serve } from './loopback.ts';

/** An HTTP proxy as companies have them, which leads everywhere to servers of the test. */
export interface TestProxy {
  readonly url: string;
  /** `CONNECT api.example.com:443`, `GET http://api.example.com/v1`, in the order of arrival. */
  readonly calls: string[];
  readonly authorizations: (string | undefined)[];
  close(): Promise<void>;
}

export interface TestProxyOptions {
  /** The port on loopback of the server that stands for a host. */
  readonly portOf: (host: string) => number;
  /** Refuses with a status, or (0) does not answer at all. */
  readonly refuse?: () => number | undefined;
  /** Makes it a proxy that is reached by TLS. */
  readonly tls?: ServerOptions;
}

export async function startProxy({
  portOf,
  refuse = () => undefined,
  tls,
}: TestProxyOptions): Promise<TestProxy> {
  const calls: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const note = ({ method, url, headers }: IncomingMessage) => {
    calls.push(`${method} ${url}`);
    authorizations.push(headers['proxy-authorization']);
  };
  const forward = (incoming: IncomingMessage, response: ServerResponse) => {
    note(incoming);
    const status = refuse();
    if (status === 0) return;
    if (status !== undefined) return void response.writeHead(status).end();
    const { host, pathname, search } = new URL(incoming.url ?? '');
    const { method, headers } = incoming;
    const outgoing = request({
      host: '127.0.0.1',
      port: portOf(host),
      path: pathname + search,
      method,
      headers,
    });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => void response.writeHead(502).end());
    incoming.pipe(outgoing);
  };
  const server = tls === undefined ? createServer(forward) : createTlsServer(tls, forward);
  server.on('connect', (incoming: IncomingMessage, client: Socket, head: Buffer) => {
    note(incoming);
    sockets.add(client.on('error', () => {}));
    const status = refuse();
    if (status === 0) return;
    if (status !== undefined)
      return void client.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\n\r\n`);
    const target = connect(portOf(incoming.url ?? ''), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.write(head);
      target.pipe(client).pipe(target);
    });
    sockets.add(target.on('error', () => client.destroy()));
  });
  const { url, close } = await serve(server);
  return {
    url: tls === undefined ? url : url.replace('http:', 'https:'),
    calls,
    authorizations,
    async close() {
      for (const socket of sockets) socket.destroy();
      await close();
    },
  };
}
