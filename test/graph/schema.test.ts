import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  concatAST,
  isTypeDefinitionNode,
  Kind,
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  type StringValueNode,
  type TypeDefinitionNode,
  type TypeNode,
} from 'graphql';
import { createGraph, SchemaMapError } from '../../src/graph/schema.ts';
import { findProviderNames, readProviderFiles, readSharedSdl } from '../../src/graph/schema-files.ts';
import { providers } from '../../src/providers/index.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';

const document = concatAST([
  ...readSharedSdl(),
  ...findProviderNames().map((name) => readProviderFiles(name).document),
]);
const types = document.definitions.filter(isTypeDefinitionNode);
const fields = types.flatMap((type) =>
  fieldsOf(type).map((field) => ({ type, field, place: `${type.name.value}.${field.name.value}` })),
);
const args = fields.flatMap(({ field, place }) =>
  argumentsOf(field).map((arg) => ({ arg, place: `${place}(${arg.name.value}:)` })),
);
const values = types.flatMap((type) =>
  type.kind === Kind.ENUM_TYPE_DEFINITION ? (type.values ?? []).map((value) => ({ type, value })) : [],
);

function fieldsOf(type: TypeDefinitionNode): readonly (FieldDefinitionNode | InputValueDefinitionNode)[] {
  return 'fields' in type ? (type.fields ?? []) : [];
}

function argumentsOf(
  field: FieldDefinitionNode | InputValueDefinitionNode,
): readonly InputValueDefinitionNode[] {
  return field.kind === Kind.FIELD_DEFINITION ? (field.arguments ?? []) : [];
}

function placesWithout<T>(
  nodes: readonly T[],
  place: (node: T) => string,
  isGood: (node: T) => boolean,
): string[] {
  return nodes.filter((node) => !isGood(node)).map(place);
}

