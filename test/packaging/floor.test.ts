import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { satisfies } from 'semver';
import { z } from 'zod';
import { findProduct, startProcess } from '../support/command-line.ts';
import { postQuery } from '../support/product.ts';

const versions = ['20.19.0', '22.23.3', '24.21.0'];

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dev: z.boolean().default(false),
      engines: z.object({ node: z.string().default('*') }).default({ node: '*' }),
      hasInstallScript: z.boolean().default(false),
    }),
  ),
});
const manifest = z.object({
  engines: z.object({ node: z.string() }),
  allowScripts: z.record(z.string(), z.boolean()),
});

function readJson<T>(schema: z.ZodType<T>, file: string): T {
  return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

describe('a production install', () => {
  const production = Object.entries(readJson(lockFile, 'package-lock.json').packages).filter(
    ([, { dev }]) => !dev,
  );

  it.each(versions)('has no package that refuses Node.js %s', (version) => {
    const refusing = production
      .filter(([, { engines }]) => !satisfies(version, engines.node))
      .map(([name, { engines }]) => `${name}: ${engines.node}`);
    expect(refusing).toEqual([]);
    expect(production.length).toBeGreaterThan(50);
  });

  it('asks for what the package itself says', () => {
    const { engines } = readJson(manifest, 'package.json');
    expect(versions.map((version) => satisfies(version, engines.node))).toEqual([true, true, true]);
    expect(satisfies('20.18.3', engines.node)).toBe(false);
  });

  it('leaves no install script undecided, about which npm would warn', () => {
    const { allowScripts } = readJson(manifest, 'package.json');
    const withScripts = production
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([name]) => name.replace(/^.*node_modules\//, ''));
    expect(Object.keys(allowScripts)).toEqual(withScripts);
  });
});

describe('the built product', () => {
  const folder = 'test/packaging/node-versions';

  beforeAll(() => {
    execFileSync(process.execPath, ['scripts/install-if-stale.mjs', folder], { stdio: 'ignore' });
    findProduct();
  });

  it.each(versions)('serves page and data on Node.js %s, and stops', async (version) => {
    const name = `node-${version.split('.')[0]}-${process.platform}-${process.arch}`;
    // There are binaries for Linux only: elsewhere it is the running Node.js that is tried.
    const node =
      process.platform === 'linux' ? path.join(folder, 'node_modules', name, 'bin/node') : undefined;
    const running = startProcess([findProduct()], process.cwd(), { PORT: '0' }, 60_000, node);
    const banner = await running.waitFor(/Ctrl\+C/);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(banner)?.[0] ?? '';
    const { data } = await postQuery(
      url,
      '{ customersByIds(ids: ["elevate:1", "sage200:1", "cro:1"]) { id name } }',
    );
    expect(data).toEqual({
      customersByIds: ['elevate:1', 'sage200:1', 'cro:1'].map((id) => ({ id, name: expect.any(String) })),
    });
    expect(await (await fetch(url)).text()).toContain('<title>');
    expect(await running.stop('SIGTERM')).toMatchObject({ exitCode: 0, errorOutput: '' });
  });
});
