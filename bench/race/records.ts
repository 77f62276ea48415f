import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type * as sandboxModule from '../../src/sandbox/index.ts';
import { importBuilt } from '../product.ts';

/** The APIs of the race, by the names that they have in all paths and ids. */
export const apis = ['elevate', 'sage200', 'cro'] as const;
export type Api = (typeof apis)[number];

/** Records of each API; the ids are 1, 2, 3 and so on. */
export const recordCount = 400;

/** What a record of any of the three has as text that a reader of it must see again. */
const name = z.union([z.object({ customerName: z.string() }), z.object({ name: z.string() })]);

/** How a whole record is asked for. */
const queries: Readonly<Record<Api, string>> = {
  elevate: '',
  sage200: '?$expand=main_address,contacts',
  cro: '',
};

/** Writes a file for every record, with the bytes that the simulated API sends; once. */
export async function prepareRecords(workFolder: string): Promise<void> {
  const folder = path.join(workFolder, 'records');
  if (existsSync(folder)) return;
  const { startSandbox } = await importBuilt<typeof sandboxModule>('sandbox/index');
  const sandbox = await startSandbox({ ports: 'free' });
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  for (const { provider, url, example } of sandbox.apis) {
    const api = apis.find((each) => each === provider);
    if (api === undefined || example === undefined) continue;
    mkdirSync(path.join(unfinished, api, 'customers'), { recursive: true });
    const prefix = example.path.slice(0, example.path.indexOf('/customers/'));
    for (let id = 1; id <= recordCount; id += 1) {
      const response = await fetch(`${url}${prefix}/customers/${id}${queries[api]}`, {
        headers: { ...example.headers },
      });
      if (!response.ok) throw new Error(`${api} answers ${response.status} for its customer ${id}`);
      writeFileSync(path.join(unfinished, api, 'customers', String(id)), await response.text());
    }
  }
  await sandbox.close();
  renameSync(unfinished, folder);
}

/** The name in a customer's record. */
export function readName(workFolder: string, id: string): string {
  const [api = '', nativeId = ''] = id.split(':');
  const text = readFileSync(path.join(workFolder, 'records', api, 'customers', nativeId), 'utf8');
  const record = name.parse(JSON.parse(text));
  return 'customerName' in record ? record.customerName : record.name;
}
