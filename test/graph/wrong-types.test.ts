import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startStubGraph, type StubGraph } from './support/stub-graph.ts';

let graph: StubGraph;

beforeAll(async () => {
  graph = await startStubGraph();
});

beforeEach(() => {
  graph.answers.clear();
  graph.answers.set('/v1/sites', { body: [] });
  graph.answers.set('/v1/customers/1', {
    body: { id: 1, customerName: 'Elevate', updatedDate: '2020-01-01T00:00:00Z' },
  });
});

afterAll(() => graph.close());

interface Place {
  /** The payload around a value, under its provider's path. */
  readonly path: string;
  readonly payload: (value: unknown) => object;
  readonly source: string;
  readonly selection: string;
  /** What our field is called. */
  readonly field: string;
  readonly errorPath: readonly (string | number)[];
  /** What is answered when the value at the place is `read`. */
  readonly answer: (read: unknown) => object;
}

function elevate(key: string, field: string): Place {
  return {
    path: '/v1/customers/1',
    payload: (value) => ({ id: 1, customerAccountNumber: 'HVO-1', [key]: value }),
    source: 'elevate',
    selection: `references ... on ElevateCustomer { value: ${field} }`,
    field: `ElevateCustomer.${field}`,
    errorPath: ['customer', 'value'],
    answer: (read) => ({ references: ['HVO-1'], value: read }),
  };
}

const contractTerm: Place = {
  ...elevate('contractTerm', ''),
  selection: '... on ElevateCustomer { contractTerm { length startOn } accountNumber }',
  field: 'ElevateContractTerm.length',
  errorPath: ['customer', 'contractTerm', 'length'],
  answer: (read) => ({ contractTerm: { length: read, startOn: null }, accountNumber: 'HVO-1' }),
};
const siteAddress: Place = {
  ...elevate('sites', ''),
  payload: (value) => ({ id: 1, sites: [{ id: 2, siteName: 'Quay', siteAddress: value }] }),
  selection: '... on ElevateCustomer { sites { name address { city } } }',
  field: 'ElevateSite.address',
  errorPath: ['customer', 'sites', 0, 'address'],
  answer: (read) => ({ sites: [{ name: 'Quay', address: read }] }),
};
const sites: Place = {
  ...elevate('sites', ''),
  selection: 'references ... on ElevateCustomer { sites { name } }',
  field: 'ElevateCustomer.sites',
  errorPath: ['customer', 'sites'],
  answer: (read) => ({ references: ['HVO-1'], sites: read }),
};

const contacts: Place = {
  ...sites,
  payload: (value) => ({ id: 1, customerAccountNumber: 'HVO-1', customerContacts: value }),
  selection: 'references ... on ElevateCustomer { customerContacts { name } }',
  field: 'ElevateCustomer.customerContacts',
  errorPath: ['customer', 'customerContacts'],
  answer: (read) => ({ references: ['HVO-1'], customerContacts: read }),
};

function cro(
  payload: (value: unknown) => object,
  selection: string,
  place: Pick<Place, 'field' | 'errorPath' | 'answer'>,
): Place {
  return {
    path: '/cro/customers/1',
    payload: (value) => ({ id: 1, name: 'CRO', ...payload(value) }),
    source: 'cro',
    selection,
    ...place,
  };
}

const localTime = cro((value) => ({ created_on: value }), 'name ... on CroCustomer { createdAtLocal }', {
  field: 'CroCustomer.createdAtLocal',
  errorPath: ['customer', 'createdAtLocal'],
  answer: (read) => ({ name: 'CRO', createdAtLocal: read }),
});
const latitude = cro(
  (value) => ({ addresses: [{ id: 5, latitude: value, region: 'WA' }] }),
  '... on CroCustomer { addresses { region latitude } }',
  {
    field: 'CroAddress.latitude',
    errorPath: ['customer', 'addresses', 0, 'latitude'],
    answer: (read) => ({ addresses: [{ region: 'WA', latitude: read }] }),
  },
);

const canary = 'canary-5150';
const places: readonly (readonly [string, Place, readonly unknown[]])[] = [
  ['String', elevate('customerName', 'name'), [5150, true, [canary], { a: canary }]],
  ['Int', contractTerm, [canary, 1.5, true, 3_000_000_000, [1], { a: 1 }]],
  ['Boolean', elevate('customerIsVip', 'isVip'), [canary, 'true', 1, 0, [true], { a: 1 }]],
  ['Decimal', elevate('creditThreshold', 'creditThreshold'), [canary, '1,5', true, [5150], { amount: 5150 }]],
  [
    'DateTime',
    elevate('createdDate', 'createdAt'),
    [canary, '2020-01-01', 1_577_836_800, true, [canary], { a: 1 }],
  ],
  [
    'Date',
    elevate('startDate', 'startOn'),
    [canary, '01/02/2020', 20_200_102, true, ['2020-01-02'], { a: 1 }],
  ],
  ['ID', elevate('contractOwnerId', 'contractOwnerId'), [1.5, true, [5150], { id: 5150 }]],
  ['Float', latitude, [canary, '48.1', true, [48], { a: 1 }]],
  ['LocalDateTime', localTime, [canary, '2020-01-01T00:00:00Z', 5150, true, [canary], { a: 1 }]],
  ['object', siteAddress, [canary, 5150, true, [{ town: canary }]]],
  ['list', contacts, [canary, 5150, true, { contactName: canary }]],
  ['computed list', sites, [canary, 5150, true, { siteName: canary }]],
];

