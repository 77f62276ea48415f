import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

/** All modules that a module names, types and generated ones included. */
function listNamed(file: string): string[] {
  const imports = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\s(?:[^'";]*?\sfrom\s+)?'(\.[^']+)'/gm,
  );
  return [...imports]
    .map(([, target = '']) => path.join(path.dirname(file), target))
    .filter((target) => /\.tsx?$/.test(target) && existsSync(target));
}

/** Modules that are reached from themselves: what is left when those that name, or are named by, no other are taken out. */
function findCircles(files: readonly string[]): string[] {
  const left = new Map(files.map((file) => [file, new Set(listNamed(file))]));
  for (let count = Number.POSITIVE_INFINITY; left.size < count;) {
    count = left.size;
    const named = new Set([...left.values()].flatMap((targets) => [...targets]));
    for (const [file, targets] of left) {
      const isEnd = [...targets].every((target) => !left.has(target));
      if (isEnd || !named.has(file)) left.delete(file);
    }
  }
  return [...left.keys()];
}

it('no module leads back to itself, not even by its types', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((file) => path.join('src', file))
    .filter((file) => /\.tsx?$/.test(file));
  expect(files.length).toBeGreaterThan(200);
  expect(findCircles(files)).toEqual([]);
});
