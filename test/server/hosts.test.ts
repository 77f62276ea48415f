import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { askRaw, rawPost } from '../support/raw-http.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';

let api: RecordingServer;
let product: TestProduct;
/** Listens on all addresses, knows two more names, and has an address for operators. */
let open: TestProduct;

const hosts = ['customers.example.com', 'Gateway.example.net.:8080', 'tls.example.net:443'];

beforeAll(async () => {
  api = await startStubServer(() => ({ body: { id: 1, customerName: 'Harbour Ltd' } }));
  const sources = { elevate: entryFor.elevate(api.url) };
  product = await startTestProduct(sources);
  open = await startTestProduct(sources, undefined, {
    server: { host: '::', hosts, admin: { host: 'localhost', port: 0 } },
    auth: { mode: 'none', exposed: true },
  });
});

afterAll(async () => {
  await product.close();
  await open.close();
  await api.close();
});

const paths = [
  '/graphql',
  '/',
  '/health',
  '/health/live',
  '/health/ready',
  '/metrics',
  '/nowhere',
  '/assets/x.js',
];

async function askStatus(
  url: string,
  host: string,
  path = '/health/live',
  address?: string,
): Promise<number> {
  const options = address === undefined ? {} : { host: address };
  return (await askRaw(url, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, options)).status;
}

const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
/** What this machine is called by others, where it has a network. */
const ownAddress = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
const loopbackAddresses = addresses.filter(({ internal }) => internal).map(({ address }) => address);

describe('a request for a host that is not ours', () => {
  it.each(paths)('is refused at %s', async (path) => {
    for (const { url } of [product, open, { url: open.adminUrl ?? '' }]) {
      const answer = await askRaw(url, `GET ${path} HTTP/1.1\r\nHost: rebound.example.com\r\n\r\n`);
      expect(answer).toMatchObject({ status: 421, headers: { 'cache-control': 'no-store' } });
      expect(JSON.parse(answer.body)).toEqual({
        errors: [
          {
            message:
              'This server does not serve the host rebound.example.com. If it is meant to, add the name to server.hosts.',
            extensions: { code: 'BAD_REQUEST', requestId: answer.headers['x-request-id'] },
          },
        ],
      });
    }
  });

  it('reaches no source', async () => {
    const body = '{"query":"{ customer(id: \\"elevate:1\\") { name } }"}';
    const answer = await askRaw(product.url, rawPost('host: rebound.example.com:80\r\n', { body }));
    expect(answer).toMatchObject({ status: 421 });
    expect(api.calls).toEqual([]);
    expect(await askRaw(product.url, rawPost('host: localhost\r\n', { body }))).toMatchObject({
      status: 200,
      body: expect.stringContaining('Harbour Ltd'),
    });
  });

  it.each([
    'x-forwarded-host: localhost',
    'x-forwarded-for: 127.0.0.1',
    'forwarded: host=localhost;for=127.0.0.1',
    'x-original-host: localhost',
  ])('is not made ours by "%s"', async (header) => {
    const answer = await askRaw(product.url, rawPost(`host: rebound.example.com\r\n${header}\r\n`));
    expect(answer).toMatchObject({ status: 421 });
  });

  it.each([
    'localhost.rebound.example.com',
    '127.0.0.1.rebound.example.com',
    'rebound.example.com.',
    '0.0.0.0',
    '192.0.2.200',
    '[2001:db8::1]',
    'customers.example.com',
    'local_host',
    'xn--lcalhost-q4a',
  ])('is one for %s', async (host) => {
    expect(await askStatus(product.url, host)).toBe(421);
  });
});

