import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { createFieldMap } from '../../src/graph/mapping/field-map.ts';
import type { FieldMap } from '../../src/graph/mapping/field-source.ts';
import { readPayloadShapes } from '../../src/graph/mapping/json-schema.ts';

type Shape = Readonly<Record<string, object>>;

const text = { type: 'string' };
const integer = { type: 'integer' };
const listOf = (shape: string) => ({ type: 'array', items: { $ref: `#/$defs/${shape}` } });

function mapFields(
  customerFields: string,
  customer: Shape,
  more: { readonly sdl?: string; readonly shapes?: Readonly<Record<string, Shape>> } = {},
): FieldMap {
  const shapes = Object.entries({ Customer: customer, ...more.shapes }).map(([name, properties]) => [
    name,
    { type: 'object', properties },
  ]);
  return createFieldMap({
    document: parse(`type AcmeCustomer { ${customerFields} } ${more.sdl ?? ''}`),
    shapes: readPayloadShapes({ $defs: Object.fromEntries(shapes) }, 'acme.json'),
    customerType: 'AcmeCustomer',
  });
}

function sourceOf({ types }: FieldMap, type: string, field: string): unknown {
  return types.get(type)?.fields.get(field)?.source;
}

describe('a field map', () => {
  it('finds keys by name, in snake case too', () => {
    const map = mapFields('name: String creditLimit: Decimal line1: String', {
      name: text,
      credit_limit: { type: 'number' },
      line_1: text,
    });
    expect(map.problems).toEqual([]);
    expect(sourceOf(map, 'AcmeCustomer', 'creditLimit')).toEqual({
      from: 'path',
      path: ['credit_limit'],
      kind: undefined,
    });
    expect(sourceOf(map, 'AcmeCustomer', 'line1')).toEqual({
      from: 'path',
      path: ['line_1'],
      kind: undefined,
    });
  });

  it('follows @from to keys, groups, prefixes and numbered keys', () => {
    const map = mapFields(
      `id: ID! title: String @from(path: "name") terms: AcmeTerms @from(path: ".")
       phone: AcmePhone @from(prefix: "phone_") codes: [AcmeCode!] @from(numbered: "code_")`,
      {
        id: integer,
        name: text,
        days: integer,
        phone_area: text,
        phone_number: text,
        code_2: text,
        code_1: text,
        code_10: text,
      },
      {
        sdl: 'type AcmeTerms { days: Int } type AcmePhone { area: String number: String } type AcmeCode { number: Int! value: String }',
      },
    );
    expect(map.problems).toEqual([]);
    expect(sourceOf(map, 'AcmeCustomer', 'id')).toEqual({ from: 'global-id', key: 'id', kind: undefined });
    expect(sourceOf(map, 'AcmeTerms', 'days')).toEqual({ from: 'path', path: ['days'], kind: undefined });
    expect(map.types.get('AcmePhone')?.fields.get('area')?.reads).toEqual(['Customer.phone_area']);
    expect(sourceOf(map, 'AcmeCustomer', 'codes')).toEqual({
      from: 'numbered',
      columns: [
        { number: 1, key: 'code_1' },
        { number: 2, key: 'code_2' },
        { number: 10, key: 'code_10' },
      ],
    });
  });

  it('leaves a field without a key to a resolver', () => {
    const map = mapFields('name: String balance: Decimal', { name: text });
    expect(map.problems).toEqual([]);
    expect(sourceOf(map, 'AcmeCustomer', 'balance')).toEqual({ from: 'resolver', keys: [] });
  });
});

describe('a key that a function reads', () => {
  it('is exposed by its field', () => {
    expect(mapFields('city: String @from(keys: ["address"])', { address: text }).problems).toEqual([]);
  });
});

describe('an id under another key', () => {
  it('is read from where @from says', () => {
    const map = mapFields('id: ID! @from(path: "ref") nativeId: ID! @from(path: "ref")', { ref: text });
    expect(map.problems).toEqual([]);
    expect(sourceOf(map, 'AcmeCustomer', 'id')).toEqual({ from: 'global-id', key: 'ref', kind: undefined });
    expect(sourceOf(map, 'AcmeCustomer', 'nativeId')).toEqual({ from: 'native-id', key: 'ref' });
  });
});

