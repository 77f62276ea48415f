import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery, Lexer, Source, TokenKind } from 'graphql';
import { createConfig } from '../../src/config/load-config.ts';
import { fileSettings } from '../../src/config/settings.ts';
import { readCounter } from '../support/metrics.ts';
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

/** An operation that says `@include` so many times, once for each of its fields. */
const directed = (count: number) =>
  `{ customer(id: "cro:1") { ${repeat(count, () => 'name @include(if: true)')} } }`;

/** So many selection sets within each other, without fields. */
const bracketed = (depth: number) =>
  `{ customer(id: "cro:1") ${'{ ... '.repeat(depth - 2)} { name } ${'} '.repeat(depth - 2)} }`;

/** Brackets that are none: in strings, in a comment. */
const bracketText = `{ # ${'{'.repeat(300)}
  customer(id: "cro:1") { name }
  customersByIds(ids: ["${'['.repeat(300)}\\"${'['.repeat(300)}", """${'('.repeat(300)}\\"""${'('.repeat(300)}"""]) { id }
}`;

/** So many fragments, each within the one before. */
const chained = (count: number) =>
  `{ customer(id: "cro:1") { ...F${count} } } fragment F1 on Customer { name } ${repeat(count - 1, (index) => `fragment F${index + 2} on Customer { ...F${index + 1} }`)}`;

const everyOption = {
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
};

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
    ['that introspects as tools do', getIntrospectionQuery(everyOption)],
    ['with 50 directives', directed(50)],
    ['with 500 repeated fields', `{ customer(id: "cro:1") { ${repeat(501, () => 'name')} } }`],
    ['of 250 levels of brackets', bracketed(250)],
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
    ['with 51 directives', directed(51), '51 directives (at most 50)'],
    [
      'with 501 repeated fields',
      `{ customer(id: "cro:1") { ...A ...B } } fragment A on Customer { name } fragment B on Customer { ${repeat(501, () => 'name')} }`,
      '501 repeated fields (at most 500)',
    ],
    [
      'with 5001 selections, its fragments written out',
      `{ customer(id: "cro:1") { ${repeat(50, () => '...A')} } } fragment A on Customer { ${repeat(99, () => 'name')} }`,
      '5001 selections (at most 5000)',
    ],
    [
      'with two schemas',
      '{ __schema { queryType { name } } ...S } fragment S on Query { __schema { types { name } } }',
      '2 __schema fields (at most 1)',
    ],
    [
      'with 31 aliases of introspection',
      `{ __type(name: "Customer") { ${repeat(31, (index) => `name${index}: name`)} } }`,
      '31 aliases (at most 30)',
    ],
    [
      'with 21 types',
      `{ ${repeat(21, () => '__type(name: "Customer") { name }')} }`,
      '21 root fields (at most 20)',
    ],
    [
      'that follows types 26 levels deep',
      `{ __schema { types { ${'ofType { '.repeat(24)} name ${'} '.repeat(24)} } } }`,
      '26 levels of nesting in introspection (at most 25)',
    ],
    [
      'of 16 fields within fields in a fragment that nothing uses',
      `{ sources { name } } fragment Unused on Query ${nest(16)}`,
      '16 levels of nesting (at most 15)',
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

  it('has no brackets in its strings and comments', async () => {
    const { status, errors, data } = await product.query(bracketText);
    expect({ status, data }).toEqual({
      status: 200,
      data: { customer: { name: 'Harbour Ltd' }, customersByIds: [null, null] },
    });
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
  });

  it.each([
    ['251 selection sets', bracketed(251), 251],
    ['252 fragments', chained(252), 251],
    ['2,400 lists', `{ customersByIds(ids: ${'['.repeat(2_400)}${']'.repeat(2_400)}) { id } }`, 2_402],
    [
      '1,200 objects',
      `{ customers(filter: ${'{name:'.repeat(1_200)}1${'}'.repeat(1_200)}) { edges { cursor } } }`,
      1_202,
    ],
    ['4,000 brackets without an end', '{'.repeat(4_000), 4_000],
    ['brackets behind a string that ends nowhere', `{ customer(id: "\n ${'{'.repeat(300)}`, 302],
  ])('of %s within each other is not read', async (_what, query, depth) => {
    const { status, errors, data } = await product.query(query);
    expect({ status, errors, data }).toEqual({
      status: 400,
      data: undefined,
      errors: [
        {
          message: `The document has brackets or fragments within each other, ${depth} levels deep (at most 250).`,
          extensions: { code: 'GRAPHQL_PARSE_FAILED', requestId: expect.any(String) },
        },
      ],
    });
  });

  it('with a fragment within itself is told so', async () => {
    const { status, errors } = await product.query(
      '{ customer(id: "cro:1") { ...A } } fragment A on Customer { ...B } fragment B on Customer { ...A ...C } fragment C on Customer { ...A }',
    );
    expect(status).toBe(400);
    expect(errors.map(({ message }) => message)).toEqual([
      'Cannot spread fragment "A" within itself via "B".',
      'Cannot spread fragment "A" within itself via "B", "C".',
    ]);
  });

  it('with more than 20 mistakes is told the first of them', async () => {
    const { status, errors } = await product.query(
      `{ customer(id: "cro:1") { ${repeat(40, (index) => `unknown${index}`)} } }`,
    );
    expect(status).toBe(400);
    expect(errors).toHaveLength(21);
    expect(new Set(errors.map(({ extensions }) => extensions['code']))).toEqual(
      new Set(['GRAPHQL_VALIDATION_FAILED']),
    );
  });

  it('of more than 5000 tokens is not read', async () => {
    const { status, errors } = await product.query(`{ sources { ${'name '.repeat(5_000)} } }`);
    expect(status).toBe(400);
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/5000 tokens/), extensions: { code: 'GRAPHQL_PARSE_FAILED' } },
    ]);
  });
});

