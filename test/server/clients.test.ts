import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createClients, type Clients } from '../../src/server/clients.ts';
import { startTestProduct } from '../support/product.ts';
import { startStubServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { waitUntil } from '../support/wait-until.ts';
import { askFrom } from './support/ask-from.ts';

let server: Server | undefined;

afterEach(async () => {
  server?.close();
});

/** What a client that sends these headers from 127.0.0.1 is called. */
async function nameWith(clients: Clients, headers: Record<string, string>): Promise<string> {
  server?.close();
  server = createServer((request, response) => response.end(clients.nameOf(request)));
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return (await fetch(`http://127.0.0.1:${port}`, { headers: { ...headers, connection: 'close' } })).text();
}

const forwarded = (text: string) => ({ 'x-forwarded-for': text });

describe('the address of a client', () => {
  it.each<[string, readonly string[], string, string]>([
    ['its own where no proxy is trusted', [], '198.51.100.1', '127.0.0.1'],
    ['its own where another proxy is trusted', ['192.0.2.0/24', '::1'], '198.51.100.1', '127.0.0.1'],
    ['what a trusted proxy says', ['127.0.0.1'], '198.51.100.1', '198.51.100.1'],
    ['what a proxy of a trusted network says', ['127.0.0.0/8'], '198.51.100.1', '198.51.100.1'],
    [
      'the last one: those before it may be made up',
      ['127.0.0.1'],
      '203.0.113.5, 198.51.100.1',
      '198.51.100.1',
    ],
    [
      'before proxies behind each other',
      ['127.0.0.1', '192.0.2.0/24'],
      '198.51.100.1, 192.0.2.9',
      '198.51.100.1',
    ],
    ['the outermost proxy’s where all are trusted', ['127.0.0.0/8'], '127.0.0.9, 127.0.0.2', '127.0.0.9'],
    ['the proxy’s where it says nothing that is an address', ['127.0.0.1'], 'unknown', '127.0.0.1'],
    [
      'what is behind a word that is no address',
      ['127.0.0.1', '192.0.2.9'],
      '198.51.100.1, _x, 192.0.2.9',
      '192.0.2.9',
    ],
    ['told with a port', ['127.0.0.1'], '198.51.100.1:4711', '198.51.100.1'],
    ['told with a port and brackets', ['127.0.0.1'], '[2001:DB8::1]:4711', '2001:db8::1'],
    ['of a mapped address', ['127.0.0.1'], '::ffff:198.51.100.1', '198.51.100.1'],
    ['empty', ['127.0.0.1'], '', '127.0.0.1'],
  ])('is %s', async (_what, trusted, header, address) => {
    expect(await nameWith(createClients({ trusted, haveTokens: true }), forwarded(header))).toBe(address);
  });
});

describe('with all places taken by one client', () => {
  /** Fills a server with operations of the first, and sends one of the second; @returns the last status of each */
  async function askAfterFlood(
    options: NonNullable<Parameters<typeof startTestProduct>[2]>,
    [first, second]: readonly [Record<string, string>, Record<string, string>],
  ): Promise<{ readonly flood: number[]; readonly other: number | undefined }> {
    const held: (() => void)[] = [];
    const api = await startStubServer(async ({ pathname }) => {
      if (!pathname.endsWith('/1')) await new Promise<void>((resolve) => held.push(resolve));
      return { body: { id: Number(pathname.split('/').at(-1)), customerName: 'Harbour Ltd' } };
    });
    const product = await startTestProduct({ elevate: entryFor.elevate(api.url) }, undefined, {
      ...options,
      server: { maxOperations: 2, maxQueuedOperations: 3, ...options.server },
    });
    const ask = (id: number, headers: Record<string, string>) =>
      askFrom(product.url, '127.0.0.1', `{ customer(id: "elevate:${id}") { name } }`, headers);
    // Their tokens are known from then on.
    await ask(1, first);
    await ask(1, second);
    const statuses: number[] = [];
    const flood = Array.from({ length: 5 }, async (_, index) => {
      const status = await ask(10 + index, first);
      statuses.push(status ?? 0);
    });
    await waitUntil(() => held.length === 2);
    await waitUntil(async () => (await ask(20, first)) === 503);
    let isOtherAnswered = false;
    const other = ask(30, second).finally(() => (isOtherAnswered = true));
    await waitUntil(() => statuses.includes(503) || isOtherAnswered);
    const releasing = setInterval(() => held.splice(0).forEach((resolve) => resolve()), 5);
    await Promise.all(flood);
    const result = { flood: statuses.toSorted((a, b) => a - b), other: await other };
    clearInterval(releasing);
    await product.close();
    await api.close();
    return result;
  }

  const shared = { flood: [200, 200, 200, 200, 503], other: 200 };
  const refused = { flood: [200, 200, 200, 200, 200], other: 503 };

  it('another has its share: behind a trusted proxy', async () => {
    const of = [forwarded('198.51.100.1'), forwarded('198.51.100.2')] as const;
    expect(await askAfterFlood({ server: { trustProxy: ['127.0.0.1'] } }, of)).toEqual(shared);
    expect(await askAfterFlood({}, of)).toEqual(refused);
  });

  it('another has its share: with a token of its own', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const keys = await startStubServer(async () => ({
      body: { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }] },
    }));
    const authorize = async (subject: string) => ({
      authorization: `Bearer ${await new SignJWT({
        sub: subject,
        iss: 'https://id.example.com/',
        aud: 'customer-graph',
      })
        .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
        .setExpirationTime('5m')
        .sign(privateKey)}`,
    });
    const auth = {
      mode: 'jwt',
      issuer: 'https://id.example.com/',
      audience: 'customer-graph',
      jwksUrl: `${keys.url}/jwks.json`,
    } as const;
    expect(await askAfterFlood({ auth }, [await authorize('ada'), await authorize('grace')])).toEqual(shared);
    expect(await askAfterFlood({ auth }, [await authorize('ada'), await authorize('ada')])).toEqual(refused);
    await keys.close();
  });
});
