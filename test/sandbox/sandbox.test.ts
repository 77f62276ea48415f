import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createCroBranches } from '../../src/sandbox/cro/branches.ts';
import { createCroData } from '../../src/sandbox/cro/data.ts';
import { createElevateAccounts } from '../../src/sandbox/elevate/accounts.ts';
import { billingCycles, tripwirePlans } from '../../src/sandbox/elevate/billing.ts';
import { createElevateData } from '../../src/sandbox/elevate/data.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.ts';
import { providers as registry } from '../../src/providers/index.ts';
import { createWorld, customersOf, sharedParties, spellings } from '../../src/sandbox/world/index.ts';
import { ask, readObject } from './support/ask.ts';

const providers = ['elevate', 'sage200', 'cro'] as const;
const localTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?$/;
const subBrandTime = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/** Any property may be null wherever it may be absent: the schemas do not repeat it. */
function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(kept.map(([key, inner]) => [key, dropNulls(inner)]));
}

async function readSchema(provider: string): Promise<Record<string, unknown>> {
  return readObject(
    JSON.parse(await readFile(new URL(`../../schema/rest/${provider}.json`, import.meta.url), 'utf8')),
  );
}

/** Lists what is wrong with `rows` by the shape named `shape`, missing properties included. */
function findFaults(schema: Record<string, unknown>, shape: string, rows: readonly object[]): unknown[] {
  const ajv = new Ajv2020({ strict: false, logger: false, allErrors: true });
  ajv.addFormat('date', /^\d{4}-\d\d-\d\d$/);
  ajv.addFormat('date-time', (text: string) => text.endsWith('Z') && !Number.isNaN(Date.parse(text)));
  ajv.addFormat('local-date-time', localTime);
  ajv.addFormat('yyyy-MM-dd HH:mm:ss', subBrandTime);
  ajv.addFormat('email', /^[^@\s]+@[^@\s]+$/);
  const validate = ajv.compile({ ...schema, $ref: `#/$defs/${shape}` });
  const keys = Object.keys(readObject(readObject(readObject(schema['$defs'])[shape])['properties']));
  const faults = rows.flatMap((row) => (validate(dropNulls(row)) ? [] : (validate.errors ?? [])));
  const missing = rows.flatMap((row) => keys.filter((key) => !(key in row)));
  return [...faults, ...new Set(missing)];
}

const running: Sandbox[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

async function start(options: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  running.push(sandbox);
  return sandbox;
}

/** Listens on `port` unless somebody does already; returns how to stop. */
async function occupyPort(port: number): Promise<() => void> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.once('error', () => resolve()).listen(port, '127.0.0.1', resolve);
  });
  return () => void server.close();
}

describe('sandbox', () => {
  it('serves every API on a free port, and stops', async () => {
    const sandbox = await start({ ports: 'free' });
    const served = sandbox.apis.map(({ provider }) => provider);
    expect(served.toSorted()).toEqual(Object.keys(registry).toSorted());
    expect(sandbox.sources).toMatchObject({
      elevate: { provider: 'elevate', simulated: true, auth: { type: 'bearer' } },
      sage200: { provider: 'sage200', simulated: true },
      cro: { provider: 'cro', simulated: true, tenantId: 42 },
    });
    for (const { url } of sandbox.apis) expect((await ask(url)).status).toBe(200);
    await sandbox.close();
    for (const { url } of sandbox.apis) await expect(fetch(url)).rejects.toThrow();
  });

  it('says which port is taken', async () => {
    const release = await occupyPort(4103);
    await expect(start({ ports: 'fixed', providers: ['cro'] })).rejects.toThrow(
      'Port 4103 of 127.0.0.1 is in use',
    );
    release();
  });

  it('refuses to simulate what it does not know', async () => {
    await expect(start({ ports: 'free', providers: ['other'] })).rejects.toThrow('other');
  });

  it('sends the same bytes for the same seed and others for another', async () => {
    const read = async (seed: number): Promise<string[]> => {
      const sandbox = await start({ seed, ports: 'free', providers: ['elevate', 'cro'] });
      const calls = sandbox.apis.flatMap(({ url, example }) =>
        example === undefined ? [] : [ask(url + example.path, { ...example.headers })],
      );
      const answers = await Promise.all(calls);
      await sandbox.close();
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      return answers.map(({ text }) => text);
    };
    const [first, again, other] = [await read(7), await read(7), await read(8)];
    expect(again).toEqual(first);
    expect(other[0]).not.toBe(first[0]);
    expect(other[1]).not.toBe(first[1]);
  });

  it('builds a record alike whether or not others were built before it', () => {
    const late = createElevateData(createWorld(3));
    late.customers.all();
    expect(createElevateData(createWorld(3)).customers.get(400)).toEqual(late.customers.get(400));
  });
});

