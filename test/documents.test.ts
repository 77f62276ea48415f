import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { startTestProduct } from './support/product.ts';
import { startRecordedSandbox } from './support/sources.ts';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  ...listPages('docs'),
  ...readdirSync('examples').flatMap(listReadmes),
];

function listPages(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.join(folder, file));
}

function listReadmes(example: string): string[] {
  const file = path.join('examples', example, 'README.md');
  return existsSync(file) ? [file] : [];
}

describe('README.md', () => {
  const text = readFileSync('README.md', 'utf8');
  const blockOf = (language: string) =>
    new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(text)?.[1] ?? '';

  it('opens with a query and its true answer', async () => {
    const apis = await startRecordedSandbox();
    const product = await startTestProduct(
      Object.fromEntries(Object.entries(apis).map(([name, { source }]) => [name, source])),
    );
    const answer = await product.query(blockOf('graphql'));
    await product.close();
    await Promise.all(Object.values(apis).map((api) => api.close()));
    expect(JSON.parse(answer.text)).toEqual(JSON.parse(blockOf('json')));
  });

  it('names every folder of src that there is, and no other', () => {
    const folders = readdirSync('src', { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && entry.name !== 'generated',
    );
    const named = [...text.matchAll(/^\| `src\/(\w+)\/`/gm)].map(([, name = '']) => name);
    expect(named.toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
  });
});

describe('links', () => {
  it.each(pages)('of %s lead to files that are there', (page) => {
    const targets = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(
      ([, target = '']) => target,
    );
    expect(targets.filter((target) => !existsSync(path.join(path.dirname(page), target)))).toEqual([]);
  });
});
