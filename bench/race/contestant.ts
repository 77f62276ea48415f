import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { productFolder } from '../product.ts';
import type { Operations } from './operations.ts';
import type { Setup } from './scenarios.ts';
import { upstreamUrl } from './upstream.ts';

/** A server that takes part. */
export interface Contestant {
  readonly name: string;
  /** What it asks of its users, in a few words. */
  readonly about: string;
  /** As its package says. Only once it is prepared. */
  version(): string;
  /** How it is started; undefined where it has no such set-up. Only once it is prepared. */
  command(setup: Setup): readonly string[] | undefined;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What it can be asked, in its own schema. */
  readonly operations: Operations;
  /** Folders of which it consists, for the size of an installation. */
  installed(): readonly string[];
  /** Installs and writes what it needs; quick when that is there. */
  prepare(workFolder: string): void;
}

/** Every contestant listens there; they run one at a time. */
export const contestantPort = 4_901;

/** What each is told. */
export const environment = {
  NODE_ENV: 'production',
  PORT: String(contestantPort),
  UPSTREAM: upstreamUrl,
} as const;

export function folderOf(name: string): string {
  return fileURLToPath(new URL(`contestants/${name}`, import.meta.url));
}

/** Installs the packages of a contestant's lock file. */
export function installPackages(folder: string): void {
  const relative = path.relative(productFolder, folder);
  execFileSync(process.execPath, ['scripts/install-if-stale.mjs', relative], {
    cwd: productFolder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

const packageFile = z.object({ version: z.string() });

/** @param folder of the package itself, or of what it is installed for */
export function readVersion(folder: string, packageName?: string): string {
  const file = path.join(
    folder,
    ...(packageName === undefined ? [] : ['node_modules', packageName]),
    'package.json',
  );
  return packageFile.parse(JSON.parse(readFileSync(file, 'utf8'))).version.replace(/^v/, '');
}
