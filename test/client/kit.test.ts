import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  buildSchema,
  getIntrospectionQuery,
  isInterfaceType,
  isScalarType,
  isSpecifiedScalarType,
  Kind,
  NoUnusedFragmentsRule,
  parse,
  print,
  specifiedRules,
  validate,
  type DocumentNode,
} from 'graphql';
import * as kit from '../../client/index.ts';
import {
  listPossibleTypes,
  printClientSdl,
  printSubgraphSdl,
  readDocuments,
} from '../../src/graph/client-document.ts';
import { findProviderNames } from '../../src/graph/schema-files.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';

const readFile = (name: string) => readFileSync(`client/${name}`, 'utf8');
const sdl = readFile('schema.graphql');
const documents = readDocuments(findProviderNames());

let api: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  api = await startStubServer(() => ({ body: { id: 1, customerName: 'Harbour Ltd' } }));
  product = await startTestProduct({ elevate: entryFor.elevate(api.url) });
});

afterAll(async () => {
  await product.close();
  await api.close();
});

describe('the SDL for clients', () => {
  it('is what the code generator makes of the schema now', () => {
    expect(sdl).toBe(printClientSdl(documents));
    expect(readFile('subgraph.graphql')).toBe(printSubgraphSdl(documents));
  });

  it('is taken by graphql-js, and names no directive of federation', () => {
    const schema = buildSchema(sdl);
    expect(schema.getQueryType()?.getFields()).toHaveProperty('node');
    expect(sdl).not.toMatch(
      /@(link|key|shareable|tag|cost|listSize|authenticated|requiresScopes|from|kind|open)\b/,
    );
  });

  it('is served as it is', async () => {
    const response = await fetch(`${product.url}/schema.graphql`);
    expect(response.headers.get('content-type')).toBe('application/graphql; charset=utf-8');
    expect(await response.text()).toBe(sdl);
  });

  it('tells of every type that introspection tells', async () => {
    const { data } = await product.query(getIntrospectionQuery());
    const told = JSON.stringify(data);
    const types = Object.keys(buildSchema(sdl).getTypeMap());
    expect(types.filter((name) => !told.includes(`"name":"${name}"`))).toEqual([]);
  });

  it('is told nobody where introspection is off', async () => {
    const silent = await startTestProduct({ elevate: entryFor.elevate(api.url) }, undefined, {
      server: { introspection: false },
    });
    const response = await fetch(`${silent.url}/schema.graphql`);
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status: 403,
      body: { errors: [{ message: 'This server does not tell its schema: introspection is off.' }] },
    });
    await silent.close();
  });
});

describe('the kit', () => {
  const schema = buildSchema(sdl);

  it('knows what each interface may be', () => {
    expect(kit.possibleTypes).toEqual(listPossibleTypes(documents));
    const interfaces = Object.values(schema.getTypeMap()).filter(isInterfaceType);
    expect(Object.keys(kit.possibleTypes).toSorted()).toEqual(interfaces.map(({ name }) => name).toSorted());
  });

  it('says which of them a cache does not know', () => {
    expect(kit.missingPossibleTypes(kit.possibleTypes)).toEqual([]);
    expect(kit.missingPossibleTypes(undefined)).toContain('Customer: CroCustomer');
    expect(
      kit.missingPossibleTypes({ ...kit.possibleTypes, Customer: ['ElevateCustomer', 'Sage200Customer'] }),
    ).toEqual(['Customer: CroCustomer']);
  });

  it('has a type for every scalar', () => {
    const own = Object.values(schema.getTypeMap()).filter(
      (type) => isScalarType(type) && !isSpecifiedScalarType(type),
    );
    expect(Object.keys(kit.scalars).toSorted()).toEqual(own.map(({ name }) => name).toSorted());
  });

  const typed = Object.entries(kit).filter(([name]) => name.endsWith('FragmentDoc'));
  const written = parse(readFile('fragments.graphql')).definitions;

  it('has each fragment as a document', () => {
    const texts = typed.map(([, document]) => printFragment(document));
    expect(texts.toSorted()).toEqual(written.map((node) => print(node)).toSorted());
  });

  it('has fragments that fit the schema', () => {
    const rules = specifiedRules.filter((rule) => rule !== NoUnusedFragmentsRule);
    expect(validate(schema, { kind: Kind.DOCUMENT, definitions: written }, rules)).toEqual([]);
  });
});

function printFragment(document: unknown): string {
  return print(isDocument(document) ? document : parse('{ none }')).trimEnd();
}

function isDocument(value: unknown): value is DocumentNode {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === Kind.DOCUMENT;
}
