import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { productFolder } from '../product.ts';
import type { Operations } from './operations.ts';
import * as operations from './operations.ts';
import { upstreamUrl } from './upstream.ts';

/** A server that takes part. */
export interface Contestant {
  readonly name: string;
  /** As its package says; of the limit the one of Node.js. */
  readonly version: string;
  readonly command: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What it can be asked, in its own schema. */
  readonly operations: Operations;
  /** Installs and writes what it needs; quick when that is there. */
  prepare(workFolder: string): void;
}

/** Every contestant listens there; they run one at a time. */
export const contestantPort = 4_901;

const environment = {
  NODE_ENV: 'production',
  PORT: String(contestantPort),
  UPSTREAM: upstreamUrl,
};

function folderOf(name: string): string {
  return fileURLToPath(new URL(`contestants/${name}`, import.meta.url));
}

function install(folder: string): void {
  execFileSync(process.execPath, ['scripts/install-if-stale.mjs', folder], {
    cwd: productFolder,
    stdio: 'inherit',
  });
}

const packageFile = z.object({ version: z.string() });

function readVersion(folder: string, packageName: string): string {
  const file = path.join(folder, 'node_modules', packageName, 'package.json');
  return packageFile.parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}

const limit: Contestant = {
  name: 'limit: bare node:http and undici',
  get version() {
    return process.versions.node;
  },
  command: ['node', 'server.mjs'],
  folder: folderOf('limit'),
  environment,
  operations: operations.normalized,
  prepare: () => install(folderOf('limit')),
};

const customerGraph: Contestant = {
  name: 'customer-graph',
  get version() {
    return packageFile.parse(JSON.parse(readFileSync(path.join(productFolder, 'package.json'), 'utf8')))
      .version;
  },
  command: ['node', path.join(productFolder, 'dist/main.js'), '--config', 'config.yaml'],
  folder: folderOf('customer-graph'),
  // As it is started by its users: it needs no NODE_ENV.
  environment: { PORT: environment.PORT, UPSTREAM: environment.UPSTREAM },
  operations: operations.customerGraph,
  prepare: () => {},
};

const plainApollo: Contestant = {
  name: 'plain Apollo Server and node-fetch',
  get version() {
    return readVersion(this.folder, '@apollo/server');
  },
  command: ['node', 'server.mjs'],
  folder: folderOf('plain-apollo'),
  environment,
  operations: operations.normalized,
  prepare: () => install(folderOf('plain-apollo')),
};

export const contestants = { limit, 'customer-graph': customerGraph, 'plain-apollo': plainApollo } as const;
export type ContestantName = keyof typeof contestants;
