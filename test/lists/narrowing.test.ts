import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createWorld, customersOf, spellings } from '../../src/sandbox/world/index.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startRecordedSandbox, type RecordedApi } from '../support/sources.ts';
import { readPage, walk } from './support/list-page.ts';
import { apiNames, type ApiName } from './support/listed-apis.ts';

const world = createWorld(1);

let sandbox: Record<ApiName, RecordedApi>;
let product: TestProduct;
/** All customers of the three sources, each read by itself from the whole list. */
let all: readonly z.output<typeof customerForm>[];

const customerForm = z.object({
  id: z.string(),
  source: z.object({ name: z.enum(apiNames) }),
  references: z.array(z.string()),
  updatedAt: z.string(),
  isActive: z.boolean().nullable(),
});

beforeAll(async () => {
  sandbox = await startRecordedSandbox();
  product = await startTestProduct({
    elevate: sandbox.elevate.source,
    sage200: sandbox.sage200.source,
    cro: { ...sandbox.cro.source, timeZone: 'America/Los_Angeles' },
  });
  all = await readAll();
}, 60_000);

afterAll(async () => {
  await product.close();
  await Promise.all(Object.values(sandbox).map((api) => api.close()));
});

/** Every 5th customer: enough to hold every kind. */
async function readAll(): Promise<z.output<typeof customerForm>[]> {
  const ids = apiNames.flatMap((name) =>
    Array.from({ length: 100 }, (_, index) => `${name}:${index * 5 + 1}`),
  );
  const answers = await Promise.all(
    [ids.slice(0, 150), ids.slice(150)].map((part) =>
      product.query(
        'query ($ids: [ID!]!) { customersByIds(ids: $ids) { id source { name } references updatedAt isActive } }',
        {
          variables: { ids: part },
        },
      ),
    ),
  );
  return answers.flatMap(({ data }) => z.array(customerForm).parse(data['customersByIds']));
}

async function listIds(filter: Record<string, unknown>): Promise<ReadonlySet<string>> {
  const pages = await walk(product, { first: 100, filter });
  expect(pages.flatMap(({ errors }) => errors)).toEqual([]);
  return new Set(pages.flatMap(({ ids }) => ids));
}

describe('the sandbox is narrowed', () => {
  it.each(['harbour', 'Sons', ' & ', 'ROOFING', 'Zoë', '’', 'Ltd'])(
    'by the name %j to those whose name has it',
    async (name) => {
      const part = name.trim().toLowerCase();
      const expected = apiNames.flatMap((provider) =>
        customersOf(world, provider)
          .filter(({ party }) => spellings(party)[provider].toLowerCase().includes(part))
          .map(({ id }) => `${provider}:${id}`),
      );
      expect([...(await listIds({ name }))].toSorted()).toEqual(expected.toSorted());
    },
  );

  it.each([
    "O'Brien",
    "'",
    "''",
    '%',
    '_',
    '\\',
    '(',
    '")',
    'in:a,b',
    'like:a',
    '1 eq 1',
    "') or ('1' eq '1",
  ])('by the name %j, which nobody has, to nobody', async (name) => {
    expect(await readPage(product, { filter: { name } })).toMatchObject({ ids: [], errors: [] });
  });

  it('by each customer’s reference to that customer', async () => {
    for (const { id, source, references } of all
      .filter((customer) => customer.source.name !== 'cro')
      .slice(0, 120)) {
      const { ids } = await readPage(product, {
        filter: { reference: references[0], sources: [source.name] },
      });
      expect(ids).toEqual([id]);
    }
  }, 60_000);

  it.each(apiNames)(
    'by updatedSince to those of %s that were changed then or later',
    async (name) => {
      const customers = all.filter(({ source }) => source.name === name);
      const timeOf = ({ updatedAt }: { updatedAt: string }) => Date.parse(updatedAt);
      for (const { updatedAt } of customers.filter((_customer, index) => index % 20 === 0)) {
        const listed = await listIds({ sources: [name], updatedSince: updatedAt });
        const expected = customers.filter((customer) => timeOf(customer) >= Date.parse(updatedAt));
        expect(customers.filter(({ id }) => listed.has(id)).map(({ id }) => id)).toEqual(
          expected.map(({ id }) => id),
        );
      }
    },
    60_000,
  );

  it.each(['sage200', 'cro'] as const)(
    'by activeOnly to those of %s with which business is done',
    async (name) => {
      const listed = await listIds({ sources: [name], activeOnly: true });
      const customers = all.filter(({ source }) => source.name === name);
      expect(customers.filter(({ id }) => listed.has(id)).map(({ id }) => id)).toEqual(
        customers.filter(({ isActive }) => isActive === true).map(({ id }) => id),
      );
      expect(listed.size).toBeLessThan(500);
    },
  );
});
