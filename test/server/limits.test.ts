import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';

let api: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  api = await startStubServer(({ pathname }) => ({
    body: { id: Number(pathname.split('/').at(-1)), parent_id: 1, name: 'Harbour Ltd' },
  }));
  product = await startTestProduct({ cro: entryFor.cro(api.url) });
});

beforeEach(() => {
  api.calls.length = 0;
});

afterAll(async () => {
  await product.close();
  await api.close();
});

/** A customer's parent's parent …: so many fields within fields. */
function nest(depth: number): string {
  const parents = '... on CroCustomer { parent { '.repeat(depth - 2);
  return `{ customer(id: "cro:1") { ${parents} name ${' } }'.repeat(depth - 2)} } }`;
}

function repeat(count: number, write: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => write(index)).join(' ');
}

const aliased = (count: number) =>
  `{ customer(id: "cro:1") { ${repeat(count, (index) => `name${index}: name`)} } }`;

/** Each fragment uses the one before twice: written out it is two to the power of its length. */
const doubling = `{ customer(id: "cro:1") { ...F60 } } fragment F0 on Customer { a: name } ${repeat(
  60,
  (index) =>
    `fragment F${index + 1} on Customer { ...F${index} ... on CroCustomer { parent { ...F${index} } } }`,
)}`;

describe('an operation', () => {
  it.each([
    ['of 15 fields within fields', nest(15)],
    ['of 20 fields at the top', `{ ${repeat(20, () => 'sources { name }')} }`],
    ['with 30 aliases', aliased(30)],
    ['that introspects', getIntrospectionQuery()],
  ])('%s is answered', async (_what, query) => {
    const { status, errors, data } = await product.query(query);
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(Object.keys(data).length).toBeGreaterThan(0);
  });

  it.each([
    ['of 16 fields within fields', nest(16), '16 levels of nesting (at most 15)'],
    ['of 21 fields at the top', `{ ${repeat(21, () => 'sources { name }')} }`, '21 root fields (at most 20)'],
    ['with 31 aliases', aliased(31), '31 aliases (at most 30)'],
    [
      'with a fragment of 16 aliases that is used twice',
      `{ customer(id: "cro:1") { ...F ... on CroCustomer { parent { ...F } } } } fragment F on Customer { ${repeat(16, (index) => `name${index}: name`)} }`,
      '32 aliases (at most 30)',
    ],
    [
      'that is too large in every way',
      `{ ${repeat(21, () => 'sources { name }')} ${nest(16).slice(1, -1)} ${aliased(31).slice(1, -1)} }`,
      '16 levels of nesting (at most 15), 23 root fields (at most 20), 31 aliases (at most 30)',
    ],
  ])('%s is refused, and nothing is called', async (_what, query, found) => {
    const { status, errors, data } = await product.query(query);
    expect({ status, data }).toEqual({ status: 400, data: undefined });
    expect(errors).toEqual([
      {
        message: `The operation is too large: ${found}.`,
        extensions: { code: 'QUERY_TOO_COMPLEX', requestId: expect.any(String) },
      },
    ]);
    expect(api.calls).toEqual([]);
  });

  it('with fragments that double each other is measured without being written out', async () => {
    const { errors } = await product.query(doubling);
    expect(errors[0]?.extensions).toMatchObject({ code: 'QUERY_TOO_COMPLEX' });
    expect(errors[0]?.message).toMatch(/62 levels of nesting .* \d{19} aliases/);
  });

  it('of more than 5000 words and signs is not read', async () => {
    const { status, errors } = await product.query(`{ sources { ${'name '.repeat(5_000)} } }`);
    expect(status).toBe(400);
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/5000 tokens/), extensions: { code: 'GRAPHQL_PARSE_FAILED' } },
    ]);
  });
});

it('the configuration sets other limits', async () => {
  const strict = await startTestProduct({ cro: entryFor.cro(api.url) }, undefined, {
    server: { maxTokens: 100, maxDepth: 2, maxRootFields: 1, maxAliases: 0 },
  });
  const codes = async (query: string) =>
    (await strict.query(query)).errors.map(({ extensions }) => extensions['code']);
  await expect(codes('{ customer(id: "cro:1") { name } }')).resolves.toEqual([]);
  await expect(codes(nest(3))).resolves.toEqual(['QUERY_TOO_COMPLEX']);
  await expect(codes(aliased(1))).resolves.toEqual(['QUERY_TOO_COMPLEX']);
  await expect(codes('{ sources { name } customer(id: "cro:1") { name } }')).resolves.toEqual([
    'QUERY_TOO_COMPLEX',
  ]);
  await expect(codes(`{ sources { ${'name '.repeat(100)} } }`)).resolves.toEqual(['GRAPHQL_PARSE_FAILED']);
  await strict.close();
});