function isDescribed({ description }: { readonly description?: StringValueNode | undefined }): boolean {
  return /\S.*[.:)`]$/s.test(description?.value.trim() ?? '');
}

describe('the SDL', () => {
  it('describes every type, field, argument and enum value', () => {
    // Of the root type each field says what it is for.
    const described = types.filter(({ name }) => name.value !== 'Query');
    expect([
      ...placesWithout(described, ({ name }) => name.value, isDescribed),
      ...placesWithout(
        fields,
        ({ place }) => place,
        ({ field }) => isDescribed(field),
      ),
      ...placesWithout(
        args,
        ({ place }) => place,
        ({ arg }) => isDescribed(arg),
      ),
      ...placesWithout(
        values,
        ({ type, value }) => `${type.name.value}.${value.name.value}`,
        ({ value }) => isDescribed(value),
      ),
    ]).toEqual([]);
  });

  it('names types in PascalCase, fields and arguments in camelCase, enum values in UPPER_CASE', () => {
    expect([
      ...placesWithout(
        types,
        ({ name }) => name.value,
        ({ name }) => /^([A-Z][a-z0-9]*)+$/.test(name.value),
      ),
      ...placesWithout(
        fields,
        ({ place }) => place,
        ({ field }) => /^[a-z][a-zA-Z0-9]*$/.test(field.name.value),
      ),
      ...placesWithout(
        args,
        ({ place }) => place,
        ({ arg }) => /^[a-z][a-zA-Z0-9]*$/.test(arg.name.value),
      ),
      ...placesWithout(
        values,
        ({ type, value }) => `${type.name.value}.${value.name.value}`,
        ({ value }) => /^[A-Z][A-Z0-9_]*$/.test(value.name.value),
      ),
    ]).toEqual([]);
  });

  it("begins the names of a provider's types with those of its customers", () => {
    const strays = findProviderNames().flatMap((name) => {
      const own = readProviderFiles(name)
        .document.definitions.filter(isTypeDefinitionNode)
        .map((type) => type.name.value);
      const prefix = own.find((type) => type.endsWith('Customer'))?.replace(/Customer$/, '') ?? '?';
      return own.filter((type) => !type.startsWith(prefix));
    });
    expect(strays).toEqual([]);
  });

  it('promises no value that a provider may leave out', () => {
    const promised = fields.filter(
      ({ type, field }) =>
        field.type.kind === Kind.NON_NULL_TYPE && type.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION,
    );
    expect(
      placesWithout(
        promised,
        ({ place }) => place,
        ({ type, field }) => mayBePromised(type, field.name.value),
      ),
    ).toEqual([]);
  });

  it('has no null among the items of a list, except customers that could not be had', () => {
    const lists = fields.filter(({ field }) => hasNullableItems(field.type));
    expect(lists.map(({ place }) => place)).toEqual(['Query.customersByIds']);
  });
});

/** Types that this server makes itself, not a provider. */
const ownTypes =
  /^(Query|Source(Capabilities|Completeness|Status|Latency)?|Freshness|UnsupportedFilter|PageInfo|\w+Connection|\w+Edge)$/;

/** Fields that need no payload: of our own types, the identity of nodes, and the numbers of numbered fields. */
function mayBePromised(type: TypeDefinitionNode, field: string): boolean {
  if (ownTypes.test(type.name.value)) return true;
  if (field === 'number')
    return (
      fieldsOf(type)
        .map(({ name }) => name.value)
        .join() === 'number,value'
    );
  const isNode =
    type.name.value === 'Node' ||
    ('interfaces' in type && (type.interfaces ?? []).some(({ name }) => name.value === 'Node'));
  return isNode && ['id', 'nativeId', 'source'].includes(field);
}

function hasNullableItems(type: TypeNode): boolean {
  if (type.kind === Kind.NAMED_TYPE) return false;
  if (type.kind === Kind.NON_NULL_TYPE) return hasNullableItems(type.type);
  return type.type.kind !== Kind.NON_NULL_TYPE || hasNullableItems(type.type);
}

describe('the published schema', () => {
  let product: TestProduct;

  beforeAll(async () => {
    product = await startTestProduct({});
  });

  afterAll(() => product.close());

  it('is a federation subgraph without the directives that only the mapping reads', async () => {
    const { data } = await product.query('{ _service { sdl } }');
    const sdl = JSON.stringify(data['_service']);
    expect(sdl).toContain('@key(fields: \\"id\\")');
    expect(sdl).toContain('type Sage200Customer implements Customer & Node');
    expect(sdl).not.toMatch(/@from|@kind|directive @(from|kind)/);
  });

  it('tells the same to introspection', async () => {
    const { text } = await product.query('{ __schema { directives { name } } }');
    expect(text).toContain('"skip"');
    expect(text).not.toMatch(/"(from|kind)"/);
  });

  it('holds every field of the SDL', () => {
    const { schema } = createGraph(Object.values(providers));
    const missing = fields.filter(({ type, field }) => {
      const published = schema.getType(type.name.value);
      return (
        published === undefined ||
        !('getFields' in published) ||
        published.getFields()[field.name.value] === undefined
      );
    });
    expect(missing.map(({ place }) => place)).toEqual([]);
  });

  it('lists every directive of the mapping in no other place', () => {
    const isMapping = ({ name }: ConstDirectiveNode) => name.value === 'from' || name.value === 'kind';
    const outside = types.filter(({ name }) => ownTypes.test(name.value));
    expect(
      outside.filter((type) =>
        [...(type.directives ?? []), ...fieldsOf(type).flatMap((field) => field.directives ?? [])].some(
          isMapping,
        ),
      ),
    ).toEqual([]);
  });
});

describe('createGraph', () => {
  const { elevate } = providers;

  it('names a field without a resolver', () => {
    const { ElevateAddress: _address, ...resolvers } = elevate.resolvers;
    const act = () => createGraph([{ ...elevate, resolvers }]);
    expect(act).toThrow(SchemaMapError);
    expect(act).toThrow(
      'ElevateAddress.lines has no source: no key in schema/rest/elevate.json, no @from, no function in resolvers.ts.',
    );
    expect(act).toThrow('ElevateAddress.purposes has no source');
  });

  it('names a resolver without a field', () => {
    const resolvers = {
      ...elevate.resolvers,
      ElevateGhost: { name: () => null },
      ElevateTax: { rate: () => null },
    };
    const act = () => createGraph([{ ...elevate, resolvers }]);
    expect(act).toThrow('The elevate resolver for ElevateGhost.name has no such field in the SDL.');
    expect(act).toThrow('The elevate resolver for ElevateTax.rate has no such field in the SDL.');
  });

  it('names a type that gateways could not refer to', () => {
    const act = () => createGraph([{ ...elevate, nodeTypes: { site: 'ElevateSite', tax: 'ElevateTax' } }]);
    expect(act).toThrow('ElevateTax can be fetched by its id, but has no @key(fields: "id").');
  });

  it('names what is no function', () => {
    const resolvers = { ...elevate.resolvers, ElevateAddress: { lines: 'address1', purposes: () => [] } };
    expect(() => createGraph([{ ...elevate, resolvers }])).toThrow('ElevateAddress.lines has no source');
  });

  it('tells which payload keys a field is read from', () => {
    const { payloadReads } = createGraph([elevate]);
    expect(payloadReads.get('ElevateCustomer.name')).toEqual(['elevate/Customer.customerName']);
    expect(payloadReads.get('ElevateContractTerm.length')).toEqual(['elevate/Customer.contractTerm']);
    expect(payloadReads.get('ElevateAddress.lines')).toEqual([
      'elevate/Address.address1',
      'elevate/Address.address2',
      'elevate/Address.address3',
    ]);
    expect(payloadReads.get('ElevateCustomer.source')).toEqual([]);
  });
});
