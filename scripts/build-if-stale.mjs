// Runs `npm run build` when there is no build, or a source file is newer than it.
import { execSync } from 'node:child_process';
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';

const stamp = 'dist/.built';
const inputs = [
  'src',
  'schema',
  'codegen',
  'codegen.ts',
  'tsconfig.json',
  'tsconfig.build.json',
  'package.json',
  'package-lock.json',
];

const builtAt = modifiedAt(stamp);
if (builtAt === 0 || inputs.some((input) => newestIn(input) > builtAt)) {
  const startedAt = new Date();
  console.log('Building customer-graph …');
  execSync('npm run --silent build', { stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(stamp, '');
  utimesSync(stamp, startedAt, startedAt);
}

function newestIn(path) {
  const entry = statSync(path);
  if (!entry.isDirectory()) return entry.mtimeMs;
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter(
    (file) => file.isFile() && !file.parentPath.startsWith('src/generated'),
  );
  return Math.max(...files.map((file) => modifiedAt(`${file.parentPath}/${file.name}`)));
}

function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
