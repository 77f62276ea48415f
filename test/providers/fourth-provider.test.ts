import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { copyWithExample } from '../../scripts/copy-with-example.mjs';

/*
 * Adds a provider to a copy of the project: one folder, one SDL file, one JSON Schema, one simulated API and one entry
 * in the registry. Nothing else is touched.
 */

jest.setTimeout(120_000);

let folder: string;
let generated: Result;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-fourth-'));
  copyWithExample(folder);
  generated = await generate();
});

afterAll(() => rmSync(folder, { recursive: true }));

function edit(file: string, change: (text: string) => string): void {
  const [place, before] = [path.join(folder, file), readFileSync(path.join(folder, file), 'utf8')];
  const after = change(before);
  if (after === before) throw new Error(`${file} was not changed`);
  writeFileSync(place, after);
}

/** Makes a change for the time of a check. */
async function withChange(
  file: string,
  change: (text: string) => string,
  check: () => Promise<void>,
): Promise<void> {
  const original = readFileSync(path.join(folder, file), 'utf8');
  edit(file, change);
  try {
    await check();
  } finally {
    writeFileSync(path.join(folder, file), original);
  }
}

interface Result {
  readonly exitCode: number;
  readonly output: string;
}

const generate = () => run('node_modules/@graphql-codegen/cli/esm/bin.js', '--config', 'codegen.ts');
const checkTypes = () => run('node_modules/typescript/bin/tsc', '--noEmit');

function run(program: string, ...args: readonly string[]): Promise<Result> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...nodeOptions(program), program, ...args],
      { cwd: folder, timeout: 60_000 },
      (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
      },
    );
  });
}

function nodeOptions(program: string): string[] {
  return program.includes('jest') ? ['--experimental-vm-modules', '--no-warnings'] : [];
}

describe('a fourth provider', () => {
  it('fits the generator and the types', async () => {
    expect(generated).toEqual({ exitCode: 0, output: expect.any(String) });
    expect(await checkTypes()).toEqual({ exitCode: 0, output: '' });
  });

  it('satisfies the contract of all providers', async () => {
    const { exitCode, output } = await run(
      'node_modules/jest/bin/jest.js',
      'test/providers/contract',
      '-t',
      'every provider|provider acme',
    );
    expect(output).toMatch(/Tests: .* passed/);
    expect(output).toMatch(/provider acme/);
    expect({ exitCode, failures: output.match(/✕.*/g) }).toEqual({ exitCode: 0, failures: null });
  });
});

describe('a piece that was forgotten is named', () => {
  it('when it is the entry in the registry', async () => {
    await withChange(
      'src/providers/index.ts',
      (text) => text.replace(/^ {2}acme,\n/m, ''),
      async () => {
        const { exitCode, output } = await checkTypes();
        expect(exitCode).not.toBe(0);
        expect(output).toMatch(/src\/providers\/index\.ts.*/);
        expect(output).toMatch(/Property 'acme' is missing/);
      },
    );
  });

  it('when it is the source of a field', async () => {
    await withChange(
      'schema/providers/acme.graphql',
      (text) =>
        text.replace(
          '  updatedAt: DateTime @from(path: "modified") @open\n',
          '  updatedAt: DateTime @from(path: "modified") @open\n\n  "Its rank."\n  creditRank: Int @open\n',
        ),
      async () => {
        await generate();
        const { exitCode, output } = await checkTypes();
        expect(exitCode).not.toBe(0);
        expect(output).toMatch(/src\/providers\/acme\/resolvers\.ts.*\n?.*creditRank/);
      },
    );
  });

  it('when it is the decision on who may read a field', async () => {
    await withChange(
      'schema/providers/acme.graphql',
      (text) => text.replace('"modified") @open\n', '"modified")\n'),
      async () => {
        const { exitCode, output } = await generate();
        expect(exitCode).not.toBe(0);
        expect(output).toMatch(/AcmeCustomer\.updatedAt has no decision on who may read it/);
      },
    );
  });

  it('when it is the field of a key', async () => {
    await withChange(
      'schema/rest/acme.json',
      (text) => text.replace('"live":', '"vat_number": { "type": "string" },\n        "live":'),
      async () => {
        const { exitCode, output } = await generate();
        expect(exitCode).not.toBe(0);
        expect(output).toMatch(/\$defs\/Customer has "vat_number", which no field of the SDL exposes/);
      },
    );
  });
});
