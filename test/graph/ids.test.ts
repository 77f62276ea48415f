import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { answerEveryCustomer } from './support/endless-apis.ts';
import { createEntries } from './support/stub-graph.ts';

let stub: RecordingServer;
let product: TestProduct;

/** Ids from 900 up do not exist. */
beforeAll(async () => {
  stub = await startStubServer((url) => {
    if (/\/9\d\d$/.test(url.pathname)) return { status: 404 };
    const [, api, collection, id] = url.pathname.split('/');
    if (api === 'v1' && collection === 'sites')
      return { body: { id: Number(id), siteName: `site ${id}`, customerId: 3 } };
    if (api === 'cro' && collection === 'locations')
      return { body: { id: Number(id), name: `location ${id}` } };
    return answerEveryCustomer(url);
  });
  product = await startTestProduct(createEntries(stub.url));
});

beforeEach(() => {
  stub.calls.length = 0;
});

afterAll(async () => {
  await product.close();
  await stub.close();
});

const malformed = [
  '',
  ' ',
  ':',
  '::',
  ':::',
  'elevate',
  '42',
  ':1',
  'elevate:',
  'elevate::1',
  'elevate:1:',
  ':elevate:1',
  'elevate:..',
  'elevate:.',
  'elevate:0',
  'elevate:01',
  'elevate:-1',
  'elevate:+1',
  'elevate:1.0',
  'elevate:1e3',
  'elevate:0x10',
  'elevate:NaN',
  'elevate:1,2',
  'elevate:1 ',
  'elevate: 1',
  ' elevate:1',
  'elevate :1',
  'Elevate:1',
  'ELEVATE:1',
  'nope:1',
  'constructor:1',
  '__proto__:1',
  'elevate:1/../2',
  'elevate:1/2',
  'elevate:1?page=2',
  'elevate:1#top',
  'elevate:1;2',
  'elevate:1&2',
  'elevate:%2e%2e',
  'elevate:%31',
  'elevate:1%00',
  'elevate:1\r\nx-injected: 1',
  'elevate:1\n',
  'elevate:1\0',
  '\0elevate:1',
  `elevate:${'1'.repeat(20)}`,
  `elevate:${'9'.repeat(10_240)}`,
  'x'.repeat(10_240),
  'elevate:١',
  'elevate:１',
  'elevate:¹',
  'elevate:𝟏',
  'еlevate:1',
  'elevate\u200b:1',
  'sage200:1 or id gt 0',
  "sage200:1' or '1'='1",
  'sage200:1) or (1 eq 1',
  'cro:<script>',
  'cro:"1"',
  'cro:{"id":1}',
  'cro:null',
];

const readOneCustomer = 'query ($id: ID!) { customer(id: $id) { id } }';
const readNode = 'query ($id: ID!) { node(id: $id) { id } }';
const readCustomers = 'query ($ids: [ID!]!) { customersByIds(ids: $ids) { id } }';

async function expectRefusal(query: string, variables: Record<string, unknown>): Promise<string> {
  const { status, data, errors } = await product.query(query, { variables });
  expect(status).toBe(200);
  expect(Object.values(data)).toEqual([null]);
  expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT']);
  expect(stub.calls).toEqual([]);
  return errors[0]?.message ?? '';
}

describe('ids that are none', () => {
  it.each(malformed.map((id) => [JSON.stringify(id).slice(0, 40), id]))(
    '%s is refused without a call',
    async (_shown, id) => {
      const message = await expectRefusal(readOneCustomer, { id });
      expect(message.length).toBeLessThan(300);
      // Control characters do not travel on into terminals and logs.
      expect(message).not.toMatch(/\p{Cc}/u);
      expect(await expectRefusal(readNode, { id })).not.toBe('');
    },
  );

  it('are refused one by one among good ones', async () => {
    const ids = ['elevate:1', 'nope:1', 'cro:2', 'elevate:01', 'sage200:3'];
    const { data, errors } = await product.query(readCustomers, { variables: { ids } });
    expect(data).toEqual({
      customersByIds: [{ id: 'elevate:1' }, null, { id: 'cro:2' }, null, { id: 'sage200:3' }],
    });
    expect(errors.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
      [['customersByIds', 1], 'BAD_USER_INPUT'],
      [['customersByIds', 3], 'BAD_USER_INPUT'],
    ]);
    expect(stub.calls.toSorted()).toEqual([
      'GET /cro/customers/2',
      'GET /sage/customers/3',
      'GET /v1/customers/1',
    ]);
  });

  it.each(['elevate:site:1', 'cro:location:1', 'elevate:customer:1', 'sage200:ghost:1'])(
    '%s is no id of a customer',
    async (id) => {
      expect(await expectRefusal(readOneCustomer, { id })).toContain(
        'expected the id of a customer, "<source>:<number>".',
      );
    },
  );

  it.each([
    'elevate:ghost:1',
    'elevate:location:1',
    'cro:site:1',
    'sage200:address:1',
    'elevate:customer:1',
    'elevate:constructor:1',
  ])('%s is no id of a node', async (id) => {
    expect(await expectRefusal(readNode, { id })).toMatch(
      /of source "\w+" only customers( and "\w+")? can be fetched by id\.$/,
    );
  });
});

