import fc from 'fast-check';

const deep = fc
  .tuple(
    fc.constantFrom(['[', ']'], ['{"a":', '}'], ['[{"id":', '}]']),
    fc.constantFrom(5, 21, 300, 2_400, 20_000),
  )
  .map(
    ([[open = '', close = ''], depth]) =>
      `${open.repeat(depth)}${open.endsWith(':') ? '1' : ''}${close.repeat(depth)}`,
  );

const oddTexts = [
  ...['', ' ', '\0', '\ud800', '\udfffa', '\u202e', '\ufeff', '💥', 'é'.normalize('NFD'), 'x'.repeat(70_000)],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__typename', 'null', 'undefined', 'NaN'],
  ...[
    'elevate:1',
    'cro:1',
    'sage200:1',
    'nowhere:1',
    'elevate:site:7',
    'cro:location:7',
    'cro:x:7',
    'cro:constructor:7',
  ],
  ...[
    ':',
    '::',
    ':::::::',
    'elevate:',
    ':1',
    'elevate:1:1:1',
    'elevate:-1',
    'elevate:01',
    'elevate:1e3',
    "elevate:1' or 1=1",
  ],
  ...['1.e30.x', '2024-02-30T00:00:00Z', '9999-12-31T23:59:60Z', '-271821-04-20T00:00:00Z', '+99:99'],
  ...[
    'Customer',
    'ElevateCustomer',
    'CroLocation',
    'Query',
    '_Entity',
    '%00',
    '../../x',
    '" $where',
    '*)(uid=*',
  ],
] as const;

const oddNumbers = [
  '0',
  '-0',
  '1',
  '-1',
  '1.5',
  '2147483648',
  '9007199254740993',
  '1e400',
  '-1e400',
  '1e-400',
  '1E+2',
];

/** Names that a JavaScript object might take for its own are refused with the whole body, so there are few of them. */
const keys = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom(
      '__typename',
      'id',
      'name',
      'reference',
      'sources',
      'updatedSince',
      'activeOnly',
      '',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'length', '\0') },
);

/** An object of members that are JSON already. */
export function writeObject(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

/** JSON texts: some that `JSON.stringify` would not write. */
export const json: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom('null', 'true', 'false', ...oddNumbers),
    fc.constantFrom(...oddTexts).map((text) => JSON.stringify(text)),
    fc.string({ unit: 'binary', maxLength: 20 }).map((text) => JSON.stringify(text)),
    deep,
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 4 }).map(writeObject),
    fc
      .tuple(tie('value'), fc.constantFrom(2, 201, 1_001))
      .map(
        ([item, count]) =>
          `[${Array.from({ length: count }, () => (item.length > 100 ? '1' : item)).join(',')}]`,
      ),
  ),
})).value;

/** Operations that hand each of their variables on, with and without defaults. */
const operations: readonly string[] = [
  'query ($a: ID!) { customer(id: $a) { id name } }',
  'query ($a: ID = "cro:1", $b: Boolean = true) { customer(id: $a) @include(if: $b) { name @skip(if: $b) ... on Sage200Customer @include(if: $b) { name } } }',
  'query ($a: [ID!]!) { customersByIds(ids: $a) { __typename id } }',
  'query ($a: [_Any!]!) { _entities(representations: $a) { __typename ... on Customer { id name } } }',
  'query ($a: Int, $b: String, $c: CustomerFilter) { customers(first: $a, after: $b, filter: $c) { nodes { id } completeness { status totalCount } } }',
  'query ($a: String!, $b: Int = 3, $c: [String!]) { search(text: $a, first: $b, sources: $c) { edges { score node { name } } } }',
  'query ($a: ID!, $b: Boolean = false) { node(id: $a) { id ... on CroCustomer { addresses(activeOnly: $b) { city } } } }',
  'query ($a: String = "Customer") { __type(name: $a) { name fields { name } } }',
  'query A($a: DateTime) { customers(filter: { updatedSince: $a }) { completeness { reason } } } query B { sources { name } }',
  '{ sources { name title status { state } } _service { sdl } }',
  '{ customersByIds(ids: ["elevate:1", "cro:2", "sage200:3", "cro:x"]) { __typename id references addresses { lines } } }',
  '{ customers(first: 3, filter: { name: "Quay" }) { edges { cursor node { id contacts { name } } } pageInfo { endCursor } } }',
  'query ($b: Boolean = true) { search(text: "Quay") { edges { score node { name @include(if: $b) source { name } } } } }',
];