it('the configuration sets other limits', async () => {
  const strict = await startTestProduct({ cro: entryFor.cro(api.url) }, undefined, {
    server: {
      maxTokens: 100,
      maxDepth: 2,
      maxRootFields: 1,
      maxAliases: 0,
      maxDirectives: 0,
      maxSelections: 4,
      maxRepeats: 0,
    },
  });
  const codes = async (query: string) =>
    (await strict.query(query)).errors.map(({ extensions }) => extensions['code']);
  await expect(codes('{ customer(id: "cro:1") { name } }')).resolves.toEqual([]);
  await expect(codes(nest(3))).resolves.toEqual(['QUERY_TOO_COMPLEX']);
  await expect(codes(aliased(1))).resolves.toEqual(['QUERY_TOO_COMPLEX']);
  await expect(codes('{ sources { name } customer(id: "cro:1") { name } }')).resolves.toEqual([
    'QUERY_TOO_COMPLEX',
  ]);
  await expect(codes('{ sources { name @skip(if: false) } }')).resolves.toEqual(['QUERY_TOO_COMPLEX']);
  await expect(codes('{ sources { name title provider isSimulated } }')).resolves.toEqual([
    'QUERY_TOO_COMPLEX',
  ]);
  await expect(codes('{ sources { name name } }')).resolves.toEqual(['QUERY_TOO_COMPLEX']);
  await expect(codes(`{ sources { ${'name '.repeat(100)} } }`)).resolves.toEqual(['GRAPHQL_PARSE_FAILED']);
  await strict.close();
});

/** As graphql-js counts them. */
function countTokens(text: string): number {
  const lexer = new Lexer(new Source(text));
  let count = 0;
  while (lexer.advance().kind !== TokenKind.EOF) count += 1;
  return count;
}

