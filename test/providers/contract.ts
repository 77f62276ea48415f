import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery, buildClientSchema, type GraphQLSchema } from 'graphql';
import type { Provider } from '../../src/providers/provider.ts';
import { discoverApis } from '../../src/sandbox/discover.ts';
import type { SandboxApi } from '../../src/sandbox/sandbox-api.ts';
import {
  startTestProduct,
  type QueryResult,
  type SourceEntry,
  type TestProduct,
} from '../support/product.ts';
import { startRecordedApi, type RecordedApi } from '../support/sources.ts';
import { collectObjects, selectFields } from './selections.ts';

/** The source under test is not named like its provider: nothing may rest on that. */
const source = 'first-one';

/** More customers than a simulated API has. */
const nobody = 999_999_999;

/**
 * What every provider must do, tried on its simulated API through the whole product by real HTTP.
 *
 * @param registryName the provider's key in the registry
 */
export function describeProviderContract(registryName: string, provider: Provider): void {
  describe(`provider ${registryName}`, () => {
    it('has the name of its entry, and what people see', () => {
      expect(provider.name).toBe(registryName);
      expect(provider.title).not.toBe('');
    });

    describe.each(['undici', 'fetch'])('with transport %s', (transport) => {
      describeData(provider, transport);
      describeFailures(provider, transport);
    });
  });
}

interface Bench {
  readonly api: RecordedApi;
  /** The native id of the simulated API's n-th customer. */
  readonly nativeId: (n: number) => string;
  readonly product: TestProduct;
  readonly schema: GraphQLSchema;
  close(): Promise<void>;
}

async function startBench(provider: Provider, more: Record<string, unknown>): Promise<Bench> {
  const simulated = await findApi(provider.name);
  const api = await startRecordedApi(simulated);
  const entry: SourceEntry = { ...api.source, ...more };
  const product = await startTestProduct(
    { [source]: entry, 'second-one': entry },
    { [provider.name]: provider },
  );
  const { text } = await product.query(getIntrospectionQuery());
  return {
    api,
    nativeId: simulated.nativeId ?? String,
    product,
    schema: buildClientSchema(JSON.parse(text).data),
    async close() {
      await product.close();
      await api.close();
    },
  };
}

async function findApi(providerName: string): Promise<SandboxApi> {
  const api = (await discoverApis()).find((candidate) => candidate.provider === providerName);
  if (api === undefined) throw new TypeError(`src/sandbox/providers/ has no API of ${providerName}`);
  return api;
}

