import { describe, expect, it } from '@jest/globals';
import { buildSchema, GraphQLScalarType, isObjectType, type GraphQLOutputType } from 'graphql';
import { findScalarReader, isListField } from '../../src/graph/readers.ts';
import { WrongTypeError, type ScalarReader } from '../../src/providers/kit/scalar-readers.ts';
import { isJsonObject, parseJson } from '../../src/rest/json.ts';

const scalarNames = [
  'String',
  'ID',
  'Boolean',
  'Int',
  'Float',
  'Decimal',
  'Date',
  'DateTime',
  'LocalDateTime',
];

function readerOf(scalar: string): ScalarReader {
  const reader = findScalarReader(new GraphQLScalarType({ name: scalar }));
  if (reader === undefined) throw new TypeError(`no reader for ${scalar}`);
  return reader;
}

/** Reads a value as it stands in a JSON text, where `12.50` is not `12.5`. */
function read(scalar: string, json: string): unknown {
  const body = parseJson(`{"value": ${json}}`);
  return readerOf(scalar)(isJsonObject(body) ? body['value'] : body);
}

describe('a decimal', () => {
  it.each([
    ['0', '0'],
    ['12.50', '12.50'],
    ['-0.0', '-0.0'],
    ['-3.25', '-3.25'],
    ['12345678901234567.89', '12345678901234567.89'],
    ['99999999999999999999999999999999999999', '99999999999999999999999999999999999999'],
    ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
    ['" 12.50 "', '12.50'],
    ['"-0012.50"', '-0012.50'],
  ])('keeps the digits of %s', (json, digits) => {
    expect(read('Decimal', json)).toBe(digits);
  });

  it.each([
    ['1e3', '1000'],
    ['1.25e3', '1250'],
    ['1.25E+3', '1250'],
    ['1.2500e3', '1250.0'],
    ['1.2500e2', '125.00'],
    ['123e-2', '1.23'],
    ['123e-3', '0.123'],
    ['123e-5', '0.00123'],
    ['5e-1', '0.5'],
    ['-1.5e1', '-15'],
    ['-1.5e-1', '-0.15'],
    ['0e5', '0'],
    ['0.00e2', '0'],
    ['0.0012e2', '0.12'],
    ['0.0000001', '0.0000001'],
    ['1e+21', '1000000000000000000000'],
    ['12345678901234567.89e2', '1234567890123456789'],
    ['12345678901234567.89e-20', '0.0001234567890123456789'],
    ['"2e2"', '200'],
  ])('is written without exponent: %s is %s', (json, digits) => {
    expect(read('Decimal', json)).toBe(digits);
  });

  it.each([
    '"1,234.50"',
    '"+5"',
    '"12.50 GBP"',
    '"NaN"',
    '"Infinity"',
    '"0x10"',
    '"1e9999"',
    '".5"',
    '"5."',
    '1e400',
    'true',
    '[1]',
    '{"a": 1}',
  ])('is not made of %s', (json) => {
    expect(() => read('Decimal', json)).toThrow(WrongTypeError);
  });
});

describe('whole numbers', () => {
  it.each([
    ['Int', '2147483647', 2_147_483_647],
    ['Int', '-2147483647', -2_147_483_647],
    ['Int', '12.0', 12],
    ['Int', '3e2', 300],
    ['ID', '9007199254740993', '9007199254740993'],
    ['ID', '-5', '-5'],
    ['ID', '0', '0'],
    ['ID', '"preyes"', 'preyes'],
    ['Float', '48.0795317', 48.0795317],
    ['Float', '-0.0', -0],
  ])('%s from %s', (scalar, json, value) => {
    expect(read(scalar, json)).toBe(value);
  });

  it.each([
    ['Int', '2147483648'],
    ['Int', '1.5'],
    ['Int', '"5"'],
    ['Int', 'true'],
    ['ID', '1.5'],
    ['ID', '12.0'],
    ['ID', '1e3'],
    ['ID', 'true'],
    ['ID', '{"id": 1}'],
    ['Float', '"48.1"'],
    ['Float', '1e400'],
    ['Boolean', '1'],
    ['Boolean', '"true"'],
    ['String', '5'],
    ['String', 'false'],
    ['String', '["a"]'],
  ])('no %s from %s', (scalar, json) => {
    expect(() => read(scalar, json)).toThrow(WrongTypeError);
  });
});

