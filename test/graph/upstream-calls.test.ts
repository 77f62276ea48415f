import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { answerEveryCustomer } from './support/endless-apis.ts';
import { createEntries } from './support/stub-graph.ts';

const paths = { elevate: '/v1', sage200: '/sage', cro: '/cro' } as const;
const providers = ['elevate', 'sage200', 'cro'] as const;

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function filterOf(ids: readonly number[]): string {
  return `GET /sage/customers?$filter=${ids.map((id) => `id eq ${id}`).join(' or ')}`;
}

describe.each(['undici', 'fetch'])('REST calls over %s', (transport) => {
  let stub: RecordingServer;
  let product: TestProduct;

  beforeAll(async () => {
    stub = await startStubServer(answerEveryCustomer);
    product = await startTestProduct(createEntries(stub.url, { transport }));
  });

  beforeEach(() => {
    stub.calls.length = 0;
  });

  afterAll(async () => {
    await product.close();
    await stub.close();
  });

  it.each(providers)('one for a customer of %s', async (provider) => {
    const { data } = await product.query(`{ customer(id: "${provider}:7") { name } }`);
    expect(data).toEqual({ customer: { name: `${provider} 7` } });
    expect(stub.calls).toEqual([`GET ${paths[provider]}/customers/7`]);
  });

  it.each(providers)('one where nothing but ids and __typename is selected of %s', async (provider) => {
    await product.query(`{ customer(id: "${provider}:7") { __typename id nativeId source { name } } }`);
    expect(stub.calls).toEqual([`GET ${paths[provider]}/customers/7`]);
  });

  it.each(providers)('none for sources and for a query of no customer, beside %s', async (provider) => {
    const { data } = await product.query(
      `query ($on: Boolean!) { sources { name } customer(id: "${provider}:7") @include(if: $on) { name } }`,
      { variables: { on: false } },
    );
    expect(data).toEqual({ sources: providers.map((name) => ({ name })) });
    expect(stub.calls).toEqual([]);
  });

  it.each(providers)('one for a customer of %s that an operation asks for in many ways', async (provider) => {
    const id = `${provider}:7`;
    const query = `
      query ($id: ID!, $ids: [ID!]!) {
        a: customer(id: $id) { name }
        b: customer(id: "${id}") { name isActive }
        c: customer(id: $id) { ...Named ... on Customer { references } }
        d: customer(id: $id) { ... { ...Named } }
        e: customer(id: $id) { createdAt }
        f: node(id: $id) { __typename ... on Customer { name } ...Named }
        g: customersByIds(ids: $ids) { ...Named nativeId }
      }
      fragment Named on Customer { id name }
    `;
    const { errors, data } = await product.query(query, { variables: { id, ids: [id, id] } });
    expect(errors).toEqual([]);
    const named = { id, name: `${provider} 7` };
    expect(data).toMatchObject({ a: { name: named.name }, c: named, d: named, f: named, g: [named, named] });
    expect(stub.calls).toEqual([`GET ${paths[provider]}/customers/7`]);
  });

  it('20 for 20 customers of Elevate, 20 for 20 of CRO, 1 for 20 of Sage 200, however mixed and repeated', async () => {
    const rows = range(1, 20).flatMap((id) => [
      `cro:${id}`,
      `sage200:${21 - id}`,
      `elevate:${id}`,
      `sage200:${id}`,
      `cro:${21 - id}`,
    ]);
    const ids = [...rows, ...rows.toReversed()];
    const { data, errors } = await product.query(
      'query ($ids: [ID!]!) { customersByIds(ids: $ids) { name } }',
      { variables: { ids } },
    );
    expect(errors).toEqual([]);
    expect(data['customersByIds']).toEqual(ids.map((id) => ({ name: id.replace(':', ' ') })));
    const sageIds = range(1, 10).flatMap((id) => [21 - id, id]);
    const singles = range(1, 20).flatMap((id) => [`GET /v1/customers/${id}`, `GET /cro/customers/${id}`]);
    expect(stub.calls.toSorted()).toEqual([...singles, filterOf(sageIds)].toSorted());
  });

  it('3 for 41 customers of Sage 200', async () => {
    const ids = range(101, 141).map((id) => `sage200:${id}`);
    const { data } = await product.query('query ($ids: [ID!]!) { customersByIds(ids: $ids) { id } }', {
      variables: { ids },
    });
    expect(data['customersByIds']).toEqual(ids.map((id) => ({ id })));
    expect(stub.calls.toSorted()).toEqual(
      [filterOf(range(101, 120)), filterOf(range(121, 140)), 'GET /sage/customers/141'].toSorted(),
    );
  });

  it('are made anew for each operation', async () => {
    await product.query('{ customer(id: "elevate:7") { name } }');
    await product.query('{ customer(id: "elevate:7") { name } }');
    expect(stub.calls).toEqual(['GET /v1/customers/7', 'GET /v1/customers/7']);
  });
});

describe('a Sage 200 site that refuses "or" in a filter', () => {
  const query = '{ customersByIds(ids: ["sage200:3", "sage200:1", "sage200:2"]) { name } }';
  const expected = { customersByIds: [{ name: 'sage200 3' }, { name: 'sage200 1' }, { name: 'sage200 2' }] };
  const singles = ['GET /sage/customers/1', 'GET /sage/customers/2', 'GET /sage/customers/3'];
  let stub: RecordingServer;
  let product: TestProduct;

  beforeAll(async () => {
    stub = await startStubServer((url) =>
      url.searchParams.has('$filter') ? { status: 400 } : answerEveryCustomer(url),
    );
    product = await startTestProduct(createEntries(stub.url));
  });

  afterAll(async () => {
    await product.close();
    await stub.close();
  });

  it('is asked for each customer by itself', async () => {
    const { data, errors } = await product.query(query);
    expect({ data, errors }).toEqual({ data: expected, errors: [] });
    // Three calls find out whether it was the `or` that was refused.
    const probes = [`${filterOf([1, 2])}&$top=1`, `${filterOf([1, 2])}&$top=2`, 'GET /sage/customers?$top=1'];
    expect(stub.calls.toSorted()).toEqual([...singles, filterOf([3, 1, 2]), ...probes].toSorted());
  });

  it('is not tried again', async () => {
    stub.calls.length = 0;
    const { data } = await product.query(query);
    expect(data).toEqual(expected);
    expect(stub.calls.toSorted()).toEqual(singles);
  });

  it('is not tried again where objects are asked for as well', async () => {
    stub.calls.length = 0;
    const withAddresses = query.replace('name', 'name addresses { city }');
    const { data, errors } = await product.query(withAddresses);
    expect(errors).toEqual([]);
    expect(data).toEqual({
      customersByIds: expected.customersByIds.map((customer) => ({ ...customer, addresses: [] })),
    });
    expect(stub.calls.toSorted()).toEqual(singles.map((call) => `${call}?$expand=main_address`));
  });
});