it.each([
  ['words', '{ sources { name title } }'],
  [
    'signs',
    'query($a:[Int!]=[1 -2 3],$b:CustomerFilter={name:"x"}){...F...on Query@skip(if:$c){sources{...{name}}}}',
  ],
  ['numbers', '{customers(first:-1.5e+3,after:0){nodes{name}}}'],
  ['strings', '{ a(b: "\\"#{" c: """#\n\\""" "{""", d: "") { e } }'],
])('tokens are counted before they are read: %s', async (_what, text) => {
  const strict = await startTestProduct({ cro: entryFor.cro(api.url) }, undefined, {
    server: { maxTokens: 100 },
  });
  const padded = (count: number) => `${text}${'\n# }'.repeat(count - countTokens(text))}`;
  const most = await strict.query(padded(100));
  const more = await strict.query(padded(101));
  expect(most.text).not.toContain('100 tokens');
  expect(more.errors).toMatchObject([
    { message: 'The document has more than 100 tokens, comments included.' },
  ]);
  await strict.close();
});

describe('limits that are only reported', () => {
  it('are logged and counted, and refuse nothing', async () => {
    const trial = await startTestProduct({ cro: entryFor.cro(api.url) }, undefined, {
      server: { limits: 'report' },
    });
    const { status, errors, data } = await trial.query(aliased(31));
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(data['customer']).toMatchObject({ name30: 'Harbour Ltd' });
    const lines = trial.logLines.map((line) => JSON.parse(line));
    expect(lines.filter(({ msg }) => msg === 'operation exceeds limits')).toMatchObject([
      {
        requestId: expect.any(String),
        excesses: [{ limit: 'maxAliases', what: 'aliases', found: 31, most: 30 }],
      },
    ]);
    await expect(readCounter(trial.url, 'limits_exceeded_total', { limit: 'maxAliases' })).resolves.toBe(1);
    // What could end the process is refused all the same.
    expect((await trial.query(bracketed(251))).status).toBe(400);
    await trial.close();
  });
});

describe('a server that does not tell its schema', () => {
  let closed: TestProduct;

  beforeAll(async () => {
    closed = await startTestProduct({ cro: entryFor.cro(api.url) }, undefined, {
      server: { introspection: false, page: false },
    });
  });

  afterAll(() => closed.close());

  it.each([
    ['__schema', '{ __schema { queryType { name } } }'],
    ['__type', '{ ...F } fragment F on Query { __type(name: "Customer") { name } }'],
    ['_service', '{ _service { sdl } }'],
  ])('refuses %s', async (field, query) => {
    const { status, errors } = await closed.query(query);
    expect(status).toBe(400);
    expect(errors).toMatchObject([
      {
        message: `This server does not tell its schema: introspection is off, and so is ${field}.`,
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      },
    ]);
  });

  it.each([
    ['a field', '{ customer(id: "cro:1") { nam } }', {}],
    ['an argument', '{ customer(idd: "cro:1") { name } }', {}],
    ['a type', '{ customer(id: "cro:1") { ... on CroCustomr { name } } }', {}],
    ['a value', '{ customers(filter: { nam: "x" }) { edges { cursor } } }', {}],
    [
      'a variable',
      'query ($filter: CustomerFilter) { customers(filter: $filter) { edges { cursor } } }',
      { filter: { nam: 'x' } },
    ],
  ])('suggests nothing for %s that is misspelt', async (_what, query, variables) => {
    const told = await product.query(query, { variables });
    expect(told.text).toContain('Did you mean');
    const { status, errors, text } = await closed.query(query, { variables });
    expect(status).toBe(400);
    expect(errors.length).toBeGreaterThan(0);
    expect(text).not.toContain('Did you mean');
  });

  it('tells what type a record has, and answers', async () => {
    const { data, errors } = await closed.query('{ customer(id: "cro:1") { __typename name } }');
    expect({ data, errors }).toEqual({
      data: { customer: { __typename: 'CroCustomer', name: 'Harbour Ltd' } },
      errors: [],
    });
  });

  it('has no page', async () => {
    expect((await fetch(closed.url)).status).toBe(404);
    expect((await fetch(product.url)).status).not.toBe(404);
  });
});

it('a configuration file switches introspection and the page on, the sandbox has them', () => {
  const { server } = createConfig([], {});
  expect(server).toMatchObject({ introspection: true, page: true, limits: 'enforce' });
  expect(fileSettings.shape.server.parse(undefined)).toMatchObject({
    introspection: false,
    page: false,
    limits: 'enforce',
  });
});