describe('days and times', () => {
  it.each([
    ['Date', '2020-01-02', '2020-01-02'],
    ['Date', '2020-01-02T00:00:00Z', '2020-01-02'],
    ['Date', '2020-01-02T23:30:00+13:00', '2020-01-02'],
    ['Date', '2020-01-02 00:00:00', '2020-01-02'],
    ['DateTime', '2019-08-24T14:15:22Z', '2019-08-24T14:15:22Z'],
    ['DateTime', '2019-08-24T14:15:22.1234567+01:00', '2019-08-24T14:15:22.1234567+01:00'],
    ['LocalDateTime', '2018-06-13T19:50:20.447000', '2018-06-13T19:50:20.447000'],
    ['LocalDateTime', '2018-06-13 19:50:20', '2018-06-13T19:50:20'],
  ])('%s from %s', (scalar, text, value) => {
    expect(read(scalar, JSON.stringify(text))).toBe(value);
  });

  it.each([
    ['Date', '02/01/2020'],
    ['Date', '2020-1-2'],
    ['Date', '20200102'],
    ['DateTime', '2019-08-24'],
    ['DateTime', '2019-08-24T14:15:22'],
    ['DateTime', '2019-08-24T14:15Z'],
    ['DateTime', '2019-08-24T14:15:22-0800'],
    ['LocalDateTime', '2018-06-13T19:50:20Z'],
    ['LocalDateTime', '2018-06-13'],
  ])('no %s from %s', (scalar, text) => {
    expect(() => read(scalar, JSON.stringify(text))).toThrow(WrongTypeError);
  });

  it.each(['Date', 'DateTime', 'LocalDateTime'])('no %s from a number', (scalar) => {
    expect(() => read(scalar, '1566656122')).toThrow(WrongTypeError);
  });
});

describe('nothing', () => {
  it.each(scalarNames.flatMap((scalar) => ['null', '{}', '[]'].map((json) => [scalar, json] as const)))(
    '%s from %s is null',
    (scalar, json) => {
      expect(read(scalar, json)).toBeNull();
      expect(readerOf(scalar)(undefined)).toBeNull();
    },
  );

  it.each(scalarNames)('an empty text is null, except as a String: %s', (scalar) => {
    expect(read(scalar, '""')).toBe(scalar === 'String' ? '' : null);
  });
});

describe('the message about a wrong type', () => {
  it.each([
    ['String', '5150', 'expected a string, found a number of another form'],
    ['String', 'true', 'expected a string, found true or false'],
    ['String', '["5150"]', 'expected a string, found a list'],
    ['String', '{"a": "5150"}', 'expected a string, found an object'],
    ['ID', '5150.5', 'expected an id, found a number of another form'],
    ['Boolean', '"5150"', 'expected true or false, found a text of another form'],
    ['Int', '1e400', 'expected a whole number of 32 bits, found a number that is not finite'],
    ['Float', '"5150"', 'expected a number, found a text of another form'],
    ['Date', '"5150"', 'expected a date, found a text of another form'],
    ['DateTime', '"5150"', 'expected a date and time with offset, found a text of another form'],
    ['LocalDateTime', '"5150"', 'expected a date and time without offset, found a text of another form'],
  ])('names both types and never the value: %s from %s', (scalar, json, message) => {
    expect(() => read(scalar, json)).toThrow(message);
    expect(message).not.toContain('5150');
  });
});

describe('the reader of a type', () => {
  const schema = buildSchema(
    'enum Colour { RED } type Query { colour: Colour! texts: [String!]! text: String! query: Query }',
  );
  const root = schema.getQueryType();
  const typeOf = (field: string): GraphQLOutputType => {
    const type = isObjectType(root) ? root.getFields()[field]?.type : undefined;
    if (type === undefined) throw new TypeError(`no field ${field}`);
    return type;
  };

  it('looks through lists and non-null', () => {
    expect(findScalarReader(typeOf('texts'))?.('a')).toBe('a');
    expect(isListField(typeOf('texts'))).toBe(true);
    expect(isListField(typeOf('text'))).toBe(false);
  });

  it('reads enum values as texts', () => {
    expect(findScalarReader(typeOf('colour'))?.('RED')).toBe('RED');
  });

  it('is none for objects and unknown scalars', () => {
    expect(findScalarReader(typeOf('query'))).toBeUndefined();
    expect(findScalarReader(new GraphQLScalarType({ name: 'Colour' }))).toBeUndefined();
  });
});
