import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestProduct, type QueryResult, type TestProduct } from '../support/product.ts';
import { startRecordedSandbox, type RecordedApi } from '../support/sources.ts';

const types = { elevate: 'ElevateCustomer', sage200: 'Sage200Customer', cro: 'CroCustomer' } as const;
const names = ['elevate', 'sage200', 'cro'] as const;

interface Reference {
  readonly __typename: string;
  readonly id?: unknown;
}

const entitiesQuery = `
  query ($representations: [_Any!]!) {
    _entities(representations: $representations) {
      __typename
      ... on Customer { id name }
      ... on ElevateSite { id name }
      ... on CroLocation { id name }
    }
  }
`;

/** References to customers 1 to `count` of each source in turn. */
function referToCustomers(count: number): (Reference & { readonly id: string })[] {
  return Array.from({ length: count }, (_, index) => {
    const source = names[index % names.length] ?? 'elevate';
    return { __typename: types[source], id: `${source}:${Math.floor(index / names.length) + 1}` };
  });
}

let apis: Readonly<Record<(typeof names)[number], RecordedApi>>;
let product: TestProduct;

beforeAll(async () => {
  apis = await startRecordedSandbox();
  const sources = {
    elevate: apis.elevate.source,
    sage200: apis.sage200.source,
    cro: apis.cro.source,
  };
  // Two of three references take a call each.
  product = await startTestProduct(sources, undefined, { server: { maxUpstreamCalls: 1_000 } });
});

afterAll(async () => {
  await product.close();
  await Promise.all(names.map((name) => apis[name].close()));
});

function forgetCalls(): void {
  for (const name of names) apis[name].calls.length = 0;
}

function listCalls(): string[] {
  return names.flatMap((name) => apis[name].calls).toSorted();
}

function askFor(representations: readonly unknown[], of: TestProduct = product): Promise<QueryResult> {
  return of.query(entitiesQuery, { variables: { representations } });
}

function describeErrors({ errors }: QueryResult): unknown[] {
  return errors
    .map(({ path, extensions }) => ({ path, code: extensions['code'], source: extensions['source'] }))
    .toSorted((a, b) => Number(a.path?.[1]) - Number(b.path?.[1]));
}

describe('1,000 references', () => {
  const references = referToCustomers(1_000);

  beforeEach(forgetCalls);

  it('are resolved in their order, with one call per customer of Elevate and CRO, one per 20 of Sage 200', async () => {
    const { data, errors } = await askFor(references);
    expect(errors).toEqual([]);
    expect(data['_entities']).toEqual(
      references.map(({ __typename, id }) => ({ __typename, id, name: expect.any(String) })),
    );
    expect(names.map((name) => apis[name].calls.length)).toEqual([334, Math.ceil(333 / 20), 333]);
  });

  it('make the calls that customersByIds makes for the same customers', async () => {
    await askFor(references);
    const ofEntities = listCalls();
    forgetCalls();
    const pages = [0, 200, 400, 600, 800].map((start) =>
      references.slice(start, start + 200).map(({ id }) => id),
    );
    const fields = pages.map(
      (ids, index) => `f${index}: customersByIds(ids: ${JSON.stringify(ids)}) { id name }`,
    );
    await product.query(`{ ${fields.join('\n')} }`);
    expect(listCalls()).toEqual(ofEntities);
  });

  it('make no more calls when each is there twice, by its type and by the interface', async () => {
    const some = referToCustomers(120);
    const { data } = await askFor([...some, ...some.map(({ id }) => ({ __typename: 'Customer', id }))]);
    const expected = some.map(({ __typename, id }) => ({ __typename, id, name: expect.any(String) }));
    expect(data['_entities']).toEqual([...expected, ...expected]);
    expect(names.map((name) => apis[name].calls.length)).toEqual([40, 2, 40]);
  });

  it('fit the limit of a request', async () => {
    const body = JSON.stringify({ query: entitiesQuery, variables: { representations: references } });
    expect(body.length).toBeLessThan(64 * 1_024);
  });
});

describe('a reference', () => {
  it.each(names)('to a Customer of %s gets the type that it has', async (source) => {
    const { data, errors } = await askFor([{ __typename: 'Customer', id: `${source}:1` }]);
    expect({ data, errors }).toEqual({
      data: { _entities: [{ __typename: types[source], id: `${source}:1`, name: expect.any(String) }] },
      errors: [],
    });
  });

  it.each([
    ['ElevateSite', 'elevate:site:1'],
    ['CroLocation', 'cro:location:1'],
  ])('to a %s is resolved', async (__typename, id) => {
    const { data, errors } = await askFor([{ __typename, id }]);
    expect({ data, errors }).toEqual({
      data: { _entities: [{ __typename, id, name: expect.any(String) }] },
      errors: [],
    });
  });

  it.each([
    ['a customer', 'Customer', 'elevate:999999'],
    ['a customer of its type', 'Sage200Customer', 'sage200:999999'],
    ['a site', 'ElevateSite', 'elevate:site:999999'],
  ])('to %s that does not exist is null, without an error', async (_what, __typename, id) => {
    expect(await askFor([{ __typename, id }])).toMatchObject({ data: { _entities: [null] }, errors: [] });
  });

  it('may come with fields of other subgraphs', async () => {
    const { data } = await askFor([
      { __typename: 'Customer', id: 'cro:1', loyalty: { points: 7 }, name: 'somebody else' },
    ]);
    expect(data['_entities']).toEqual([
      { __typename: 'CroCustomer', id: 'cro:1', name: expect.not.stringContaining('somebody') },
    ]);
  });
});

