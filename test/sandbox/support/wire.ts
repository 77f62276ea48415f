import { Agent, get, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';

/** What came over one connection. */
export interface Wire {
  readonly head: string;
  readonly body: Buffer;
  /** `end` is FIN; `open` means that nothing came for a while. */
  readonly ending: 'end' | 'reset' | 'open';
}

/** A complete answer, its body as it was sent. */
export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

const quietMs = 400;

/** Sends a request on a connection of its own and takes down what comes back, valid or not. */
export function readWire(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Wire> {
  const { hostname, port, pathname, search } = new URL(url);
  const lines = Object.entries({ host: hostname, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const finish = (ending: Wire['ending']) => {
      socket.destroy();
      const bytes = Buffer.concat(chunks);
      const split = bytes.indexOf('\r\n\r\n');
      const head = split === -1 ? bytes.toString() : bytes.subarray(0, split).toString();
      resolve({ head, body: split === -1 ? Buffer.alloc(0) : bytes.subarray(split + 4), ending });
    };
    socket.setTimeout(quietMs, () => finish('open'));
    socket.on('data', (chunk) => void chunks.push(chunk));
    socket.once('end', () => finish('end'));
    socket.once('error', () => finish('reset'));
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`);
  });
}

/** GETs with Node's own client, which neither inflates nor follows; rejects with its error. */
export function receive(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  agent = new Agent(),
): Promise<Received> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => void chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const body = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, text: body.toString() });
      });
    }).once('error', reject);
  });
}
