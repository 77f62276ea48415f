import fc from 'fast-check';

/** A document that is made to cost as much as it can. */
export interface Bomb {
  readonly shape: string;
  readonly query: string;
}

/** What a request may hold, less what is around the document and what JSON adds to it. */
const mostCharacters = 240_000;

type Shape = (count: number, size: number) => string;

function repeat(count: number, write: (index: number) => string): string {
  return Array.from({ length: Math.max(0, Math.floor(count)) }, (_, index) => write(index)).join(' ');
}

const nested = (depth: number, open: string, close: string, inner: string) =>
  `${open.repeat(depth)}${inner}${close.repeat(depth)}`;

const introspection = `__schema { types { ...Full } directives { name description args { name description type { ...Of } } } }`;
const full = `fragment Full on __Type { kind name description fields(includeDeprecated: true) { name description args { name description type { ...Of } defaultValue } type { ...Of } } inputFields { name type { ...Of } } interfaces { ...Of } enumValues { name description } possibleTypes { ...Of } } fragment Of on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`;

/** Each writes a document from how many there are of something, and how much each of them is. */
const shapes: Readonly<Record<string, Shape>> = {
  introspectionFields: (count, size) =>
    `fragment G on __Field { name args { name type { name } } type { name ofType { name } } } fragment T on __Type { ${repeat(count, (index) => `f${index}: fields { ...G }`)} } { ${repeat(size, (index) => `s${index}: __schema { types { ...T } }`)} }`,
  introspectionAliases: (count) => `{ ${repeat(count, (index) => `a${index}: ${introspection}`)} } ${full}`,
  introspectionTypes: (count, size) =>
    `{ ${repeat(count, (index) => `a${index}: __type(name: "Sage200Customer") { ${repeat(size, (each) => `b${each}: fields { name description type { fields { name type { name } } } }`)} }`)} }`,
  introspectionWithin: (count, size) =>
    `{ __schema { types { ${repeat(Math.min(count, 28), (index) => `f${index}: fields { type { ${repeat(size, () => 'name')} } }`)} } } }`,
  introspectionDeep: (count) =>
    `{ __schema { types { ${nested(count, 'ofType { ', '} ', 'name fields { name }')} } } }`,
  doubling: (count) =>
    `{ customer(id: "cro:1") { ...F${count} } } fragment F0 on Customer { a: name } ${repeat(count, (index) => `fragment F${index + 1} on Customer { ...F${index} ... on CroCustomer { parent { ...F${index} } } }`)}`,
  doublingTypes: (count) =>
    `{ __schema { types { ...F${count} } } } fragment F0 on __Type { name } ${repeat(count, (index) => `fragment F${index + 1} on __Type { a: ofType { ...F${index} } b: ofType { ...F${index} } }`)}`,
  allSpreads: (count) =>
    `{ customers { nodes { ...F0 } } } ${repeat(count, (index) => `fragment F${index} on Customer { name ${repeat(count - index - 1, (each) => `...F${index + each + 1}`)} }`)}`,
  cycles: (count, size) =>
    `{ customers { nodes { ...F0 } } } ${repeat(count, (index) => `fragment F${index} on Customer { ${repeat(size, (each) => `...F${(index * 7 + each * 3 + 1) % Math.max(1, Math.floor(count))}`)} }`)}`,
  repeated: (count) => `{ customers { nodes { ${repeat(count, () => 'name')} } } }`,
  repeatedTrees: (count) => `{ customers { ${repeat(count, () => 'nodes { addresses { lines } }')} } }`,
  repeatedInline: (count) =>
    `{ customers { nodes { ${repeat(count, () => '... on CroCustomer { parent { name } }')} } } }`,
  conflicts: (count, size) =>
    `{ customers { ${repeat(count, () => `nodes { ${repeat(size, (each) => `x: ${each % 2 === 0 ? 'name' : 'id'}`)} }`)} } }`,
  aliases: (count) => `{ customer(id: "cro:1") { ${repeat(count, (index) => `a${index}: name`)} } }`,
  longAliases: (count, size) =>
    `{ customers(first: 100) { nodes { ${repeat(Math.min(count, 30), (index) => `a${'x'.repeat(size * 100)}${index}: name`)} } } }`,
  lists: (count, size) =>
    `{ ${repeat(count, (index) => `a${index}: customers(first: 100) { nodes { ${repeat(size, () => 'id name addresses { lines } contacts { name }')} } }`)} }`,
  ids: (count, size) =>
    `{ ${repeat(Math.min(count, 25), (index) => `a${index}: customersByIds(ids: [${repeat(size, (each) => `"cro:${index * 200 + each + 1}"`)}]) { name }`)} }`,
  entities: (count) =>
    `{ _entities(representations: [${repeat(count, (index) => `{ __typename: "Customer", id: "elevate:${index}" }`)}]) { __typename } }`,
  badEntities: (count, size) =>
    `{ ${repeat(Math.min(size, 19), (index) => `a${index}: _entities(representations: [${repeat(count, () => '{}')}]) { __typename }`)} }`,
  unknownFields: (count, size) =>
    `{ customers { nodes { ${repeat(count, (index) => `${'nam'.repeat(size)}${index}`)} } } }`,
  unknownTypes: (count) =>
    `{ customers { nodes { ${repeat(count, (index) => `... on CroCustomr${index} { name }`)} } } }`,
  unknownArguments: (count) => `{ customer(${repeat(count, (index) => `idd${index}: 1`)}) { name } }`,
  sameArguments: (count) => `{ customer(${repeat(count, () => 'id: 1')}) { name } }`,
  directives: (count) => `{ sources { name ${repeat(count, () => '@skip(if: false)')} } }`,
  spreadDirectives: (count) => `{ ${repeat(count, () => '... @include(if: true) { sources { name } }')} }`,
  variables: (count, size) =>
    `query (${repeat(count, (index) => `$v${index}: [Int] = [${repeat(size, (each) => String(each))}]`)}) { sources { name } }`,
  undefinedVariables: (count) => `{ ${repeat(count, (index) => `customer(id: $v${index}) { name }`)} }`,
  operations: (count, size) =>
    `${repeat(count, (index) => `query Q${index} { ...F }`)} fragment F on Query { ${repeat(size, (index) => `a${index}: __typename`)} }`,
  fields: (count) =>
    `{ customer(id: "cro:1") ${nested(count, '{ ... on CroCustomer { parent ', '} }', '{ name }')} }`,
  inline: (count) => `{ sources ${nested(count, '{ ... ', '}', '{ name }')} }`,
  chain: (count) =>
    `{ customers { nodes { ...F0 } } } ${repeat(count, (index) => `fragment F${index} on Customer { ...F${index + 1} }`)} fragment F${count} on Customer { name }`,
  nestedLists: (count) => `{ customersByIds(ids: ${nested(count, '[', ']', '"cro:1"')}) { name } }`,
  nestedObjects: (count) => `{ customers(filter: ${nested(count, '{name:', '}', '1')}) { nodes { name } } }`,
  nestedTypes: (count) => `query ($a: ${nested(count, '[', ']', 'Int')}) { sources { name } }`,
  longStrings: (count, size) =>
    `{ search(text: "${'\\u{1F600}x'.repeat(count * size)}") { nodes { name } } }`,
  blockStrings: (count, size) =>
    `{ search(text: """${'\n   x'.repeat(count * size)}""") { nodes { name } } }`,
  comments: (count, size) => `${'# x\n'.repeat(count * size)}{ sources { name } }`,
  commas: (count, size) => `${',\ufeff'.repeat(count * size)}{ sources { name } }`,
  numbers: (count, size) => `{ customers(first: ${'9'.repeat(count * size)}) { nodes { name } } }`,
  names: (count, size) => `{ ${'n'.repeat(count * size)} }`,
  values: (count) =>
    `{ customersByIds(ids: [${repeat(count, (index) => ['1', '{}', 'null', '$x', 'A', '1.5'][index % 6] ?? '')}]) { name } }`,
  unclosed: (count) => '{ a '.repeat(count),
  nearLimits: (_count, size) =>
    `{ ${repeat(18, (index) => `a${index}: sources { ...S }`)} customers(first: 100) { nodes { ...C ...D } } } fragment S on Source { name title status { state latency { p50Ms } } capabilities { filters unsupportedFilters { name reason } } } fragment C on Customer { ${repeat(Math.min(size, 40) * 10, () => 'name')} } fragment D on Customer { id name @skip(if: false) ... on CroCustomer { addresses { lines } } }`,
};

/** A handful, hundreds, or as many as fit. */
const counts = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 41, max: 700 }),
  fc.integer({ min: 701, max: 20_000 }),
);

/** Documents of every shape, up to the size of a request. */
const bombs: fc.Arbitrary<Bomb> = fc
  .record({
    shape: fc.constantFrom(...Object.keys(shapes)),
    count: counts,
    size: fc.integer({ min: 1, max: 200 }),
  })
  .map(({ shape, count, size }) => ({
    shape,
    query: writeWithin(shapes[shape] ?? shapes['names'], count, size),
  }));

/** With as many as fit. */
function writeWithin(write: Shape | undefined, count: number, size: number): string {
  if (write === undefined) return '';
  const perOne = Math.max(1, write(2, size).length - write(1, size).length);
  return write(Math.max(1, Math.min(count, Math.floor(mostCharacters / perOne / 1.2))), size).slice(
    0,
    mostCharacters,
  );
}

export function createBombs(count: number, seed: number): readonly Bomb[] {
  return fc.sample(bombs, { numRuns: count, seed });
}
