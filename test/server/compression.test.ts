import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { findProduct } from '../support/command-line.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';

let api: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  findProduct();
  api = await startStubServer(({ pathname }) => ({
    body: { id: Number(pathname.split('/').at(-1)), customerName: 'Harbour Ltd' },
  }));
  product = await startTestProduct({ elevate: entryFor.elevate(api.url) });
});

afterAll(async () => {
  await product.close();
  await api.close();
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Asks without undoing any compression. */
function ask(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  query?: string,
  method = query === undefined ? 'GET' : 'POST',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const type = query === undefined ? {} : { 'content-type': 'application/json' };
    const sent = request(
      `${product.url}${path}`,
      { method, headers: { ...type, ...headers } },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          }),
        );
      },
    );
    sent.once('error', reject);
    sent.end(query === undefined ? undefined : JSON.stringify({ query }));
  });
}

const decode: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
  none: (body) => body,
};

function read({ headers, body }: Answer): string {
  return decode[String(headers['content-encoding'] ?? 'none')]?.(body).toString() ?? '';
}

describe('answers to operations', () => {
  const introspection = getIntrospectionQuery();

  it.each([
    ['br', 'gzip, deflate, br'],
    ['br', 'br;q=0.5, gzip;q=0.5'],
    ['gzip', 'gzip, deflate'],
    ['gzip', 'br;q=0.1, gzip'],
    ['gzip', 'br;q=0, *'],
    ['br', '*'],
    [undefined, 'identity'],
    [undefined, 'gzip;q=0, br;q=0.0'],
    [undefined, 'deflate, zstd'],
    [undefined, ''],
  ])('are sent as %s to a client that accepts "%s"', async (encoding, accepted) => {
    const plain = await ask('/graphql', {}, introspection);
    const answer = await ask('/graphql', { 'accept-encoding': accepted }, introspection);
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(answer.headers['vary']).toContain('accept-encoding');
    expect(Number(answer.headers['content-length'])).toBe(answer.body.length);
    expect(read(answer)).toBe(read(plain));
    // The schema is over 250 kB.
    expect(answer.body.length < 45_000).toBe(encoding !== undefined);
  });

  it('are sent as they are where they are small, refusals among them', async () => {
    const small = await ask(
      '/graphql',
      { 'accept-encoding': 'br' },
      '{ customer(id: "elevate:1") { name } }',
    );
    expect(small.headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(read(small))).toEqual({ data: { customer: { name: 'Harbour Ltd' } } });
    const refused = await ask('/graphql', { 'accept-encoding': 'br' }, '{ none }');
    expect(refused.status).toBe(400);
    expect(refused.headers['content-encoding']).toBeUndefined();
  });

  it('are all whole where many are asked for at one time', async () => {
    const plain = read(await ask('/graphql', {}, introspection));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask('/graphql', { 'accept-encoding': 'gzip' }, introspection)),
    );
    expect(answers.filter((answer) => read(answer) !== plain)).toEqual([]);
  });
});

describe('files of the page', () => {
  async function findScript(): Promise<string> {
    const [entry = ''] = /assets\/index-[^"]+\.js/.exec(read(await ask('/'))) ?? [];
    // The largest part is loaded by it.
    const [script = ''] = /explorer-[\w-]+\.js/.exec(read(await ask(`/${entry}`))) ?? [];
    return `assets/${script}`;
  }

  it.each(['br', 'gzip', 'identity'])('come as %s', async (accepted) => {
    const path = `/${await findScript()}`;
    const plain = await ask(path);
    const answer = await ask(path, { 'accept-encoding': accepted });
    expect(answer.headers['content-encoding']).toBe(accepted === 'identity' ? undefined : accepted);
    expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(answer.headers['vary']).toBe('accept-encoding');
    expect(read(answer)).toBe(plain.body.toString());
    expect(plain.body.length).toBeGreaterThan(1_000_000);
  });

  it('are not sent again to a client that has them', async () => {
    for (const path of ['/', `/${await findScript()}`]) {
      const { headers } = await ask(path, { 'accept-encoding': 'br' });
      const tag = String(headers['etag']);
      const again = await ask(path, { 'accept-encoding': 'br', 'if-none-match': `"other", ${tag}` });
      expect({ status: again.status, length: again.body.length }).toEqual({ status: 304, length: 0 });
      expect((await ask(path, { 'accept-encoding': 'br', 'if-none-match': '"other"' })).status).toBe(200);
    }
  });

  it('answer HEAD as GET, without the content', async () => {
    const { status, body, headers } = await ask(`/${await findScript()}`, {}, undefined, 'HEAD');
    expect({ status, length: body.length }).toEqual({ status: 200, length: 0 });
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it('are found under no other path', async () => {
    const paths = [
      '/assets/',
      '/assets',
      '/assets/../index.html',
      '/assets/%2e%2e/%2e%2e/main.js',
      '/index.html',
    ];
    const script = await findScript();
    for (const path of [...paths, `/${script}.br`, `/${script}.gz`])
      expect({ path, status: (await ask(path)).status }).toEqual({ path, status: 404 });
  });
});
