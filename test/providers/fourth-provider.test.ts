import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

/*
 * Adds a provider to a copy of the project: one folder, one SDL file, one JSON Schema, one simulated API and one entry
 * in the registry. Nothing else is touched.
 */

jest.setTimeout(120_000);

const fixture = 'test/providers/acme';
const copied = [
  'src',
  'schema',
  'scripts',
  'client',
  'codegen',
  'codegen.ts',
  'tsconfig.json',
  'jest.config.js',
  'package.json',
  'test/support',
];
const copiedTests = ['contract.ts', 'contract.test.ts', 'selections.ts'].map(
  (file) => `test/providers/${file}`,
);

let folder: string;
let generated: Result;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-fourth-'));
  for (const name of [...copied, ...copiedTests]) cpSync(name, path.join(folder, name), { recursive: true });
  symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  cpSync(fixture, folder, { recursive: true });
  register();
  generated = await generate();
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The entry in the registry, and its import. */
function register(): void {
  edit('src/providers/index.ts', (text) =>
    text
      .replace(/^import .*cro\/index\.ts';$/m, "$&\nimport { acme } from './acme/index.ts';")
      .replace(/^ {2}cro,$/m, '$&\n  acme,'),
  );
}

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
          '  depotId: ID @open\n',
          '  depotId: ID @open\n\n  "Its rank."\n  creditRank: Int @open\n',
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
      (text) => text.replace('  depotId: ID @open\n', '  depotId: ID\n'),
      async () => {
        const { exitCode, output } = await generate();
        expect(exitCode).not.toBe(0);
        expect(output).toMatch(/AcmeCustomer\.depotId has no decision on who may read it/);
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