describe('ids of nothing', () => {
  it.each(['elevate:900', 'sage200:900', 'cro:900'])('%s is null without an error', async (id) => {
    const { data, errors } = await product.query(
      'query ($id: ID!) { customer(id: $id) { id } node(id: $id) { id } }',
      {
        variables: { id },
      },
    );
    expect({ data, errors }).toEqual({ data: { customer: null, node: null }, errors: [] });
    expect(stub.calls).toHaveLength(1);
  });

  it.each(['elevate:site:900', 'cro:location:900'])('%s is null without an error', async (id) => {
    const { data, errors } = await product.query(readNode, { variables: { id } });
    expect({ data, errors }).toEqual({ data: { node: null }, errors: [] });
  });
});

describe('customersByIds', () => {
  it('keeps the order, repeats and gaps', async () => {
    const ids = [
      'cro:5',
      'elevate:900',
      'sage200:7',
      'elevate:5',
      'sage200:6',
      'cro:5',
      'cro:901',
      'elevate:5',
    ];
    const { data, errors } = await product.query(
      'query ($ids: [ID!]!) { customersByIds(ids: $ids) { name } }',
      { variables: { ids } },
    );
    expect(errors).toEqual([]);
    const names = ['cro 5', null, 'sage200 7', 'elevate 5', 'sage200 6', 'cro 5', null, 'elevate 5'];
    expect(data['customersByIds']).toEqual(names.map((name) => (name === null ? null : { name })));
  });

  it('takes none', async () => {
    const { data, errors } = await product.query(readCustomers, { variables: { ids: [] } });
    expect({ data, errors }).toEqual({ data: { customersByIds: [] }, errors: [] });
  });

  it('takes 200', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `sage200:${index + 1}`);
    const { data, errors } = await product.query(readCustomers, { variables: { ids } });
    expect({ data, errors }).toEqual({ data: { customersByIds: ids.map((id) => ({ id })) }, errors: [] });
    expect(stub.calls).toHaveLength(10);
  });

  it('refuses 201 without a call', async () => {
    const ids = Array.from({ length: 201 }, () => 'elevate:1');
    const { data, errors } = await product.query(readCustomers, { variables: { ids } });
    expect(data).toBeNull();
    expect(errors.map(({ message, extensions }) => [message, extensions['code']])).toEqual([
      ['customersByIds takes at most 200 ids: found 201.', 'BAD_USER_INPUT'],
    ]);
    expect(stub.calls).toEqual([]);
  });
});

describe('node', () => {
  it.each([
    ['elevate:5', 'ElevateCustomer', 'elevate 5'],
    ['sage200:5', 'Sage200Customer', 'sage200 5'],
    ['cro:5', 'CroCustomer', 'cro 5'],
    ['elevate:site:5', 'ElevateSite', 'site 5'],
    ['cro:location:5', 'CroLocation', 'location 5'],
  ])('%s is a %s', async (id, type, name) => {
    const query = `query ($id: ID!) { node(id: $id) { __typename id ... on Customer { name } ... on ElevateSite { name } ... on CroLocation { name } } }`;
    const { data, errors } = await product.query(query, { variables: { id } });
    expect({ data, errors }).toEqual({ data: { node: { __typename: type, id, name } }, errors: [] });
  });

  it('leads on to the customer of a site', async () => {
    const query =
      '{ node(id: "elevate:site:5") { ... on ElevateSite { nativeId source { name } customer { id name } } } }';
    const { data } = await product.query(query);
    expect(data['node']).toEqual({
      nativeId: '5',
      source: { name: 'elevate' },
      customer: { id: 'elevate:3', name: 'elevate 3' },
    });
  });
});
