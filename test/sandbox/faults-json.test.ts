import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Fault, Sandbox } from '../../src/sandbox/index.ts';
import { idsOf, readObject, readRows } from './support/ask.ts';
import {
  apiNames,
  apiPaths,
  startTestedSandbox,
  type ApiName,
  type TestedApi,
} from './support/tested-sandbox.ts';

let sandbox: Sandbox;
let apis: Readonly<Record<ApiName, TestedApi>>;

beforeAll(async () => {
  ({ sandbox, apis } = await startTestedSandbox());
});

afterAll(async () => {
  await sandbox.close();
});

async function readText(name: ApiName, kind: 'record' | 'list' | 'below', fault?: Fault): Promise<string> {
  const { status, text } = await apis[name].get(apiPaths[name][kind], fault);
  expect(status).toBe(200);
  return text;
}

async function readRecord(name: ApiName, fault?: Fault): Promise<Record<string, unknown>> {
  return readObject(JSON.parse(await readText(name, 'record', fault)));
}

async function list(
  name: ApiName,
  kind: 'list' | 'below',
  fault?: Fault,
): Promise<Record<string, unknown>[]> {
  const document: unknown = JSON.parse(await readText(name, kind, fault));
  return readRows(Array.isArray(document) ? document : readObject(document)['results']);
}

function findChanged(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter(
    (key) => !(key in before && key in after) || JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
}

describe.each(apiNames)('faults of the records of %s', (name) => {
  it.each(['wrong-type', 'missing-fields', 'null-fields'] as const)(
    '%s changes one field of every record',
    async (fault) => {
      const truth = await readRecord(name);
      expect(findChanged(truth, await readRecord(name, { name: fault }))).toHaveLength(1);
      const rows = await list(name, 'list');
      const changed = await list(name, 'list', { name: fault });
      expect(changed.map((row, index) => findChanged(rows[index] ?? {}, row).length)).toEqual(
        rows.map(() => 1),
      );
    },
  );

  it.each([
    ['string', '12'],
    ['boolean', true],
    ['list', [12]],
    ['object', { value: 12 }],
  ] as const)('wrong-type makes a %s of the named field', async (type, value) => {
    expect(await readRecord(name, { name: 'wrong-type', fields: ['id'], type })).toEqual({
      ...(await readRecord(name)),
      id: value,
    });
  });

  it('missing-fields and null-fields take the named ones', async () => {
    const { id, ...others } = await readRecord(name);
    expect(id).toBe(12);
    expect(await readRecord(name, { name: 'missing-fields', fields: ['id'] })).toEqual(others);
    expect(await readRecord(name, { name: 'null-fields', fields: ['id'] })).toEqual({ ...others, id: null });
  });

  it('unknown-fields adds to the truth', async () => {
    const truth = await readRecord(name);
    const { unknownText, unknownRecord, unknownList, ...others } = await readRecord(name, {
      name: 'unknown-fields',
    });
    expect(others).toEqual(truth);
    expect([unknownText, unknownRecord, unknownList]).toEqual([
      'new',
      { id: 1, name: 'new' },
      expect.any(Array),
    ]);
  });

  it('duplicate-keys repeats a key with another value', async () => {
    const text = await readText(name, 'record', { name: 'duplicate-keys', fields: ['id'] });
    expect(text).toMatch(/[{,]"id":12,.*,"id":13\}$/s);
  });

  it('proto-keys are own keys of every record', async () => {
    const rows = await list(name, 'list', { name: 'proto-keys' });
    for (const row of rows)
      expect(Object.keys(row)).toEqual(expect.arrayContaining(['__proto__', 'constructor']));
  });

  it('deep-nesting is as deep as asked for', async () => {
    const text = await readText(name, 'list', { name: 'deep-nesting', depth: 3 });
    expect(text.match(/"nested":\[\[\[\]\]\]/g)).toHaveLength(1);
    expect(await readText(name, 'record', { name: 'deep-nesting' })).toContain('['.repeat(100_000));
  });

  it('numbers are written as no client likes them', async () => {
    expect(await readText(name, 'list', { name: 'nan-tokens' })).toMatch(/:(NaN|-?Infinity)[,}]/);
    expect(await readText(name, 'record', { name: 'huge-number', fields: ['id'] })).toContain('"id":1e999,');
    expect(await readText(name, 'record', { name: 'long-decimals', fields: ['id'] })).toContain(
      '"id":12345678901234567.89,',
    );
    expect(await readText(name, 'record', { name: 'big-ids' })).toContain('"id":9007199254741015,');
  });
});

describe.each(apiNames)('faults of the lists of %s', (name) => {
  it('rows-missing, rows-duplicated and rows-reordered keep the rest as it is', async () => {
    const rows = await list(name, 'list');
    expect(rows).toHaveLength(6);
    expect(await list(name, 'list', { name: 'rows-missing' })).toEqual([rows[1], rows[3], rows[5]]);
    expect(await list(name, 'list', { name: 'rows-duplicated' })).toEqual(rows.flatMap((row) => [row, row]));
    expect(await list(name, 'list', { name: 'rows-reordered' })).toEqual(rows.toReversed());
  });

  it('rows-foreign begins with a row of somebody else', async () => {
    const rows = await list(name, 'below');
    const [foreign, ...others] = await list(name, 'below', { name: 'rows-foreign' });
    expect(others).toEqual(rows);
    expect(idsOf(rows)).not.toContain(foreign?.['id']);
    expect(foreign).not.toMatchObject({ customerId: 12 });
    expect(foreign).not.toMatchObject({ customer_id: 12 });
    expect(await list(name, 'list', { name: 'rows-foreign' })).toHaveLength(7);
  });

  it('wrong-record is the true record of another customer', async () => {
    const { text } = await apis[name].get(apiPaths[name].record.replace('12', '13'));
    expect(await readText(name, 'record', { name: 'wrong-record' })).toBe(text);
    const last = apiPaths[name].record.replace('12', '500');
    const wrong = await apis[name].get(last, { name: 'wrong-record' });
    expect(JSON.parse(wrong.text)).toMatchObject({ id: 499 });
  });

  it('first-row-deleted moves all rows up by one', async () => {
    const truth = idsOf(await list(name, 'list'));
    const moved = idsOf(await list(name, 'list', { name: 'first-row-deleted' }));
    expect(moved).toEqual(truth.map((id) => Number(id) + 1));
  });

  it('pagination-loop answers the first page again', async () => {
    const { text } = await apis[name].get(
      apiPaths[name].list
        .replace('page=2', 'page=1')
        .replace('index=2', 'index=1')
        .replace('skip=6', 'skip=0'),
    );
    expect(await readText(name, 'list', { name: 'pagination-loop' })).toBe(text);
  });

  it('faults of lists leave records alone, and those of records lists', async () => {
    const record = await readText(name, 'record');
    for (const fault of [
      'rows-missing',
      'rows-duplicated',
      'rows-reordered',
      'rows-foreign',
      'first-row-deleted',
      'pagination-loop',
    ] as const)
      expect(await readText(name, 'record', { name: fault })).toBe(record);
    expect(await readText(name, 'list', { name: 'wrong-record' })).toBe(await readText(name, 'list'));
  });

  it('numbers that a fault does not touch are written as before', async () => {
    const text = await readText(name, 'list');
    const [, rest] = /^([^]*?"id":)([^]*)$/.exec(text) ?? [];
    expect(rest).toBeDefined();
    const changed = await readText(name, 'list', { name: 'unknown-fields' });
    expect(changed.replaceAll(/,"unknownText":"new".*?null,"new"\]/g, '')).toBe(text);
  });
});
