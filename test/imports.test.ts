import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';

/** Modules that are loaded with another, in this project: types are not, and neither is what is imported when it is needed. */
function listImports(file: string): string[] {
  const imports = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?'(\.[^']+)';/gm,
  );
  return [...imports].map(([, target = '']) => path.join(path.dirname(file), target));
}

function listLoaded(entry: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(entry)) return loaded;
  loaded.add(entry);
  for (const file of listImports(entry)) listLoaded(file, loaded);
  return loaded;
}

it('a start with real sources does not load the sandbox, nor what invents its data', () => {
  const loaded = [...listLoaded('src/run.ts')];
  expect(loaded.length).toBeGreaterThan(100);
  expect(loaded.filter((file) => file.startsWith('src/sandbox/'))).toEqual([]);
  expect(listLoaded('src/sandbox/index.ts').size).toBeGreaterThan(10);
  const texts = loaded.map((file) => readFileSync(file, 'utf8'));
  expect(texts.filter((text) => text.includes('@faker-js/faker'))).toEqual([]);
});