describe('one bad reference costs one entry', () => {
  const good = referToCustomers(6);

  beforeEach(forgetCalls);

  it.each<[string, unknown, string]>([
    [
      'a malformed id',
      { __typename: 'ElevateCustomer', id: 'elevate:1/../2' },
      '"elevate:1/../2" is not an id of this graph',
    ],
    ['a malformed id of the interface', { __typename: 'Customer', id: '' }, '"" is not an id of this graph'],
    ['no id', { __typename: 'Customer' }, 'has nothing as id'],
    ['an id that is no text', { __typename: 'Customer', id: 7 }, 'has "7" as id'],
    ['an id that is null', { __typename: 'CroCustomer', id: null }, 'has "null" as id'],
    [
      'the id of another provider',
      { __typename: 'CroCustomer', id: 'sage200:1' },
      'is the id of type Sage200Customer',
    ],
    [
      'the id of a site',
      { __typename: 'ElevateCustomer', id: 'elevate:site:1' },
      'is the id of type ElevateSite',
    ],
    [
      'the id of a customer',
      { __typename: 'ElevateSite', id: 'elevate:1' },
      'is the id of type ElevateCustomer',
    ],
    [
      'the id of a location for a customer',
      { __typename: 'Customer', id: 'cro:location:1' },
      'expected the id of a customer',
    ],
    [
      'a kind that cannot be fetched',
      { __typename: 'ElevateSite', id: 'elevate:address:1' },
      'is of kind "address"',
    ],
    [
      'a kind by the name of a property',
      { __typename: 'ElevateSite', id: 'elevate:constructor:1' },
      'is of kind "constructor"',
    ],
    [
      'a source that is not configured',
      { __typename: 'Customer', id: 'sage-uk:1' },
      'names the source "sage-uk"',
    ],
    ['a type of another subgraph', { __typename: 'Product', id: 'elevate:1' }, 'has "Product" as __typename'],
    ['a type that is no entity', { __typename: 'PageInfo', id: 'elevate:1' }, 'has "PageInfo" as __typename'],
    ['no type', { id: 'elevate:1' }, 'has nothing as __typename'],
    ['a text', 'elevate:1', 'has nothing as __typename'],
    ['a list', ['elevate:1'], 'has nothing as __typename'],
  ])('%s', async (_what, bad, message) => {
    const result = await askFor([...good.slice(0, 3), bad, ...good.slice(3)]);
    const expected = good.map(({ __typename, id }) => ({ __typename, id, name: expect.any(String) }));
    expect(result.data['_entities']).toEqual([...expected.slice(0, 3), null, ...expected.slice(3)]);
    expect(describeErrors(result)).toEqual([
      { path: ['_entities', 3], code: 'BAD_USER_INPUT', source: undefined },
    ]);
    expect(result.errors[0]?.message).toContain(message);
    // Nothing is fetched for it either.
    expect(names.map((name) => apis[name].calls.length)).toEqual([2, 1, 2]);
  });
});

describe('a source that is down', () => {
  it('costs its own entries and no others', async () => {
    const own = await startRecordedSandbox();
    const ownProduct = await startTestProduct({
      elevate: own.elevate.source,
      sage200: own.sage200.source,
      cro: own.cro.source,
    });
    await own.sage200.close();
    const references = [...referToCustomers(30), { __typename: 'Customer', id: 'sage200:1' }];
    const result = await askFor(references, ownProduct);
    await ownProduct.close();
    await Promise.all([own.elevate.close(), own.cro.close()]);

    const isDown = ({ id }: Reference) => String(id).startsWith('sage200:');
    const found = references.map((reference) => ({ ...reference, name: expect.any(String) }));
    expect(result.status).toBe(200);
    expect(result.data['_entities']).toEqual(found.map((entity) => (isDown(entity) ? null : entity)));
    expect(describeErrors(result)).toEqual(
      references.flatMap((reference, index) =>
        isDown(reference)
          ? [{ path: ['_entities', index], code: 'UPSTREAM_UNAVAILABLE', source: 'sage200' }]
          : [],
      ),
    );
  });
});

describe('with auth mode jwt', () => {
  it.each([
    ['_entities', entitiesQuery],
    ['_service', '{ _service { sdl } }'],
  ])('%s is refused without a token, and nothing is fetched', async (_field, query) => {
    forgetCalls();
    const guarded = await startTestProduct({ elevate: apis.elevate.source }, undefined, {
      auth: {
        mode: 'jwt',
        issuer: 'https://id.example.com/',
        audience: 'customer-graph',
        jwksUrl: 'http://127.0.0.1:9/jwks.json',
      },
    });
    const result = await guarded.query(query, {
      variables: { representations: [{ __typename: 'Customer', id: 'elevate:1' }] },
    });
    await guarded.close();
    expect(result.status).toBe(401);
    expect(result.data).toBeUndefined();
    expect(result.errors.map(({ extensions }) => extensions['code'])).toEqual(['UNAUTHENTICATED']);
    expect(listCalls()).toEqual([]);
  });
});
