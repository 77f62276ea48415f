import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type * as sandboxModule from '../../src/sandbox/index.ts';
import { importBuilt } from '../product.ts';

/** The APIs of the race, by the names that they have in all paths and ids. */
export const apis = ['elevate', 'sage200', 'cro'] as const;
export type Api = (typeof apis)[number];

/** Customers of each API; their ids are 1, 2, 3 and so on. */
export const customerCount = 400;

/** What the simulated API of Sage 200 has beside customers, and the race asks for. */
const lookups = ['currencies', 'price_bands', 'country_codes', 'tax_codes'];

/** How a whole customer is asked for. */
const customerQueries: Readonly<Record<Api, string>> = {
  elevate: '',
  sage200: '?$expand=main_address,contacts',
  cro: '',
};

const rows = z.array(z.looseObject({ id: z.number() }));
const named = z.union([z.object({ customerName: z.string() }), z.object({ name: z.string() })]);

/** Writes a file for every record, with the bytes that the simulated API sends: `<api>/<collection>/<id>`. Once. */
export async function prepareRecords(workFolder: string): Promise<void> {
  const folder = path.join(workFolder, 'records');
  if (existsSync(folder)) return;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const { startSandbox } = await importBuilt<typeof sandboxModule>('sandbox/index');
  const sandbox = await startSandbox({ ports: 'free' });
  for (const { provider, url, example } of sandbox.apis) {
    const api = apis.find((each) => each === provider);
    if (api === undefined || example === undefined) continue;
    const prefix = url + example.path.slice(0, example.path.indexOf('/customers/'));
    const get = (resource: string) => fetchText(`${prefix}/${resource}`, example.headers);
    const customers = prepareFolder(unfinished, api, 'customers');
    for (let id = 1; id <= customerCount; id += 1)
      writeFileSync(path.join(customers, String(id)), await get(`customers/${id}${customerQueries[api]}`));
    if (api !== 'sage200') continue;
    for (const lookup of lookups) {
      const lookupFolder = prepareFolder(unfinished, api, lookup);
      for (const row of rows.parse(JSON.parse(await get(lookup))))
        writeFileSync(path.join(lookupFolder, String(row.id)), JSON.stringify(row));
    }
  }
  await sandbox.close();
  renameSync(unfinished, folder);
}

function prepareFolder(...names: readonly string[]): string {
  const folder = path.join(...names);
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function fetchText(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response.text();
}

/** Records of an API from the first on. */
export function readRecords(workFolder: string, api: Api, collection: string, count: number): unknown[] {
  const folder = path.join(workFolder, 'records', api, collection);
  return Array.from({ length: count }, (_, index) =>
    JSON.parse(readFileSync(path.join(folder, String(index + 1)), 'utf8')),
  );
}

/** The name in a customer's record. */
export function readName(workFolder: string, id: string): string {
  const [api = '', nativeId = ''] = id.split(':');
  const text = readFileSync(path.join(workFolder, 'records', api, 'customers', nativeId), 'utf8');
  const record = named.parse(JSON.parse(text));
  return 'customerName' in record ? record.customerName : record.name;
}
