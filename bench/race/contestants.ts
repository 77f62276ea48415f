import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { productFolder } from '../product.ts';
import { environment, folderOf, installPackages, readVersion, type Contestant } from './contestant.ts';
import { hive } from './hive.ts';
import * as operations from './operations.ts';
import { tailcall } from './tailcall.ts';

const limit: Contestant = {
  name: 'limit',
  about: '`node:http`, undici and projections written by hand: no GraphQL, no checks',
  version: () => readVersion(folderOf('limit'), 'undici'),
  command: (setup) => (setup === 'plain' ? ['node', 'server.mjs'] : undefined),
  folder: folderOf('limit'),
  installed: () => [folderOf('limit')],
  environment,
  operations: operations.normalized,
  prepare: () => installPackages(folderOf('limit')),
};

const customerGraph: Contestant = {
  name: 'customer-graph',
  about: 'as built, with a configuration file',
  version: () => readVersion(productFolder),
  command: (setup) => [
    ...['node', path.join(productFolder, 'dist/main.js')],
    ...['--config', setup === 'plain' ? 'config.yaml' : 'cached.yaml'],
  ],
  installed: () => [path.join(productFolder, 'dist'), ...listProductionPackages()],
  folder: folderOf('customer-graph'),
  // As its users start it: without NODE_ENV.
  environment: { PORT: environment.PORT, UPSTREAM: environment.UPSTREAM },
  operations: operations.customerGraph,
  prepare: () => {},
};

const plainApollo: Contestant = {
  name: 'Apollo Server and node-fetch',
  about: 'as a tutorial writes it: the standalone server, a DataLoader, node-fetch; production mode',
  version: () => readVersion(folderOf('plain-apollo'), '@apollo/server'),
  command: (setup) => (setup === 'plain' ? ['node', 'server.mjs'] : undefined),
  folder: folderOf('plain-apollo'),
  installed: () => [folderOf('plain-apollo')],
  environment,
  operations: operations.normalized,
  prepare: () => installPackages(folderOf('plain-apollo')),
};

function listProductionPackages(): readonly string[] {
  const lines = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: productFolder,
    encoding: 'utf8',
  });
  return lines.split('\n').filter((line) => line.includes('node_modules'));
}

/** In the order of their turns. */
export const contestants = {
  limit,
  'customer-graph': customerGraph,
  'plain-apollo': plainApollo,
  hive,
  tailcall,
} as const satisfies Record<string, Contestant>;

export type ContestantName = keyof typeof contestants;
