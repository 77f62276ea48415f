import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  environment,
  contestantPort,
  folderOf,
  installPackages,
  readVersion,
  type Contestant,
} from './contestant.ts';
import { createRawOperations } from './operations.ts';
import { apis, readRecords, type Api } from './records.ts';
import { upstreamUrl } from './upstream.ts';

const folder = folderOf('hive');
/** Written by `prepare`, and not committed. */
const written = path.join(folder, 'written');

/** Hive Gateway over a supergraph that Mesh composes of three OpenAPI documents. */
export const hive: Contestant = {
  name: 'Hive Gateway and Mesh',
  about:
    'a supergraph of three OpenAPI documents; compiled execution (`jit`), production mode; cached: `responseCaching`',
  version: () => readVersion(folder, '@graphql-hive/gateway'),
  command: (setup) => [
    ...['node', 'node_modules/@graphql-hive/gateway/dist/bin.js', 'supergraph', 'written/supergraph.graphql'],
    ...['--host', '127.0.0.1', '--port', String(contestantPort)],
    ...['--config-path', setup === 'plain' ? 'gateway.config.ts' : 'cached.config.ts'],
  ],
  installed: () => [folder],
  folder,
  environment,
  operations: createRawOperations((api) => `${api}Customer`),
  prepare(workFolder) {
    installPackages(folder);
    if (existsSync(path.join(written, 'supergraph.graphql'))) return;
    mkdirSync(written, { recursive: true });
    for (const api of apis)
      writeFileSync(
        path.join(written, `${api}.json`),
        JSON.stringify(describeApi(api, workFolder), undefined, 1),
      );
    execFileSync('node_modules/.bin/mesh-compose', ['-o', 'written/supergraph.graphql'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  },
};

/** A JSON Schema, as far as OpenAPI 3.0 has it. */
interface Schema {
  readonly type: string;
  readonly nullable?: true;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly title?: string;
}

/** Records that types are found by. */
const recordsRead = 100;

/** What Sage 200 has beside customers, by the names that one of each has in the graph. */
const lookups = {
  currencies: 'sage200Currency',
  price_bands: 'sage200PriceBand',
  country_codes: 'sage200Country',
  tax_codes: 'sage200TaxCode',
} as const;

/** An OpenAPI document of the operations that the race needs. */
function describeApi(api: Api, workFolder: string): object {
  const names = { customers: `${api}Customer`, ...(api === 'sage200' ? lookups : {}) };
  const paths = Object.entries(names).map(([collection, name]) => {
    const count = collection === 'customers' ? recordsRead : 1;
    const schema = { ...inferSchema(readRecords(workFolder, api, collection, count)), title: name };
    return [`/${collection}/{id}`, { get: describeGet(name, schema) }] as const;
  });
  return {
    openapi: '3.0.0',
    info: { title: api, version: '1' },
    servers: [{ url: `${upstreamUrl}/${api}` }],
    paths: Object.fromEntries(paths),
  };
}

function describeGet(operationId: string, schema: Schema): object {
  return {
    operationId,
    parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
    responses: { 200: { description: 'The record', content: { 'application/json': { schema } } } },
  };
}

/** What all of the values are; nothing but nulls is taken for text. */
function inferSchema(values: readonly unknown[]): Schema {
  const known = values.filter((value) => value !== null && value !== undefined);
  const [first] = known;
  const nullable = known.length < values.length ? { nullable: true as const } : {};
  if (first === undefined) return { type: 'string', nullable: true };
  if (Array.isArray(first)) return { type: 'array', items: inferSchema(known.flat()), ...nullable };
  if (typeof first === 'object') return { type: 'object', properties: inferProperties(known), ...nullable };
  if (typeof first !== 'number') return { type: typeof first, ...nullable };
  return { type: known.every(Number.isInteger) ? 'integer' : 'number', ...nullable };
}

/** Objects that are always empty have no type in GraphQL, and are left out. */
function inferProperties(values: readonly unknown[]): Record<string, Schema> {
  const entries = values.flatMap((value) => (typeof value === 'object' ? Object.entries(value ?? {}) : []));
  const byKey = groupByKey(entries);
  return Object.fromEntries(
    [...byKey]
      .map(([key, found]): [string, Schema] => [key, inferSchema(found)])
      .filter(([, { properties }]) => properties === undefined || Object.keys(properties).length > 0),
  );
}

function groupByKey(entries: readonly (readonly [string, unknown])[]): Map<string, unknown[]> {
  const groups = new Map<string, unknown[]>();
  for (const [key, value] of entries) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}
