/**
 * Adds the example provider to a copy of the project, and runs the checks and tests there that know of providers.
 *
 * Usage: node scripts/test-with-example.mjs [<test file or folder>...]
 *
 * With arguments these tests are run instead; `test` stands for all. Ends with 1 when something failed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { copyWithExample } from './copy-with-example.mjs';

/**
 * Where lists of providers occur: in the configuration, the sandbox, the schema, the documentation, and in what is asked of
 * all sources; `test/providers/fourth-provider.test.ts` runs the contract tests. What tests name their sources one by one in is the same with another provider beside them.
 */
const concerned = [
  'test/config',
  'test/documents.test.ts',
  'test/graph/field-map.test.ts',
  'test/graph/ids.test.ts',
  'test/graph/published-schema.test.ts',
  'test/graph/schema.test.ts',
  'test/graph/sources.test.ts',
  'test/imports.test.ts',
  'test/lists/search.test.ts',
  'test/lists/token-lists.test.ts',
  'test/lists/unlisted.test.ts',
  'test/sandbox/sandbox.test.ts',
];

const tests = process.argv.length > 2 ? process.argv.slice(2) : concerned;
const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-example-'));
try {
  copyWithExample(folder);
  const commands = [
    ['npm', 'run', '--silent', 'codegen'],
    ['npm', 'run', '--silent', 'check:types'],
    ['npm', 'run', '--silent', 'check:lint'],
    ['npm', 'run', '--silent', 'jest', '--', ...tests],
  ];
  const failed = commands.find(
    ([program, ...args]) => spawnSync(program, args, { cwd: folder, stdio: 'inherit' }).status !== 0,
  );
  if (failed !== undefined) console.log(`${failed.join(' ')} failed with a fourth provider`);
  process.exitCode = failed === undefined ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
