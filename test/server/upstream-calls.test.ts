import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readCounter } from '../support/metrics.ts';
import { startTestProduct, type QueryResult, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';

const transports = ['undici', 'fetch'] as const;

let api: RecordingServer;
let products: Readonly<Record<(typeof transports)[number], TestProduct>>;

/** A customer of CRO is the child of the next one; of Sage, a branch. A list has six customers. */
function answer({ pathname, searchParams }: URL): { body: unknown } {
  const id = Number(pathname.split('/').at(-1));
  if (pathname.startsWith('/sage')) {
    const ids = [...(searchParams.get('$filter') ?? '').matchAll(/id eq (\d+)/g)].map(([, found]) =>
      Number(found),
    );
    return {
      body: ids.length === 0 ? { id, name: 'Quay Ltd' } : ids.map((each) => ({ id: each, name: 'Quay Ltd' })),
    };
  }
  if (pathname.startsWith('/v1')) return { body: { id, customerName: 'Harbour Ltd' } };
  if (Number.isNaN(id)) {
    const rows = Array.from({ length: 6 }, (_, index) => ({ id: index + 1, parent_id: 100 + index }));
    return { body: { results: rows, total_count: 6 } };
  }
  return { body: { id, name: 'Dock Ltd', parent_id: id + 1 } };
}

beforeAll(async () => {
  api = await startStubServer(answer);
  const start = (transport: string) =>
    startTestProduct(
      {
        elevate: entryFor.elevate(api.url, { transport }),
        sage200: entryFor.sage200(api.url, { transport }),
        cro: entryFor.cro(api.url, { transport }),
      },
      undefined,
      { server: { maxUpstreamCalls: 5 } },
    );
  products = { undici: await start('undici'), fetch: await start('fetch') };
});

beforeEach(() => {
  api.calls.length = 0;
});

afterAll(async () => {
  await Promise.all(transports.map((transport) => products[transport].close()));
  await api.close();
});

function idsOf(source: string, count: number, first = 1): string[] {
  return Array.from({ length: count }, (_, index) => `${source}:${index + first}`);
}

const list = (ids: readonly string[]) => JSON.stringify(ids);

function references(ids: readonly string[], type = 'Customer'): object[] {
  return ids.map((id) => ({ __typename: type, id }));
}

const entities = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { name } } }';

function summarize({ status, data, errors }: QueryResult): object {
  return {
    status,
    data,
    errors: errors.map(({ message, path, extensions }) => ({ message, path, code: extensions['code'] })),
  };
}

function refusedWith(found: string): object {
  const message = `The operation is too large: ${found}.`;
  return { status: 400, data: undefined, errors: [{ message, path: undefined, code: 'QUERY_TOO_COMPLEX' }] };
}

