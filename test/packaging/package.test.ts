import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { findProduct, startProcess } from '../support/command-line.ts';
import { postQuery } from '../support/product.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-package-'));
const packed = z.tuple([z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) })]);
let files: readonly string[];
let warnings: string;

/** Runs npm in the folder; what it writes to standard error is kept in a file. */
function runNpm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

beforeAll(() => {
  findProduct();
  const [{ filename, files: list }] = packed.parse(
    JSON.parse(runNpm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], process.cwd())),
  );
  files = list.map((file) => file.path);
  warnings = execFileSync(
    'sh',
    ['-c', `npm install --prefer-offline --engine-strict --no-audit --no-fund ./${filename} 2>&1 >/dev/null`],
    { cwd: folder, encoding: 'utf8' },
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('the package', () => {
  it('holds what runs, and nothing else', () => {
    const expected =
      /^(dist\/.+\.js|dist\/graphiql\/.+|dist\/client\/.+\.d\.ts|client\/.+\.graphql|schema\/.+|(CHANGELOG|README)\.md|LICENSE|package\.json)$/;
    expect(files.filter((file) => !expected.test(file))).toEqual([]);
    expect(files).toContain('LICENSE');
    expect(files.filter((file) => /\.map$|\.test\.|graphiql\/assets\/[^.]+\.(js|css)$/.test(file))).toEqual(
      [],
    );
  });

  it('installs into an empty folder without a warning about Node.js', () => {
    expect(warnings).not.toMatch(/EBADENGINE|deprecated|ERESOLVE/);
  });

  it('takes less than 60 MB with all that it needs', () => {
    const bytes = readFolder(path.join(folder, 'node_modules')).reduce((sum, { size }) => sum + size, 0);
    expect(bytes).toBeLessThan(60_000_000);
  });

  it('has a kit for clients with types, and nothing of the server in it', () => {
    writeFileSync(
      path.join(folder, 'kit.mts'),
      `import { CustomerCardFragmentDoc, possibleTypes, type CustomerCardFragment } from 'customer-graph/client';
const name = (card: CustomerCardFragment): string | null => card.name;
// @ts-expect-error There is no such field.
const none = (card: CustomerCardFragment) => card.nome;
console.log(possibleTypes['Customer']?.length, CustomerCardFragmentDoc.kind, typeof name, typeof none);
`,
    );
    const tsc = path.resolve('node_modules/typescript/bin/tsc');
    const strict = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--types', ''];
    execFileSync(process.execPath, [tsc, ...strict, 'kit.mts'], { cwd: folder, stdio: 'pipe' });
    const output = execFileSync(process.execPath, ['kit.mjs'], { cwd: folder, encoding: 'utf8' });
    expect(output).toBe('3 Document function function\n');
    const sdl = createRequire(path.join(folder, 'kit.mjs')).resolve('customer-graph/client/schema.graphql');
    expect(readFileSync(sdl, 'utf8')).toBe(readFileSync('client/schema.graphql', 'utf8'));
    const kit = files.filter((file) => /^dist\/client\/.*\.js$/.test(file));
    expect(
      kit.map((file) => readFileSync(file, 'utf8')).filter((text) => /from '(?!\.\/)/.test(text)),
    ).toEqual([]);
  });

  it('serves page and data by its command', async () => {
    const command = path.join(folder, 'node_modules/.bin/customer-graph');
    const running = startProcess([command], folder, { PORT: '0' });
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(await running.waitFor(/Ctrl\+C/))?.[0] ?? '';
    const { data } = await postQuery(url, '{ customer(id: "sage200:1") { __typename name } }');
    expect(data).toEqual({ customer: { __typename: 'Sage200Customer', name: expect.any(String) } });
    const html = await (await fetch(url)).text();
    const script = /assets\/index-[^"]+\.js/.exec(html)?.[0] ?? '';
    expect((await fetch(`${url}/${script}`)).status).toBe(200);
    expect(await running.stop('SIGTERM')).toMatchObject({ exitCode: 0, errorOutput: '' });
  });
});

describe('a checkout without development packages', () => {
  it('says in one sentence what is missing', async () => {
    const script = path.resolve('scripts/build-if-stale.mjs');
    const ended = await startProcess([script], folder).ended;
    expect(ended).toEqual({
      exitCode: 1,
      output: '',
      errorOutput:
        'customer-graph is not built, and the packages that build it are not installed: run "npm ci && npm run build" before "npm ci --omit=dev".\n',
    });
  });
});

function readFolder(root: string): { readonly size: number }[] {
  const list = execFileSync('find', [root, '-type', 'f'], { encoding: 'utf8', maxBuffer: 64_000_000 });
  return list
    .trimEnd()
    .split('\n')
    .map((file) => ({ size: statSync(file).size }));
}

it('the licence is that of the package', () => {
  expect(readFileSync('LICENSE', 'utf8')).toMatch(/^MIT License\n/);
});
