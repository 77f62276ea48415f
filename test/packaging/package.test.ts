import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
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
      /^(dist\/.+\.js|dist\/graphiql\/.+|schema\/.+|(CHANGELOG|README)\.md|LICENSE|package\.json)$/;
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
