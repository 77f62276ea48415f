import { describe, expect, it } from '@jest/globals';
import { LosslessNumber } from 'lossless-json';
import { digitsOf, isBlank, isCutShort, isJsonObject, isNothing, parseJson } from '../../src/rest/json.ts';

/** Makes the exact parser do the work: no double holds this number. */
const beyondDoubles = '9007199254740993';

/** The digits of the number at the end of a path into a parsed document. */
function digitsAt(text: string, ...path: readonly (string | number)[]): string | undefined {
  return digitsOf(path.reduce<unknown>(readKey, parseJson(text)));
}

function readKey(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

describe('numbers', () => {
  it.each([
    '0',
    '-1',
    '42',
    '0.1',
    '999999999999999',
    '9007199254740991',
    '9007199254740993',
    '-9007199254740993',
    '123456789012345678901234567890',
    '12345678901234567.89',
    '0.1234567890123456789',
    '12.50',
    '-12.50',
    '100.00',
    '1.0',
    '0.0',
    '-0',
    '-0.0',
    '0.000001',
    '0.0000001',
    '0.00000012345',
    '1e2',
    '1E2',
    '1e+2',
    '1.50e-7',
    '1e21',
    '1e-999',
  ])('keeps the digits of %s wherever it stands', (digits) => {
    expect(digitsAt(digits)).toBe(digits);
    expect(digitsAt(` ${digits}\n`)).toBe(digits);
    expect(digitsAt(`[${digits}]`, 0)).toBe(digits);
    expect(digitsAt(`[1,${digits} ,2]`, 1)).toBe(digits);
    expect(digitsAt(`{"a":{"b":${digits}}}`, 'a', 'b')).toBe(digits);
    expect(digitsAt(`{"a":${digits},"b":${beyondDoubles}}`, 'a')).toBe(digits);
  });

  it('are JavaScript numbers where these are exact, and their digits where not', () => {
    expect(parseJson('[1, 12.5, 1200]')).toEqual([1, 12.5, 1200]);
    expect(parseJson(`[1, 12.5, ${beyondDoubles}]`)).toEqual([1, 12.5, new LosslessNumber(beyondDoubles)]);
  });

  it('too large to be finite have no digits', () => {
    expect(digitsAt('1e999')).toBeUndefined();
    expect(digitsAt('[-1e999]', 0)).toBeUndefined();
    expect(digitsAt(`{"a":1${'0'.repeat(400)}}`, 'a')).toBeUndefined();
  });

  it.each(['12.50', '9007199254740993', '1e5', '-0', '1.0}'])(
    'inside a string are left alone: %s',
    (text) => {
      expect(parseJson(JSON.stringify({ a: text }))).toEqual({ a: text });
      expect(parseJson(`{"a":${JSON.stringify(text)},"b":${beyondDoubles}}`)).toMatchObject({ a: text });
    },
  );
});

describe('documents', () => {
  it.each([
    ['fast', '{"a":1,"a":{"x":1},"a":2,"b":0}'],
    ['exact', `{"a":1,"a":{"x":1},"a":2,"b":${beyondDoubles}}`],
  ])('give the last of duplicate keys on the %s path', (_path, text) => {
    expect(parseJson(text)).toMatchObject({ a: 2 });
  });

  it.each([
    ['fast', '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"b":1}'],
    ['exact', `{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"b":${beyondDoubles}}`],
  ])('cannot change prototypes on the %s path', (_path, text) => {
    const parsed = parseJson(text);
    expect(Object.hasOwn({ ...Object(parsed) }, 'b')).toBe(true);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(Object.getOwnPropertyNames(parsed)).toContain('__proto__');
    expect(Reflect.get({}, 'admin')).toBeUndefined();
    expect(Reflect.get(Object(parsed), 'admin')).toBeUndefined();
  });

  it.each([
    '',
    ' ',
    '{',
    '[1,]',
    '{"a":}',
    '{"a":1,}',
    'nul',
    '01',
    '.5',
    '1.',
    '-',
    '+1',
    'NaN',
    '[1 2]',
    "{'a':1}",
    '"\u0001"',
    '1 1',
  ])('that are not JSON are refused on both paths: %j', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
    expect(() => parseJson(`[${beyondDoubles},${text}]`)).toThrow(SyntaxError);
  });

  it('nested very deeply do not end the process', () => {
    const depth = 200_000;
    expect(Array.isArray(parseJson(`${'['.repeat(depth)}${']'.repeat(depth)}`))).toBe(true);
    expect(() => parseJson('['.repeat(depth))).toThrow(SyntaxError);
    expect(() => parseJson('{"a":'.repeat(depth))).toThrow(SyntaxError);
    expect(() => parseJson(`${'['.repeat(depth)}${beyondDoubles}${']'.repeat(depth)}`)).toThrow(RangeError);
    expect(() => parseJson(`${'{"a":'.repeat(depth)}1.50${'}'.repeat(depth)}`)).toThrow(RangeError);
  });

  it.each(['{"a":1,"b":12.5,"c":"x",', '[999999999999999, 0.5,', '{"at":"2026-01-31T10:20:30Z",'])(
    "take JavaScript's own parser where it loses nothing: %s",
    (text) => {
      // The two parsers word their errors differently.
      expect(messageOf(() => parseJson(text))).toBe(messageOf(() => JSON.parse(text)));
      expect(messageOf(() => parseJson(`${text} ${beyondDoubles},`))).not.toBe(
        messageOf(() => JSON.parse(`${text} ${beyondDoubles},`)),
      );
    },
  );
});

function messageOf(task: () => unknown): string {
  try {
    task();
    return 'no error';
  } catch (error) {
    return error instanceof Error ? error.message : 'not an error';
  }
}

describe('a text that is not JSON', () => {
  it.each(['{', '[1', '{"a":', '{"a":"b', '{"a":"b\\', '{"a":"b\\"', '[{}', '"', '[1,2,"]"', '{"a":"\\\\",'])(
    'is cut short: %s',
    (text) => {
      expect(isCutShort(text)).toBe(true);
    },
  );

  it.each([
    '',
    'NaN',
    '<html>',
    '{"a":NaN}',
    '["a" "b"]',
    '{"a":"\\"[","b":NaN}',
    '{"a":"\\\\"}}',
    '[1,]',
    ']',
  ])('is whole: %s', (text) => {
    expect(isCutShort(text)).toBe(false);
  });

  it('is read once, however long it is and whatever it holds', () => {
    const quotes = String.raw`\"`.repeat(2_500_000);
    expect(isCutShort(`{"a":"${quotes}`)).toBe(true);
    expect(isCutShort(`{"a":"${quotes}",NaN}`)).toBe(false);
  });
});

describe('nothing', () => {
  it.each(['null', '{}', '[]'])('is %s', (text) => expect(isNothing(parseJson(text))).toBe(true));

  it.each(['0', 'false', '""', '[null]', '{"a":null}', beyondDoubles])('is not %s', (text) => {
    expect(isNothing(parseJson(text))).toBe(false);
  });

  it.each(['null', '{}', '[]', '""'])('is %s where no text can stand', (text) =>
    expect(isBlank(parseJson(text))).toBe(true),
  );

  it.each(['0', 'false', '" "', '[null]', beyondDoubles])('is not %s there', (text) =>
    expect(isBlank(parseJson(text))).toBe(false),
  );
});