describe('invented world', () => {
  const world = createWorld(1);

  it('has 500 customers for each provider and 40 parties that several share', () => {
    for (const provider of providers) {
      const customers = customersOf(world, provider);
      expect(customers.map(({ id }) => id)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
      expect(new Set(customers.map(({ party }) => party.key)).size).toBe(500);
    }
    const shared = sharedParties(world);
    expect(shared.length).toBe(40);
    for (const { party, ids } of shared) {
      expect(Object.keys(ids)).toEqual([...party.providers]);
      for (const provider of party.providers)
        expect(customersOf(world, provider)[(ids[provider] ?? 0) - 1]?.party).toBe(party);
    }
  });

  it('spells a shared party differently in each system', () => {
    const harbour = sharedParties(world)[0]?.party;
    expect(harbour && spellings(harbour)).toEqual({
      elevate: 'Harbour & Sons Ltd',
      sage200: 'Harbour and Sons Limited',
      cro: 'HARBOUR & SONS',
    });
  });

  it('uses reserved mail domains and has names beyond ASCII', () => {
    const emails = world.parties.flatMap(({ people }) => people.map(({ email }) => email));
    expect(emails.filter((email) => !/^[a-z0-9.]+@example\.(com|org|net)$/.test(email))).toEqual([]);
    for (const provider of providers) {
      const names = customersOf(world, provider).map(({ party }) => spellings(party)[provider]);
      expect(names.some((name) => /\P{ASCII}/u.test(name))).toBe(true);
    }
  });
});

describe('records', () => {
  const world = createWorld(1);

  it('are what the schema of Elevate says', async () => {
    const schema = await readSchema('elevate');
    const { customers, sites } = createElevateData(world);
    const { contractOwners, subBrands, commissionAgents } = createElevateAccounts(world);
    expect(findFaults(schema, 'Customer', customers.all())).toEqual([]);
    expect(findFaults(schema, 'Site', sites.all())).toEqual([]);
    const invoiceDetails = sites.all().map(({ siteInvoiceDetails }) => siteInvoiceDetails);
    expect(findFaults(schema, 'Invoicing', invoiceDetails)).toEqual([]);
    const addresses = sites.all().map(({ siteAddress }) => siteAddress);
    expect(findFaults(schema, 'Address', addresses)).toEqual([]);
    const contacts = customers.all().flatMap(({ customerContacts }) => customerContacts);
    expect(findFaults(schema, 'Contact', contacts)).toEqual([]);
    expect(findFaults(schema, 'ContractOwner', contractOwners)).toEqual([]);
    expect(findFaults(schema, 'ContractOwnerSubBrand', subBrands)).toEqual([]);
    expect(findFaults(schema, 'CommissionAgent', commissionAgents)).toEqual([]);
    expect(findFaults(schema, 'BillingCycle', billingCycles)).toEqual([]);
    expect(findFaults(schema, 'TripwirePlan', tripwirePlans)).toEqual([]);
  });

  it('are what the schema of CRO says', async () => {
    const schema = await readSchema('cro');
    const customers = createCroData(world).customers.all();
    const branches = createCroBranches(world);
    expect(findFaults(schema, 'Customer', customers)).toEqual([]);
    const addresses = customers.flatMap(({ addresses }) => addresses);
    expect(findFaults(schema, 'Address', addresses)).toEqual([]);
    const contacts = customers.flatMap(({ contacts }) => contacts);
    expect(findFaults(schema, 'Contact', contacts)).toEqual([]);
    const locations = customers.flatMap(({ locations }) => locations);
    expect(findFaults(schema, 'CustomerLocation', locations)).toEqual([]);
    const yards = branches.map(({ location }) => location);
    expect(findFaults(schema, 'Location', yards)).toEqual([]);
    // Documented as a string, sent as a number.
    const users = branches.flatMap((branch) => branch.users);
    expect(findFaults(schema, 'User', users)).toEqual([]);
  });

  it('leave nothing out in customer 1', () => {
    const { sites: _sites, ...customer } = readObject(createElevateData(world).customers.get(1));
    expect(Object.entries(customer).filter(([, value]) => value === null || value === '')).toEqual([]);
    expect(
      Object.entries(readObject(createCroData(world).customers.get(1))).filter(([, value]) => value === null),
    ).toEqual([]);
  });
});