async function ask({ source, selection }: Place) {
  return graph.query(
    `{ customer(id: "${source}:1") { ${selection} } other: customer(id: "elevate:1") { updatedAt } }`,
  );
}

describe('a value of the wrong type', () => {
  it.each(
    places.flatMap(([kind, place, values]) =>
      values.map((value) => [kind, JSON.stringify(value), place, value] as const),
    ),
  )('%s: %s costs its field alone', async (_kind, _shown, place, value) => {
    graph.answers.set(place.path, { body: place.payload(value) });
    const { data, errors, text } = await ask(place);
    expect(data['customer']).toEqual(place.answer(null));
    expect(
      errors.map(({ path, extensions: { requestId: _id, ...extensions } }) => ({ path, extensions })),
    ).toEqual([
      {
        path: place.errorPath,
        extensions: {
          code: 'UPSTREAM_BAD_RESPONSE',
          source: place.source,
          provider: place.source,
          retryable: false,
        },
      },
    ]);
    expect(errors[0]?.message).toContain(`wrong type for ${place.field}: expected`);
    expect(text).not.toContain('5150');
  });
});

describe('nothing where a value could be', () => {
  const nothings: readonly unknown[] = [null, {}, [], '', undefined];
  const read = (kind: string, value: unknown) => {
    if (kind === 'String' && value === '') return '';
    return kind === 'computed list' || (kind === 'list' && Array.isArray(value)) ? [] : null;
  };

  it.each(
    places.flatMap(([kind, place]) =>
      nothings.map((value) => [kind, JSON.stringify(value) ?? 'absent', place, value] as const),
    ),
  )('%s: %s is no error', async (kind, _shown, place, value) => {
    graph.answers.set(place.path, { body: place.payload(value) });
    const { data, errors } = await ask(place);
    expect({ customer: data['customer'], errors }).toEqual({
      customer: place.answer(read(kind, value)),
      errors: [],
    });
  });
});

describe('a list with an item of the wrong type', () => {
  it.each([['a text'], [5150], [true], [null], [[]], [{}]])(
    '%j is left out and told, the others stay',
    async (item) => {
      graph.answers.set('/v1/customers/1', {
        body: { id: 1, sites: [{ id: 2, siteName: 'Quay' }, item, { id: 3, siteName: 'Mill' }] },
      });
      const { data, errors } = await graph.query(
        '{ customer(id: "elevate:1") { ... on ElevateCustomer { sites { id name } } } }',
      );
      expect(data).toEqual({
        customer: {
          sites: [
            { id: 'elevate:site:2', name: 'Quay' },
            { id: 'elevate:site:3', name: 'Mill' },
          ],
        },
      });
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({
        path: ['customer', 'sites'],
        extensions: { code: 'UPSTREAM_BAD_RESPONSE', source: 'elevate' },
      });
      expect(errors[0]?.extensions['requestId']).toEqual(expect.any(String));
      expect(errors[0]?.message).toContain('ElevateCustomer.sites[1]: expected');
    },
  );

  it.each(['addresses', 'locations'])('so in %s of CRO, which a function reads', async (list) => {
    graph.answers.set('/cro/customers/1', {
      body: { id: 1, [list]: [{ is_active: true }, 'a text', { is_active: false }] },
    });
    const { data, errors } = await graph.query(
      `{ customer(id: "cro:1") { nativeId ... on CroCustomer { ${list} { isActive } } } }`,
    );
    expect(data).toEqual({ customer: { nativeId: '1', [list]: [{ isActive: true }, { isActive: false }] } });
    expect(errors.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
      [['customer', list], 'UPSTREAM_BAD_RESPONSE'],
    ]);
  });

  it.each([[{ siteName: 'Pier' }], [{ id: '', siteName: 'Pier' }], [{ id: true, siteName: 'Pier' }]])(
    '%j, which must have an id, is left out like that',
    async (site) => {
      graph.answers.set('/v1/customers/1', {
        body: { id: 1, customerName: 'Elevate', sites: [{ id: 3 }, site] },
      });
      const { data, errors } = await graph.query(
        '{ customer(id: "elevate:1") { name ... on ElevateCustomer { sites { id } } } }',
      );
      expect(data).toEqual({ customer: { name: 'Elevate', sites: [{ id: 'elevate:site:3' }] } });
      expect(errors.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
        [['customer', 'sites'], 'UPSTREAM_BAD_RESPONSE'],
      ]);
      expect(errors[0]?.message).toContain('ElevateCustomer.sites[1]: expected an object with an id.');
    },
  );
});
