import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildASTSchema, Kind, parse, validate } from 'graphql';
import { format } from 'prettier';
import { createAsk } from '../../src/server/graphiql/api/ask.ts';
import { loadSources } from '../../src/server/graphiql/api/load-sources.ts';
import { sampleCustomers } from '../../src/server/graphiql/api/sample-customers.ts';
import { createExamples, type SampledSource } from '../../src/server/graphiql/examples.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startRecordedSandbox, type RecordedApi } from '../support/sources.ts';

const directory = 'schema';
const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.graphql'),
);
const definitions = files.map((file) => readFileSync(join(directory, file), 'utf8')).join('\n');
const schema = buildASTSchema(parse(definitions), { assumeValidSDL: true });

/** Whatever a configuration may call its sources. */
const named = { billing: 'elevate', 'ledger-uk': 'sage200', 'ledger-ie': 'sage200', dispatch: 'cro' };

const knownSources: readonly SampledSource[] = Object.entries(named).map(([name, provider]) => ({
  name,
  provider,
  title: provider,
  ids: [`${name}:1`, `${name}:2`],
  customerNames: [`Anna's ${name}`],
}));
const examples = createExamples(knownSources).flatMap((group) => group.examples);
const unlike = examples.filter(
  ({ query }, index) => examples.findIndex((example) => example.query === query) === index,
);

let apis: Readonly<Record<string, RecordedApi>>;
let product: TestProduct;

beforeAll(async () => {
  apis = await startRecordedSandbox();
  product = await startTestProduct(
    Object.fromEntries(
      Object.entries(named).flatMap(([name, provider]) => {
        const source = apis[provider]?.source;
        return source === undefined ? [] : [[name, source]];
      }),
    ),
  );
});

afterAll(async () => {
  await product.close();
  await Promise.all(Object.values(apis).map((api) => api.close()));
});

test('names are unique in their group', () => {
  for (const group of createExamples(knownSources)) {
    const names = group.examples.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  }
});

test.each(unlike)('$name is a valid query of that name', ({ name, query }) => {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const operations = document.definitions.filter(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  expect(operations.map((operation) => operation.name?.value)).toEqual([name]);
});

test.each(unlike)('$name has values for just the variables it declares', ({ query, variables = {} }) => {
  const declared = parse(query).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? (definition.variableDefinitions ?? []) : [],
  );
  expect(Object.keys(variables)).toEqual(declared.map(({ variable }) => variable.name.value));
});

test.each(unlike)('$name says what it shows, in lines that fit the editor', ({ query }) => {
  const comments = query.split('\n').filter((line) => line.startsWith('#'));
  expect(query).toMatch(/^# /);
  expect(Math.max(...comments.map((line) => line.length))).toBeLessThanOrEqual(62);
});

test.each(unlike)('$name is formatted as GraphiQL formats it', async ({ query }) => {
  expect(await format(query, { parser: 'graphql' })).toBe(query);
});

test('are asked for with ids that exist, found by one call to each source, and answered as they should be', async () => {
  const ask = createAsk(`${product.url}/graphql`);
  const { sources } = await loadSources(ask);
  for (const api of Object.values(apis)) api.calls.splice(0);
  const samples = await sampleCustomers(ask, sources, {});
  expect(Object.entries(apis).map(([provider, { calls }]) => [provider, calls.length])).toEqual([
    ['elevate', 1],
    ['sage200', 2],
    ['cro', 1],
  ]);
  expect(samples.unknown).toEqual([]);
  const groups = createExamples(samples.sources);
  expect(groups.map(({ title }) => title)).toEqual([
    'All sources',
    'Lists and search',
    'Elevate: billing',
    'Sage 200: ledger-uk',
    'Sage 200: ledger-ie',
    'CRO Software: dispatch',
    'What is missing or wrong',
  ]);
  for (const { name, query, variables = {}, hasErrors } of groups.flatMap((group) => group.examples)) {
    const { status, data, errors } = await product.query(query, { variables });
    expect({ name, status, failed: errors.length > 0 }).toEqual({
      name,
      status: 200,
      failed: hasErrors === true,
    });
    const found = Object.values(data).flat();
    expect({ name, found: found.some((value) => value !== null) }).toEqual({ name, found: true });
  }
});

test('without a customer that is known, say so and stand with an id to be replaced', async () => {
  const silent = createAsk(`${product.url}/nowhere`);
  const { sources } = await loadSources(createAsk(`${product.url}/graphql`));
  const samples = await sampleCustomers(silent, sources, {});
  expect(samples.unknown).toEqual(Object.keys(named));
  const [group] = createExamples(samples.sources);
  expect(group?.examples[0]?.variables).toEqual({ ids: Object.keys(named).map((name) => `${name}:1`) });
});

test('of a server without known sources are those that need none', () => {
  expect(createExamples([]).flatMap((group) => group.examples.map(({ name }) => name))).toEqual([
    'Sources',
    'FirstCustomers',
    'Customers',
    'Filters',
    'Search',
  ]);
});