const snippets = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '...',
    '$',
    '$a',
    '@',
    '@skip(if: $a)',
    '@include(if: true)',
    '@x',
    '!',
    '|',
    '&',
    '=',
    ':',
  ],
  ...[
    '"',
    '"""',
    '"\\u{110000}"',
    '"\\uD800"',
    '"""\\"""',
    '#',
    '\n',
    '\0',
    '\ufeff',
    ',',
    '1e999',
    '-0',
    '00',
    '0x1',
    'null',
  ],
  ...[
    '__schema { types { fields { name } } }',
    '__type(name: "Query") { name }',
    '__typename',
    'a: __typename',
    '...F',
    '... { id }',
  ],
  ...[
    'fragment F on Query { ...F }',
    'fragment F on Customer { name }',
    'mutation { a }',
    'subscription { a }',
    'type A { a: Int }',
  ],
  ...[
    '{'.repeat(300),
    '['.repeat(2_400),
    'name '.repeat(600),
    'a: name '.repeat(40),
    `x${'y'.repeat(5_000)}`,
  ],
];

/** An operation with pieces put in anywhere, or cut out. */
const mangled = fc
  .tuple(
    fc.constantFrom(...operations),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(...snippets), fc.nat(8)), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([operation, edits]) =>
    edits.reduce((text, [place, snippet, cut]) => {
      const index = Math.floor(place * text.length);
      return `${text.slice(0, index)}${snippet}${text.slice(index + cut)}`;
    }, operation),
  );

const words = [
  ...[
    'customer',
    'customersByIds',
    'customers',
    'search',
    'node',
    'sources',
    '_entities',
    '__schema',
    '__type',
  ],
  ...[
    'id',
    'name',
    'nodes',
    'edges',
    'node',
    'source',
    'addresses',
    'totalCount',
    'score',
    'nothing',
    '__typename',
  ],
  ...[
    'ID',
    'Int',
    'String',
    'Boolean',
    'CustomerFilter',
    '_Any',
    'Customer',
    'CroCustomer',
    'Query',
    'Nothing',
    'Float',
  ],
  ...['query', 'mutation', 'fragment', 'on', 'true', 'null', 'skip', 'include', 'deprecated', 'a', 'b', 'z'],
];

/** An operation with other words in places of some. */
const reworded = fc
  .tuple(
    fc.constantFrom(...operations),
    fc.array(fc.tuple(fc.nat(30), fc.constantFrom(...words)), { minLength: 1, maxLength: 3 }),
  )
  .map(([operation, edits]) =>
    edits.reduce((text, [place, word]) => {
      const found = [...text.matchAll(/\w+/g)];
      const { 0: old, index } = found[place % found.length] ?? { 0: '', index: 0 };
      return `${text.slice(0, index)}${word}${text.slice(index + old.length)}`;
    }, operation),
  );

export const documents = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...operations) },
  { weight: 4, arbitrary: reworded },
  { weight: 2, arbitrary: mangled },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 100 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom(...snippets), { maxLength: 12 }).map((parts) => parts.join(' ')),
  },
);

const goodId = fc.constantFrom('"elevate:1"', '"cro:2"', '"sage200:3"', '"cro:location:4"', '"Quay"');
const text = fc.oneof(
  goodId,
  fc.constantFrom(...oddTexts).map((odd) => JSON.stringify(odd)),
);

const reference = fc.tuple(text, text).map(([type, id]) =>
  writeObject([
    ['__typename', type],
    ['id', id],
  ]),
);

const filter = fc
  .tuple(fc.constantFrom('name', 'reference', 'updatedSince', 'sources', 'activeOnly'), fc.oneof(text, json))
  .map((member) => writeObject([member]));

const listOf = (item: fc.Arbitrary<string>) =>
  fc.array(item, { maxLength: 5 }).map((items) => `[${items.join(',')}]`);

/** Values for the variables of the operations: of the right type more often than not, or nothing would be done with them. */
export const variables = fc
  .record(
    {
      a: fc.oneof(text, text, text, listOf(text), listOf(reference), listOf(fc.oneof(reference, json)), json),
      b: fc.oneof(fc.constantFrom('null', 'true', 'false', ...oddNumbers), text, json),
      c: fc.oneof(filter, listOf(text), json),
    },
    { requiredKeys: [] },
  )
  .map((members) =>
    writeObject(
      Object.entries(members).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as const],
      ),
    ),
  );
