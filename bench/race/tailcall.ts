import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { folderOf, installPackages, readVersion, type Contestant } from './contestant.ts';
import { createRawOperations } from './operations.ts';

const packageName = '@tailcallhq/core-linux-x64-gnu';
const folder = folderOf('tailcall');
const binary = path.join(folder, 'node_modules', packageName, 'bin/tailcall');
/** How it is started here. */
let program: readonly string[] = [binary];

/** Tailcall, a proxy written in Rust, with one worker. */
export const tailcall: Contestant = {
  name: 'Tailcall',
  about: 'a schema with `@http` on three fields, one worker; cached: `@cache` on each',
  version: () => readVersion(folder, packageName),
  command: (setup) => [...program, 'start', setup === 'plain' ? 'main.graphql' : 'written/cached.graphql'],
  installed: () => [folder],
  folder,
  environment: { TAILCALL_TRACKER: 'false', TAILCALL_LOG_LEVEL: 'error' },
  operations: createRawOperations((api) => api),
  prepare(workFolder) {
    installPackages(folder);
    writeCachedSchema();
    if (canRun(program)) return;
    program = withNewerLibraries(path.join(workFolder, 'trixie'));
    if (!canRun(program)) throw new Error('Tailcall does not run on this machine.');
  },
};

function writeCachedSchema(): void {
  const plain = readFileSync(path.join(folder, 'main.graphql'), 'utf8');
  mkdirSync(path.join(folder, 'written'), { recursive: true });
  writeFileSync(
    path.join(folder, 'written/cached.graphql'),
    plain.replaceAll('@http(', '@cache(maxAge: 1000) @http('),
  );
}

function canRun([command = '', ...args]: readonly string[]): boolean {
  return spawnSync(command, [...args, '--version'], { env: { TAILCALL_TRACKER: 'false' } }).status === 0;
}

/** Tailcall is linked against a C library newer than that of Debian 12: the one of Debian 13, unpacked beside it. */
function withNewerLibraries(into: string): readonly string[] {
  const libraries = path.join(into, 'root/usr/lib/x86_64-linux-gnu');
  const loader = path.join(libraries, 'ld-linux-x86-64.so.2');
  if (!existsSync(loader)) unpackLibraries(into);
  return [loader, '--library-path', libraries, binary];
}

function unpackLibraries(into: string): void {
  const [lists, packages] = [path.join(into, 'lists'), path.join(into, 'packages')];
  for (const each of [path.join(lists, 'partial'), packages]) mkdirSync(each, { recursive: true });
  const sources = path.join(into, 'sources.list');
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(sources, `deb [signed-by=${keys}] ${findMirror()} trixie main\n`);
  const options = [
    ...['-o', `Dir::Etc::sourcelist=${sources}`],
    ...['-o', 'Dir::Etc::sourceparts=/nonexistent'],
    ...['-o', `Dir::State::Lists=${lists}`],
    ...['-o', 'APT::Sandbox::User=root'],
  ];
  execFileSync('apt-get', [...options, '-qq', 'update'], { stdio: 'inherit' });
  execFileSync('apt-get', [...options, '-qq', 'download', 'libc6', 'libgcc-s1', 'libstdc++6'], {
    cwd: packages,
    stdio: 'inherit',
  });
  for (const each of readdirSync(packages))
    execFileSync('dpkg', ['-x', path.join(packages, each), path.join(into, 'root')]);
}

/** Where this machine gets its packages. @throws when its sources name no Debian mirror */
function findMirror(): string {
  const folder = '/etc/apt/sources.list.d';
  const texts = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
  const mirror = /https?:\S+debian\b(?=\s|$)/m.exec(texts.join('\n'))?.[0];
  if (mirror === undefined) throw new Error(`Tailcall needs a Debian mirror: ${folder} names none.`);
  return mirror;
}