describe('a request for a host that is ours', () => {
  const port = () => new URL(product.url).port;

  it.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'localhost:1',
    '127.0.0.1',
    '127.0.0.1:',
    '127.9.9.9',
    '[::1]',
    '[0::1]:4000',
    '[::ffff:127.0.0.1]',
  ])('is one for %s', async (host) => {
    expect(await askStatus(product.url, host)).toBe(200);
    expect(await askStatus(product.url, host.includes(':') ? host : `${host}:${port()}`)).toBe(200);
  });

  it.each([
    ['customers.example.com', 200],
    ['CUSTOMERS.example.com.:1234', 200],
    ['www.customers.example.com', 421],
    ['gateway.example.net:8080', 200],
    ['gateway.example.net:8081', 421],
    ['gateway.example.net', 421],
    ['tls.example.net', 200],
    ['tls.example.net:443', 200],
  ])('is told by server.hosts: %s', async (host, status) => {
    expect(await askStatus(open.url, host)).toBe(status);
  });

  it('is one for the address that the client has connected to, as probes of pods are', async () => {
    const address = ownAddress ?? '127.0.0.1';
    expect(await askStatus(open.url, `${address}:4000`, '/health/live', address)).toBe(200);
    expect(await askStatus(open.url, `[::ffff:${address}]`, '/health/live', address)).toBe(200);
    // Through another address it is a foreign one.
    expect(await askStatus(open.url, address)).toBe(ownAddress === undefined ? 200 : 421);
  });

  it('names its host in the target, whatever its header says', async () => {
    const send = async (target: string, host: string) =>
      askRaw(product.url, rawPost(`host: ${host}\r\n`, { line: `POST ${target} HTTP/1.1` }));
    expect(await send('http://127.0.0.1/graphql', 'rebound.example.com')).toMatchObject({ status: 200 });
    expect(await send('HTTP://localhost:99/graphql?x', 'localhost')).toMatchObject({ status: 200 });
    expect(await send('http://rebound.example.com/graphql', 'localhost')).toMatchObject({ status: 421 });
    expect(await send('http://me@localhost/graphql', 'localhost')).toMatchObject({ status: 400 });
    expect(await send('http:///graphql', 'localhost')).toMatchObject({ status: 400 });
  });
});

describe('a server on localhost', () => {
  it('is reached by both of its addresses, and answers both in the same way', async () => {
    const local = await startTestProduct({}, undefined, { server: { host: 'localhost' } });
    for (const host of loopbackAddresses) {
      expect(await askRaw(local.url, rawPost('host: localhost\r\n'), { host })).toMatchObject({
        status: 200,
      });
      const answer = await askRaw(local.url, 'BREW / HTTP/1.1\r\n\r\n', { host });
      expect(JSON.parse(answer.body)).toMatchObject({
        errors: [{ extensions: { code: 'BAD_REQUEST' } }],
      });
    }
    await local.close();
    await expect(
      sendStatus(loopbackAddresses.at(-1) ?? '', Number(new URL(local.url).port)),
    ).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});

describe('an address for operators', () => {
  it('has all there is, and the public one only what callers need', async () => {
    const admin = open.adminUrl ?? '';
    expect(new URL(admin).port).not.toBe(new URL(open.url).port);
    const statuses = async (url: string) =>
      Promise.all(
        ['/health/live', '/health/ready', '/health', '/metrics', '/'].map((path) =>
          askStatus(url, 'localhost', path),
        ),
      );
    expect(await statuses(open.url)).toEqual([200, 404, 404, 404, 404]);
    expect((await statuses(admin)).slice(0, 4)).toEqual([200, 200, 200, 200]);
    expect(await askStatus(admin, 'localhost', '/')).not.toBe(404);
    for (const url of [open.url, admin])
      expect(await askRaw(url, rawPost('host: localhost\r\n'))).toMatchObject({ status: 200 });
  });

  it('shows that callers need no token', async () => {
    const read = async (url: string) => (await fetch(url)).json();
    expect(await read(`${open.adminUrl}/health/ready`)).toEqual({ status: 'ok', exposed: true });
    expect(await read(`${product.url}/health/ready`)).toEqual({ status: 'ok' });
    expect(open.logLines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({
        level: 40,
        msg: 'Callers need no token: anyone who can reach this server may read all customers.',
      }),
    );
    expect(product.logLines.join('')).not.toContain('anyone');
  });

  it('closes with the server', async () => {
    const other = await startTestProduct({}, undefined, {
      server: { admin: { host: '127.0.0.1', port: 0 } },
    });
    const port = Number(new URL(other.adminUrl ?? '').port);
    await other.close();
    await expect(sendStatus('127.0.0.1', port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('that is in use leaves nothing behind', async () => {
    const port = Number(new URL(product.url).port);
    const started = startTestProduct({}, undefined, { server: { admin: { host: '127.0.0.1', port } } });
    await expect(started).rejects.toMatchObject({ code: 'EADDRINUSE', setting: 'server.admin' });
  });
});

function sendStatus(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host, port, path: '/health/live' }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}

describe('every answer', () => {
  it.each(['/graphql', '/health/ready', '/metrics', '/nowhere', '/%E0%A4%A'])(
    'is kept by nobody and taken for nothing else: %s',
    async (path) => {
      const post = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ __typename }"}',
      };
      const { headers } = await fetch(product.url + path, path === '/graphql' ? post : {});
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    },
  );
});