describe.each(transports)('by %s, an operation', (transport) => {
  const ask = async (query: string, variables = {}) =>
    summarize(await products[transport].query(query, { variables }));

  it.each([
    ['five customers of Elevate', `{ customersByIds(ids: ${list(idsOf('elevate', 5))}) { name } }`, {}, 5],
    [
      'a hundred customers of Sage 200',
      `{ customersByIds(ids: ${list(idsOf('sage200', 100))}) { name } }`,
      {},
      5,
    ],
    [
      'the same five customers, however often and in whatever way',
      `query ($of: [_Any!]!, $ids: [ID!]!) {
        a: customersByIds(ids: $ids) { name } b: customersByIds(ids: $ids) { name } customer(id: "cro:1") { name }
        node(id: "cro:2") { id } _entities(representations: $of) { ... on CroCustomer { name } }
      }`,
      { ids: idsOf('cro', 5), of: references(idsOf('cro', 5), 'CroCustomer') },
      5,
    ],
    [
      'more customers that are left out',
      `query ($no: Boolean = false) {
        customersByIds(ids: ${list(idsOf('cro', 5))}) { name } more: customersByIds(ids: ${list(idsOf('cro', 9))}) @include(if: $no) { name }
      }`,
      {},
      5,
    ],
  ])('of as many calls as it may make is answered: %s', async (_what, query, variables, calls) => {
    expect(await ask(query, variables)).toMatchObject({ status: 200, errors: [] });
    expect(api.calls).toHaveLength(calls);
  });

  it.each([
    [
      'customers',
      `{ customersByIds(ids: ${list(idsOf('elevate', 6))}) { name } }`,
      {},
      '6 upstream calls (at most 5)',
    ],
    [
      'customers who come in batches',
      `{ customersByIds(ids: ${list(idsOf('sage200', 101))}) { name } }`,
      {},
      '6 upstream calls (at most 5)',
    ],
    [
      'aliases',
      `{ ${idsOf('cro', 20)
        .map(
          (_id, index) =>
            `a${index}: customersByIds(ids: ${list(idsOf('cro', 200, 1 + 200 * index))}) { name }`,
        )
        .join(' ')} }`,
      {},
      '4000 upstream calls (at most 5)',
    ],
    [
      'fragments',
      `{ ...A ...B } fragment A on Query { customersByIds(ids: ${list(idsOf('cro', 3))}) { name } } fragment B on Query { other: customersByIds(ids: ${list(idsOf('elevate', 3))}) { name } }`,
      {},
      '6 upstream calls (at most 5)',
    ],
    ['references', entities, { of: references(idsOf('cro', 6)) }, '6 upstream calls (at most 5)'],
    [
      'records of other kinds',
      `{ ${[1, 2, 3].map((id) => `a${id}: node(id: "cro:location:${id}") { id } b${id}: node(id: "elevate:site:${id}") { id }`).join(' ')} }`,
      {},
      '6 upstream calls (at most 5)',
    ],
    [
      'lists',
      `{ ${[1, 2, 3].map((id) => `a${id}: customers(filter: { name: "${id}" }) { nodes { name } }`).join(' ')} }`,
      {},
      '6 upstream calls (at most 5)',
    ],
    [
      'searches',
      '{ a: search(text: "Dock") { nodes { name } } b: search(text: "Quay") { nodes { name } } }',
      {},
      '6 upstream calls (at most 5)',
    ],
    [
      'customers of several sources, with malformed ids among them',
      `{ customersByIds(ids: ${list([...idsOf('cro', 3), 'cro', 'cro:x', 'nowhere:1', ...idsOf('elevate', 3), ...idsOf('sage200', 21)])}) { name } }`,
      {},
      '8 upstream calls (at most 5)',
    ],
  ])('of too many %s is refused, and nothing is called', async (_what, query, variables, found) => {
    expect(await ask(query, variables)).toEqual(refusedWith(found));
    expect(api.calls).toEqual([]);
  });

  it('that needs too many further down loses only the fields that need them, without their calls', async () => {
    const query = `{ customers(first: 6, filter: { sources: ["cro"] }) {
      nodes { id ... on CroCustomer { parent { name } } } pageInfo { hasNextPage }
    } }`;
    const result = await ask(query);
    const nodes = idsOf('cro', 6).map((id) => ({ id, parent: null }));
    expect(result).toMatchObject({
      status: 200,
      data: { customers: { nodes, pageInfo: { hasNextPage: false } } },
    });
    expect(result).toMatchObject({
      errors: nodes.map((_node, index) => ({
        message: 'The operation needs 7 upstream calls (at most 5).',
        path: ['customers', 'nodes', index, 'parent'],
        code: 'QUERY_TOO_COMPLEX',
      })),
    });
    expect(api.calls).toEqual([expect.stringMatching(/^GET \/customers\?/)]);
  });

  it('that follows one customer to the next ends where the calls do', async () => {
    const parents = (depth: number): string =>
      depth === 0 ? 'id name' : `id name ... on CroCustomer { parent { ${parents(depth - 1)} } }`;
    const result = await ask(`{ customer(id: "cro:1") { ${parents(6)} } }`);
    expect(JSON.stringify(result)).toContain('The operation needs 6 upstream calls (at most 5).');
    expect(api.calls).toEqual([1, 2, 3, 4, 5].map((id) => `GET /customers/${id}`));
  });

  it('of more than 1000 references is refused, whoever they are', async () => {
    const variables = {
      of: references(['nowhere:1']).concat(references(Array.from({ length: 600 }, () => 'cro:1'))),
    };
    const twice = entities.replace(
      '{ _entities',
      '{ again: _entities(representations: $of) { __typename } _entities',
    );
    expect(await ask(twice, variables)).toEqual(refusedWith('1202 references in _entities (at most 1000)'));
    expect(await ask(entities, { of: references(Array.from({ length: 1_001 }, () => 'cro:1')) })).toEqual(
      refusedWith('1001 items in a list (at most 1000)'),
    );
    expect(api.calls).toEqual([]);
  });
});

it('calls beyond the limit are made, logged and counted, where limits are only reported', async () => {
  const trial = await startTestProduct({ cro: entryFor.cro(api.url) }, undefined, {
    server: { maxUpstreamCalls: 5, limits: 'report' },
  });
  const { errors } = await trial.query(`{ customersByIds(ids: ${list(idsOf('cro', 7))}) { name } }`);
  expect(errors).toEqual([]);
  expect(api.calls).toHaveLength(7);
  expect(trial.logLines.map((line) => JSON.parse(line))).toMatchObject([
    { excesses: [{ limit: 'maxUpstreamCalls', found: 7, most: 5 }] },
  ]);
  await expect(readCounter(trial.url, 'limits_exceeded_total', { limit: 'maxUpstreamCalls' })).resolves.toBe(
    1,
  );
  await trial.close();
});
