import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildASTSchema, Kind, parse, validate } from 'graphql';
import { format } from 'prettier';
import { examples } from '../../src/server/graphiql/examples.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startRecordedSandbox, type RecordedApi } from '../support/sources.ts';

const directory = 'schema';
const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.graphql'),
);
const definitions = files.map((file) => readFileSync(join(directory, file), 'utf8')).join('\n');
const schema = buildASTSchema(parse(definitions), { assumeValidSDL: true });

let apis: readonly RecordedApi[];
let product: TestProduct;

beforeAll(async () => {
  apis = Object.values(await startRecordedSandbox());
  product = await startTestProduct(
    Object.fromEntries(apis.map(({ provider, source }) => [provider, source])),
  );
});

afterAll(async () => {
  await product.close();
  await Promise.all(apis.map((api) => api.close()));
});

test('names are unique', () => {
  const names = examples.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test.each(examples)('$name is a valid query of that name', ({ name, query }) => {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const operations = document.definitions.filter(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  expect(operations.map((operation) => operation.name?.value)).toEqual([name]);
});

test.each(examples)('$name has values for just the variables it declares', ({ query, variables = {} }) => {
  const declared = parse(query).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? (definition.variableDefinitions ?? []) : [],
  );
  expect(Object.keys(variables)).toEqual(declared.map(({ variable }) => variable.name.value));
});

test.each(examples)('$name says what it shows, in lines that fit the editor', ({ query }) => {
  const comments = query.split('\n').filter((line) => line.startsWith('#'));
  expect(query).toMatch(/^# /);
  expect(Math.max(...comments.map((line) => line.length))).toBeLessThanOrEqual(62);
});

test.each(examples)('$name is formatted as GraphiQL formats it', async ({ query }) => {
  expect(await format(query, { parser: 'graphql' })).toBe(query);
});

test.each(examples)('$name is answered as it should be', async ({ query, variables = {}, hasErrors }) => {
  const { status, data, errors } = await product.query(query, { variables });
  expect(status).toBe(200);
  expect(Object.keys(data)).not.toEqual([]);
  expect(errors.length > 0).toBe(hasErrors === true);
});
