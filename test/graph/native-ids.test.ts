import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { integerIds } from '../../src/providers/kit/native-ids.ts';
import { parseJson } from '../../src/rest/json.ts';
import { startStubGraph, type StubGraph } from './support/stub-graph.ts';

const { isId, read } = integerIds;

let graph: StubGraph;

beforeAll(async () => {
  graph = await startStubGraph();
});

beforeEach(() => {
  graph.answers.clear();
  graph.calls.length = 0;
});

afterAll(() => graph.close());

const largest = '9223372036854775807';
const unfit = [
  '../sites/11',
  '11/../../x',
  '7?x=1',
  '',
  '0',
  '01',
  '-1',
  '1.0',
  '1e3',
  '9223372036854775808',
  '9'.repeat(20),
];

describe('a native id', () => {
  it.each(['1', '7', '1042', largest])('may be %s, as a number or a text', (id) => {
    expect(isId(id)).toBe(true);
    expect(read(id)).toBe(id);
    expect(read(parseJson(id))).toBe(id);
  });

  it.each(unfit)('is not %j', (id) => {
    expect(isId(id)).toBe(false);
    expect(read(id)).toBeNull();
  });

  it.each([['true'], ['null'], ['{}'], ['[1]'], ['1.5'], ['-3'], ['9223372036854775808'], ['1e400']])(
    'is not %s of a payload',
    (json) => {
      expect(read(parseJson(json))).toBeNull();
    },
  );
});

// What a source sends as an id becomes a part of paths: it has to be as strict as what callers send.
describe('an id that does not fit, in a row of a list', () => {
  const lists = {
    elevate: (rows: unknown) => graph.answers.set('/v1/customers', { body: rows }),
    sage200: (rows: unknown) => graph.answers.set('/sage/customers', { body: rows }),
    cro: (rows: unknown) => graph.answers.set('/cro/customers', { body: { results: rows, total_count: 3 } }),
  };

  it.each(Object.entries(lists).flatMap(([source, fill]) => unfit.map((id) => [source, id, fill] as const)))(
    'of %s: %j leaves its row out, and leads nowhere',
    async (source, id, fill) => {
      fill([{ id: 3 }, { id }, { id: 4 }]);
      const { data, errors } = await graph.query(
        `{ customers(first: 3, filter: { sources: ["${source}"] }) { nodes { nativeId ... on ElevateCustomer { creditThreshold } } } }`,
      );
      expect(data['customers']).toMatchObject({ nodes: [{ nativeId: '3' }, { nativeId: '4' }] });
      expect(errors.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
        [['customers'], 'UPSTREAM_BAD_RESPONSE'],
      ]);
      expect(
        graph.calls.filter((call) => !/^GET \/(v1|sage|cro)\/customers(\?.*|\/[34])$/.test(call)),
      ).toEqual([]);
    },
  );

  it.each(unfit.filter((id) => id !== ''))('in a reference: %j leads nowhere', async (id) => {
    graph.answers.set('/cro/customers/1', { body: { id: 1, parent_id: id } });
    graph.answers.set('/v1/customers/1', {
      body: { id: 1, contractOwnerId: id, sites: [{ id: 2, siteIdReceivingInvoice: id, customerId: id }] },
    });
    const { data, errors } = await graph.query(`{
      cro: customer(id: "cro:1") { ... on CroCustomer { parent { id name } } }
      elevate: customer(id: "elevate:1") { ... on ElevateCustomer { contractOwner { id } sites { customer { id } siteReceivingInvoice { name } } } }
    }`);
    expect(errors).toEqual([]);
    expect(data).toEqual({
      cro: { parent: null },
      elevate: { contractOwner: null, sites: [{ customer: null, siteReceivingInvoice: null }] },
    });
    expect(graph.calls.toSorted()).toEqual(['GET /cro/customers/1', 'GET /v1/customers/1']);
  });
});
