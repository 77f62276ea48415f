import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A provider as `docs/adding-a-provider.md` describes it: all that is added, in the folders where it belongs. */
const example = 'test/providers/acme';

/** What is made anew, or has its own way. */
const left = new Set(['node_modules', '.git', 'dist', 'coverage', 'generated']);

/**
 * Copies the project to an empty folder, and adds the example provider there: its files, its entry in the registry and
 * the row of its key in the documentation. What is generated is not there yet.
 */
export function copyWithExample(folder) {
  cpSync('.', folder, { recursive: true, filter: (source) => !left.has(path.basename(source)) });
  symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  // The page is the same with any provider, and takes long to build.
  if (existsSync('dist/page')) cpSync('dist/page', path.join(folder, 'dist/page'), { recursive: true });
  cpSync(example, folder, { recursive: true });
  edit(folder, 'src/providers/index.ts', [
    [/^import .*cro\/index\.ts';$/m, "$&\nimport { acme } from './acme/index.ts';"],
    [/^ {2}cro,$/m, '$&\n  acme,'],
  ]);
  edit(folder, 'docs/configuration.md', [
    [/^\| `cro` +\| `timeZone`.*$/m, '$&\n| `acme` | `region` | `eu` | Which region of Acme |'],
  ]);
}

function edit(folder, file, changes) {
  const place = path.join(folder, file);
  let text = readFileSync(place, 'utf8');
  for (const [pattern, replacement] of changes) {
    if (!pattern.test(text)) throw new Error(`${file} has no ${pattern}`);
    text = text.replace(pattern, replacement);
  }
  writeFileSync(place, text);
}
