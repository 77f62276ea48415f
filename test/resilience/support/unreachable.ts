import { execFile } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { findClosedPort } from '../../support/free-port.ts';
import { listen } from '../../support/loopback.ts';
import { lost, lostTwice, type Outcome } from './outcomes.ts';

/** A place where no REST API answers. */
export interface Unreachable {
  /** Replaces the origin of a source's URL. */
  readonly origin: string;
  readonly outcome: Outcome;
  /** Of the source that is to be there. */
  readonly settings?: { readonly connectTimeoutMs: number };
  /** HTTP requests that arrived. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export interface UnreachableRow {
  readonly name: string;
  /** Undefined where this machine lacks what it takes; the reason is printed. */
  readonly start: () => Promise<Unreachable | undefined>;
}

/** Every row that a REST API cannot bring about itself. */
export const unreachableRows: readonly UnreachableRow[] = [
  { name: 'connection refused', start: startClosedPort },
  { name: 'unknown host', start: findUnknownHost },
  { name: 'self-signed certificate', start: startSelfSigned },
  { name: 'no TLS where it is due', start: startPlainText },
  { name: 'connection never made', start: startSilent },
];

async function startClosedPort(): Promise<Unreachable> {
  const origin = `http://127.0.0.1:${await findClosedPort()}`;
  return { origin, outcome: lostTwice('UPSTREAM_UNAVAILABLE'), requests: [], close: async () => {} };
}

/** A resolver that cannot be asked at the moment says so: that may pass. */
async function findUnknownHost(): Promise<Unreachable> {
  const code: unknown = await lookup('unknown.invalid').catch((error: unknown) => Object(error).code);
  const outcome = code === 'ENOTFOUND' ? lost('UPSTREAM_UNAVAILABLE') : lostTwice('UPSTREAM_UNAVAILABLE');
  return { origin: 'https://unknown.invalid', outcome, requests: [], close: async () => {} };
}

/** Undefined where this machine cannot make a certificate. */
export async function startSelfSigned(): Promise<Unreachable | undefined> {
  const pem = await createCertificate();
  if (pem === undefined) return undefined;
  const requests: string[] = [];
  const server = createHttpsServer({ key: pem, cert: pem }, ({ url = '' }, response) => {
    requests.push(url);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":1}');
  });
  return { ...(await startServer(server, 'https')), requests, outcome: lost('UPSTREAM_UNAVAILABLE') };
}

async function createCertificate(): Promise<string | undefined> {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1'];
  try {
    const { stdout } = await promisify(execFile)('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      '-',
      '-out',
      '-',
      ...subject,
    ]);
    return stdout;
  } catch (cause) {
    const reason = 'no self-signed certificate: openssl cannot be run here';
    // A machine that checks for others has what it takes.
    if (process.env['CI'] !== undefined && process.env['CI'] !== '') throw new Error(reason, { cause });
    process.stdout.write(`${reason}\n`);
    return undefined;
  }
}

async function startPlainText(): Promise<Unreachable> {
  const requests: string[] = [];
  const server = createHttpServer(({ url = '' }, response) => {
    requests.push(url);
    response.end();
  });
  return { ...(await startServer(server, 'https')), requests, outcome: lost('UPSTREAM_UNAVAILABLE') };
}

/** Takes connections, and does not answer the handshake. */
async function startSilent(): Promise<Unreachable> {
  const settings = { connectTimeoutMs: 300 };
  return {
    ...(await startServer(createServer(), 'https')),
    requests: [],
    settings,
    outcome: lostTwice('UPSTREAM_TIMEOUT'),
  };
}

async function startServer(
  server: Server,
  protocol: 'https',
): Promise<Pick<Unreachable, 'origin' | 'close'>> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  return {
    origin: `${protocol}://127.0.0.1:${await listen(server)}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
