import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/load-config.ts';
import { providers } from '../../src/providers/index.ts';
import { catalogue } from '../../src/sandbox/faults/catalogue.ts';
import { parseFaults } from '../../src/sandbox/faults/parse-faults.ts';
import { sandboxApi as cro } from '../../src/sandbox/providers/cro.ts';
import { sandboxApi as elevate } from '../../src/sandbox/providers/elevate.ts';
import { sandboxApi as sage200 } from '../../src/sandbox/providers/sage200.ts';

let text = '';

beforeAll(async () => {
  text = await readFile(new URL('../../docs/sandbox-faults.md', import.meta.url), 'utf8');
});

/** The names in the cells of a table row: of the fault, and of its options. */
function readRow(line: string): [string, string[]] {
  const cells = line
    .split('|')
    .map((cell) => [...cell.matchAll(/`(\w[\w-]*)`/g)].map(([, name = '']) => name));
  return [cells[1]?.[0] ?? '', cells.at(-2) ?? []];
}

describe('docs/sandbox-faults.md', () => {
  it('tells every fault with its options, and no other', () => {
    const [, section = ''] = /^## The faults\n([^]*?)^### What the options take/m.exec(text) ?? [];
    const rows = section.split('\n').filter((line) => line.startsWith('| `'));
    const told = Object.fromEntries(rows.map(readRow));
    expect(told).toEqual(
      Object.fromEntries(Object.entries(catalogue).map(([name, { options = [] }]) => [name, options])),
    );
  });

  it('gives faults that can be switched on', () => {
    const examples = [...text.matchAll(/-d '(.*)'$/gm)].map(([, json = '']): unknown => JSON.parse(json));
    expect(examples.length).toBeGreaterThan(5);
    for (const example of examples) expect(parseFaults(example)).toEqual(example);
  });

  it('gives a configuration that reaches the APIs on their fixed ports', async () => {
    const [, yaml = ''] = /^```yaml\n([^]*?)^```/m.exec(text) ?? [];
    const folder = await mkdtemp(join(tmpdir(), 'faults-docs-'));
    const file = join(folder, 'sandbox.yaml');
    await writeFile(file, yaml);
    const { sources } = loadConfig(file, providers, {});
    await rm(folder, { recursive: true });
    expect(sources).toEqual(
      [elevate, sage200, cro].map((api) => ({
        name: api.provider,
        provider: expect.objectContaining({ name: api.provider }),
        settings: expect.objectContaining(api.settings(`http://127.0.0.1:${api.port}`)),
      })),
    );
  });
});
