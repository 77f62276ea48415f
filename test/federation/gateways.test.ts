import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { z } from 'zod';
import type { QueryError } from '../support/product.ts';
import { startRecordedSandbox, type RecordedApi } from '../support/sources.ts';
import { startFederation, type Federation } from './support/federation.ts';
import { gateways } from './support/gateways.ts';

const types = { elevate: 'ElevateCustomer', sage200: 'Sage200Customer', cro: 'CroCustomer' } as const;
const sourceNames = ['elevate', 'sage200', 'cro'] as const;
type SourceName = (typeof sourceNames)[number];

const customer = z.object({ __typename: z.string(), id: z.string(), name: z.string().nullable() });
const answers = {
  customersByIds: z.object({
    customersByIds: z.array(z.object({ id: z.string(), name: z.string() }).nullable()),
  }),
  references: z.object({ references: z.array(z.object({ customer: customer.nullable() })) }),
  members: z.object({
    loyaltyMembers: z.array(
      z.object({ customer: z.looseObject({ loyalty: z.object({ tier: z.string() }) }) }),
    ),
  }),
};

const referencesQuery = 'query ($ids: [ID!]!) { references(ids: $ids) { customer { __typename id name } } }';

/** Ids of customers of each source in turn. */
function listIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${sourceOf(index)}:${Math.floor(index / 3) + 1}`);
}

function sourceOf(index: number): SourceName {
  return sourceNames[index % 3] ?? 'elevate';
}

/** The ids of customers that were found, by their place. Gateways differ in what they say of others. */
function listFound(data: unknown): (string | null)[] {
  return answers.references
    .parse(data)
    .references.map(({ customer }) => (typeof customer?.name === 'string' ? customer.id : null));
}

/** Failures without what is said of them in words, and what gateways add. */
function describeErrors(errors: readonly QueryError[]) {
  return errors
    .map(
      ({ path = [], extensions: { requestId: _requestId, serviceName: _serviceName, ...extensions } }) => ({
        path,
        extensions,
      }),
    )
    .toSorted((a, b) => Number(a.path[1]) - Number(b.path[1]));
}

type Apis = Readonly<Record<SourceName, RecordedApi>>;

function sourcesOf({ elevate, sage200, cro }: Apis) {
  return { elevate: elevate.source, sage200: sage200.source, cro: cro.source };
}

for (const gateway of gateways) {
  describe(`behind ${gateway.name}`, () => {
    let apis: Apis;
    let federation: Federation;

    before(async () => {
      apis = await startRecordedSandbox();
      // 1,000 references take more calls than an operation may make by default.
      const settings = { server: { maxUpstreamCalls: 1_000 } };
      federation = await startFederation(gateway, sourcesOf(apis), { settings });
    });

    beforeEach(() => {
      for (const name of sourceNames) apis[name].calls.length = 0;
    });

    after(async () => {
      await federation.close();
      await Promise.all(sourceNames.map((name) => apis[name].close()));
    });

    test('customers have what another subgraph adds to all of them', async () => {
      const { data, errors } = await federation.query(`{
        customersByIds(ids: ["elevate:1", "sage200:2", "cro:400"]) { __typename id loyalty { points tier since } }
      }`);
      assert.deepEqual(errors, []);
      assert.deepEqual(data['customersByIds'], [
        {
          __typename: 'ElevateCustomer',
          id: 'elevate:1',
          loyalty: { points: 7_420, tier: 'GOLD', since: '2019-03-01' },
        },
        {
          __typename: 'Sage200Customer',
          id: 'sage200:2',
          loyalty: { points: 990, tier: 'BRONZE', since: '2023-01-23' },
        },
        { __typename: 'CroCustomer', id: 'cro:400', loyalty: null },
      ]);
    });

    test('customers that another subgraph refers to have their types, and what belongs to them', async () => {
      const { data, errors } = await federation.query(`{
        loyaltyMembers(first: 3) {
          customer {
            __typename
            id
            name
            loyalty { tier }
            ... on ElevateCustomer { sites { id } }
            ... on Sage200Customer { currency { name } }
            ... on CroCustomer { locations { location { id } } }
          }
        }
      }`);
      assert.deepEqual(errors, []);
      const customers = answers.members.parse(data).loyaltyMembers.map(({ customer }) => customer);
      assert.deepEqual(
        customers.map(({ __typename, id, loyalty, ...others }) => ({
          __typename,
          id,
          ...loyalty,
          others: Object.keys(others).toSorted(),
        })),
        [
          { __typename: 'ElevateCustomer', id: 'elevate:1', tier: 'GOLD', others: ['name', 'sites'] },
          { __typename: 'Sage200Customer', id: 'sage200:1', tier: 'GOLD', others: ['currency', 'name'] },
          { __typename: 'CroCustomer', id: 'cro:1', tier: 'SILVER', others: ['locations', 'name'] },
        ],
      );
    });

    test('1,000 references are one operation, and as many REST calls as for customersByIds', async () => {
      const ids = listIds(1_000);
      const operationsBefore = await federation.countOperations();
      const { data, errors } = await federation.query(referencesQuery, { variables: { ids } });
      assert.deepEqual(errors, []);
      assert.deepEqual(listFound(data), ids);
      assert.deepEqual(
        answers.references.parse(data).references.map(({ customer }) => customer?.__typename),
        ids.map((_id, index) => types[sourceOf(index)]),
      );
      const operations = (await federation.countOperations()) - operationsBefore;
      const calls = sourceNames.map((name) => apis[name].calls.length);
      assert.deepEqual({ operations, calls }, { operations: 1, calls: [334, Math.ceil(333 / 20), 333] });
    });

    test('one bad reference costs one entry', async () => {
      const ids = [
        'elevate:1',
        'elevate:1/../2',
        'sage200:1',
        'sage-uk:1',
        'cro:location:1',
        'cro:1',
        'cro:999999',
      ];
      const { data, errors } = await federation.query(referencesQuery, { variables: { ids } });
      assert.deepEqual(listFound(data), ['elevate:1', null, 'sage200:1', null, null, 'cro:1', null]);
      assert.deepEqual(
        describeErrors(errors),
        [1, 3, 4].map((index) => ({
          path: ['references', index, 'customer'],
          extensions: { code: 'BAD_USER_INPUT' },
        })),
      );
    });

    test('a provider that is down costs its own customers, and says so', async () => {
      const own = await startRecordedSandbox();
      const ownFederation = await startFederation(gateway, sourcesOf(own));
      await own.sage200.close();
      const ids = listIds(9);
      const asked = await ownFederation.query(
        'query ($ids: [ID!]!) { customersByIds(ids: $ids) { id name } }',
        { variables: { ids } },
      );
      const referred = await ownFederation.query(referencesQuery, { variables: { ids } });
      await ownFederation.close();
      await Promise.all([own.elevate.close(), own.cro.close()]);

      const found = ids.map((id) => (id.startsWith('sage200:') ? null : id));
      const extensions = {
        code: 'UPSTREAM_UNAVAILABLE',
        source: 'sage200',
        provider: 'sage200',
        retryable: true,
      };
      const expectErrors = ({ errors }: typeof asked, pathOf: (index: number) => unknown[]) =>
        assert.deepEqual(
          describeErrors(errors),
          [1, 4, 7].map((index) => ({ path: pathOf(index), extensions })),
        );
      assert.deepEqual(
        answers.customersByIds.parse(asked.data).customersByIds.map((customer) => customer?.id ?? null),
        found,
      );
      expectErrors(asked, (index) => ['customersByIds', index]);
      assert.deepEqual(listFound(referred.data), found);
      expectErrors(referred, (index) => ['references', index, 'customer']);
    });
  });
}
