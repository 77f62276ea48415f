// Runs `npm run build` when there is no build, or a source file is newer than it. Of several at a time one builds, and
// the others wait for it.
import { execSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const stamp = 'dist/.built';
const lock = 'node_modules/.building';
/** A build that takes longer was killed. */
const longestBuildMs = 120_000;
const inputs = [
  'src',
  'schema',
  'codegen',
  'codegen.ts',
  'client/fragments.graphql',
  'client/index.ts',
  'tsconfig.json',
  'tsconfig.build.json',
  'package.json',
  'package-lock.json',
];

if (!existsSync('node_modules/typescript')) {
  // A production install runs what was built before, however old its files look after they were copied.
  if (!existsSync('dist/main.js')) {
    console.error(
      'customer-graph is not built, and the packages that build it are not installed: run "npm ci && npm run build" before "npm ci --omit=dev".',
    );
    process.exit(1);
  }
} else if (isStale()) {
  await takeLock();
  try {
    if (isStale()) build();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isStale() {
  const builtAt = modifiedAt(stamp);
  if (builtAt === 0 || !existsSync('src/generated')) return true;
  return inputs.some((input) => newestIn(input) > builtAt);
}

function build() {
  const startedAt = new Date();
  console.log('Building customer-graph …');
  execSync('npm run --silent build', { stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(stamp, '');
  utimesSync(stamp, startedAt, startedAt);
}

async function takeLock() {
  for (;;) {
    try {
      return writeFileSync(lock, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const takenAt = modifiedAt(lock);
    if (takenAt !== 0 && Date.now() - takenAt > longestBuildMs) rmSync(lock, { force: true });
    await sleep(100);
  }
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