function describeData(provider: Provider, transport: string): void {
  let bench: Bench;

  beforeAll(async () => {
    bench = await startBench(provider, { transport });
  });
  afterAll(() => bench.close());
  beforeEach(() => void bench.api.calls.splice(0));

  const ask = (query: string, variables = {}) => bench.product.query(query, { variables });
  const idOf = (n: number, of = source) => `${of}:${bench.nativeId(n)}`;

  it('gives a customer by its id', async () => {
    const { data, errors } = await ask(
      `{ customer(id: "${idOf(1)}") { __typename id nativeId name source { name provider title isSimulated } } }`,
    );
    expect(errors).toEqual([]);
    expect(data['customer']).toEqual({
      __typename: provider.customerType,
      id: idOf(1),
      nativeId: bench.nativeId(1),
      name: expect.stringMatching(/./),
      source: { name: source, provider: provider.name, title: provider.title, isSimulated: true },
    });
  });

  it('gives null, and no error, for a customer that does not exist', async () => {
    const { data, errors } = await ask(`{ customer(id: "${idOf(nobody)}") { name } }`);
    expect({ data, errors }).toEqual({ data: { customer: null }, errors: [] });
  });

  it('is not called for an id that cannot be one', async () => {
    const ids = [
      '',
      '0',
      '01',
      '-1',
      '1.0',
      '1e3',
      '1/../2',
      '1?x=1',
      '9'.repeat(20),
      'x',
      'é',
      'x'.repeat(65),
    ].map((id) => `${source}:${id}`);
    const { data, errors } = await ask('query ($ids: [ID!]!) { customersByIds(ids: $ids) { name } }', {
      ids,
    });
    expect(data['customersByIds']).toEqual(ids.map(() => null));
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(ids.map(() => 'BAD_USER_INPUT'));
    expect(bench.api.calls).toEqual([]);
  });

  it('gives many customers, each at the place of its id', async () => {
    const numbers = [3, 1, nobody, 2, 3, 1];
    const { data, errors } = await ask(
      'query ($ids: [ID!]!) { customersByIds(ids: $ids) { nativeId name } }',
      {
        ids: numbers.map((n) => idOf(n)),
      },
    );
    expect(errors).toEqual([]);
    const found: unknown[] = numbers.map((n) => ({ nativeId: bench.nativeId(n), name: expect.any(String) }));
    expect(data['customersByIds']).toEqual(found.with(numbers.indexOf(nobody), null));
  });

  it('loads as many customers with one call as it says', async () => {
    const { customersPerCall } = provider.capabilities;
    const count = customersPerCall * 2 + 1;
    const ids = Array.from({ length: count }, (_, index) => idOf(index + 1));
    const { errors } = await ask('query ($ids: [ID!]!) { customersByIds(ids: $ids) { name } }', { ids });
    expect(errors).toEqual([]);
    expect(bench.api.calls).toHaveLength(Math.ceil(count / customersPerCall));
  });

  it('keeps the customers of two sources apart', async () => {
    const { data } = await ask(
      `{ one: customer(id: "${idOf(1)}") { id } two: customer(id: "${idOf(1, 'second-one')}") { id } }`,
    );
    expect(data).toEqual({ one: { id: idOf(1) }, two: { id: idOf(1, 'second-one') } });
  });

  it('fills every field that all customers have', async () => {
    const fields = selectFields(bench.schema, 'Customer', { depth: 3 });
    const { data, errors } = await ask(`{ customersByIds(ids: ["${idOf(1)}", "${idOf(2)}"]) ${fields} }`);
    expect(errors).toEqual([]);
    expect(data['customersByIds']).toEqual([expect.any(Object), expect.any(Object)]);
  });

  for (const [kind, type] of Object.entries(provider.nodeTypes)) {
    it(`finds a record of kind ${kind} again by its global id`, async () => {
      const fields = selectFields(bench.schema, provider.customerType, { depth: 3, only: ['id'] });
      const { data, errors } = await ask(
        `{ customer(id: "${idOf(1)}") { ... on ${provider.customerType} ${fields} } }`,
      );
      expect(errors).toEqual([]);
      const id = collectObjects(data).find((object) => object['__typename'] === type)?.['id'];
      expect(id).toMatch(new RegExp(`^${source}:${kind}:[A-Za-z0-9_-]{1,64}$`));
      const again = await ask('query ($id: ID!) { node(id: $id) { __typename id } }', { id });
      expect({ data: again.data, errors: again.errors }).toEqual({
        data: { node: { __typename: type, id } },
        errors: [],
      });
    });
  }

  it('finds a customer as a node', async () => {
    const { data, errors } = await ask(`{ node(id: "${idOf(1)}") { __typename id } }`);
    expect({ data, errors }).toEqual({
      data: { node: { __typename: provider.customerType, id: idOf(1) } },
      errors: [],
    });
  });

  it('lists its customers in a steady order, if it lists them', async () => {
    const { data } = await ask(
      '{ sources { capabilities { isListable } } customers(first: 5) { nodes { id } } }',
    );
    const capabilities = collectObjects(data).find((object) => 'isListable' in object);
    if (capabilities?.['isListable'] !== true) return;
    const again = await ask('{ customers(first: 5) { nodes { id } } }');
    expect(collectObjects(again.data)).toEqual(collectObjects({ customers: data['customers'] }));
  });
}

function describeFailures(provider: Provider, transport: string): void {
  const askOnce = async (
    more: Record<string, unknown>,
    prepare: (bench: Bench) => Promise<void> = async () => {},
  ): Promise<QueryResult> => {
    const bench = await startBench(provider, { transport, ...more });
    await prepare(bench);
    const answer = await bench.product.query(`{ customer(id: "${source}:${bench.nativeId(1)}") { name } }`);
    await bench.close();
    return answer;
  };

  it('tells of credentials that are refused', async () => {
    // Refused by its form too: a simulated API need not know the tokens it takes.
    const { status, data, errors, text } = await askOnce({ auth: { type: 'bearer', token: '!wrong!' } });
    expect({ status, data }).toEqual({ status: 200, data: { customer: null } });
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['customer'],
        extensions: expect.objectContaining({
          code: 'UPSTREAM_UNAUTHORIZED',
          source,
          provider: provider.name,
          retryable: false,
        }),
      }),
    ]);
    expect(text).not.toMatch(/!wrong!|127\.0\.0\.1|stack/);
  });

  it('tells of an API that has stopped', async () => {
    const { status, data, errors, text } = await askOnce({}, ({ api }) => api.close());
    expect({ status, data }).toEqual({ status: 200, data: { customer: null } });
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['customer'],
        extensions: expect.objectContaining({
          code: 'UPSTREAM_UNAVAILABLE',
          source,
          provider: provider.name,
          retryable: true,
        }),
      }),
    ]);
    expect(text).not.toMatch(/ECONN|127\.0\.0\.1|stack/);
  });
}