describe('the problems of a field map', () => {
  it.each([
    [
      'a key that no field exposes',
      mapFields('name: String', { name: text, vat_number: text }),
      `The JSON Schema's $defs/Customer has "vat_number", which no field of the SDL exposes.`,
    ],
    [
      'a scalar of another type',
      mapFields('name: Boolean', { name: text }),
      'AcmeCustomer.name is a Boolean, which cannot be read from string.',
    ],
    [
      'an Int from a fraction',
      mapFields('rate: Int', { rate: { type: 'number' } }),
      'AcmeCustomer.rate is a Int, which cannot be read from number.',
    ],
    [
      'an object from a text',
      mapFields('name: AcmeName', { name: text }, { sdl: 'type AcmeName { first: String }' }),
      'AcmeCustomer.name is a AcmeName, which cannot be read from string.',
    ],
    [
      'a list from one value',
      mapFields('name: [String!]', { name: text }),
      'AcmeCustomer.name is a list, but the JSON Schema has string there.',
    ],
    [
      'one value from a list',
      mapFields(
        'sites: AcmeSite',
        { sites: listOf('Site') },
        { sdl: 'type AcmeSite { name: String }', shapes: { Site: { name: text } } },
      ),
      'AcmeCustomer.sites is no list, but the JSON Schema has array there.',
    ],
    [
      'an object of another shape',
      mapFields(
        'site: AcmeSite post: AcmeSite',
        { site: { $ref: '#/$defs/Site' }, post: { $ref: '#/$defs/Post' } },
        {
          sdl: 'type AcmeSite { name: String } type AcmePost { name: String }',
          shapes: { Site: { name: text }, Post: { name: text } },
        },
      ),
      'AcmeCustomer.post is a AcmeSite, but the JSON Schema has a Post there.',
    ],
    [
      'a path to nowhere',
      mapFields('name: String @from(path: "title")', {}),
      'AcmeCustomer.name: the JSON Schema has no "title" in $defs/Customer.',
    ],
    [
      'a path through a text',
      mapFields('name: String @from(path: "title.first")', { title: text }),
      'AcmeCustomer.name: "title" is no object in the JSON Schema.',
    ],
    [
      "a function's key that is not there",
      mapFields('name: String @from(keys: ["title"])', {}),
      'AcmeCustomer.name: the JSON Schema has no "title" in $defs/Customer.',
    ],
    [
      'a prefix of nothing',
      mapFields('fax: AcmeFax @from(prefix: "fax_")', {}),
      'AcmeCustomer.fax: no key of the JSON Schema begins with "fax_".',
    ],
    [
      'numbers of nothing',
      mapFields('codes: [AcmeCode!] @from(numbered: "code_")', { code_a: text }),
      'AcmeCustomer.codes: no key of the JSON Schema is "code_" and a number.',
    ],
    [
      '@from with two arguments',
      mapFields('name: String @from(path: "name", prefix: "n")', { name: text }),
      'AcmeCustomer.name: @from takes exactly one argument.',
    ],
    [
      '@from without one',
      mapFields('name: String @from', { name: text }),
      'AcmeCustomer.name: @from takes exactly one argument.',
    ],
    [
      '@from with an empty one',
      mapFields('name: String @from(path: "")', { name: text }),
      'AcmeCustomer.name: @from(path:) takes a text.',
    ],
    [
      '@from with an unknown one',
      mapFields('name: String @from(key: "name")', { name: text }),
      'AcmeCustomer.name: @from has no argument key.',
    ],
    [
      'a type that nothing leads to',
      mapFields('name: String', { name: text }, { sdl: 'type AcmeGhost { name: String }' }),
      'The type AcmeGhost stands for no object of the JSON Schema: no $defs entry has its name and no field leads to it.',
    ],
    [
      'an identified type without an id',
      mapFields('id: ID! name: String', { name: text }),
      'AcmeCustomer.id: the JSON Schema has no "id" in $defs/Customer.',
    ],
  ])('name %s', (_what, { problems }, problem) => {
    expect(problems).toContain(problem);
  });

  it('name a type that is read in two ways', () => {
    const { problems } = mapFields(
      'home: AcmePhone @from(prefix: "home_") work: AcmePhone @from(prefix: "work_")',
      { home_number: text, work_number: text, work_fax: text },
      { sdl: 'type AcmePhone { number: String fax: String }' },
    );
    expect(problems).toEqual([
      'AcmePhone.fax is read differently in the different objects that AcmePhone stands for.',
    ]);
  });

  it('are mistakes of the SDL, not of the mapping itself', () => {
    const property = {
      shape: undefined,
      get types(): never {
        throw new TypeError('a bug');
      },
    };
    const shapes = new Map([['Customer', new Map([['name', property]])]]);
    const document = parse('type AcmeCustomer { name: String }');
    expect(() => createFieldMap({ document, shapes, customerType: 'AcmeCustomer' })).toThrow('a bug');
  });
});

describe('a JSON Schema in another form', () => {
  it.each([
    [{}, 'acme.json: $defs: expected an object'],
    [{ $defs: { Customer: {} } }, 'acme.json: $defs/Customer/properties: expected an object'],
    [
      { $defs: { Customer: { properties: { name: {} } } } },
      'acme.json: $defs/Customer/properties/name: expected a type or a $ref',
    ],
    [
      { $defs: { Customer: { properties: { site: { type: 'object' } } } } },
      'expected nested objects by $ref to a $defs entry',
    ],
    [
      { $defs: { Customer: { properties: { sites: { type: 'array' } } } } },
      '$defs/Customer/properties/sites/items: expected an object',
    ],
    [
      { $defs: { Customer: { properties: { site: { $ref: 'site.json' } } } } },
      'expected a $ref to "#/$defs/…"',
    ],
  ])('is refused with the place: %j', (schema, message) => {
    expect(() => readPayloadShapes(schema, 'acme.json')).toThrow(message);
  });

  it('must have every shape that it refers to', () => {
    expect(
      () =>
        mapFields(
          'site: AcmeSite',
          { site: { $ref: '#/$defs/Site' } },
          { sdl: 'type AcmeSite { name: String }' },
        ).problems,
    ).not.toThrow();
    expect(mapFields('site: AcmeSite', { site: { $ref: '#/$defs/Site' } }).problems).toContain(
      'AcmeCustomer.site: the JSON Schema has no $defs/Site.',
    );
  });
});
