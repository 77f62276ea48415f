import { digitsOf, isBlank, isJsonObject, isNothing } from '../../rest/json.ts';

const decimal = /^-?\d+(\.\d+)?$/;
const date = /^\d{4}-\d{2}-\d{2}$/;
const localDateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$/;
const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** The form of each text scalar. */
export const scalarPatterns = {
  Decimal: decimal,
  Date: date,
  LocalDateTime: localDateTime,
  DateTime: dateTime,
} as const;

/** A payload value has another type than the field; the message says what was found and expected, never the value. */
export class WrongTypeError extends Error {
  override readonly name = 'WrongTypeError';

  constructor(expected: string, found: unknown) {
    super(`expected ${expected}, found ${describeType(found)}`);
  }
}

/** Turns a payload value into a field's value. @throws WrongTypeError */
export type ScalarReader = (value: unknown) => string | number | boolean | null;

/** By the name of the scalar. */
export const scalarReaders = {
  String: readText,
  ID: readId,
  Boolean: readBoolean,
  Int: readInt,
  Float: readFloat,
  Decimal: readDecimal,
  Date: readDate,
  DateTime: (value) => readPattern(value, scalarPatterns.DateTime, 'a date and time with offset'),
  LocalDateTime: (value) =>
    readPattern(
      typeof value === 'string' ? value.replace(' ', 'T') : value,
      scalarPatterns.LocalDateTime,
      'a date and time without offset',
    ),
} as const satisfies Readonly<Record<string, ScalarReader>>;

function readText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (isNothing(value)) return null;
  throw new WrongTypeError('a string', value);
}

function readId(value: unknown): string | null {
  if (isBlank(value)) return null;
  const id = typeof value === 'string' ? value : digitsOf(value);
  if (id !== undefined && (typeof value === 'string' || /^-?\d+$/.test(id))) return id;
  throw new WrongTypeError('an id', value);
}

function readBoolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (isBlank(value)) return null;
  throw new WrongTypeError('true or false', value);
}

function readInt(value: unknown): number | null {
  if (isBlank(value)) return null;
  const number = Number(digitsOf(value) ?? Number.NaN);
  if (Number.isInteger(number) && Math.abs(number) <= 2_147_483_647) return number;
  throw new WrongTypeError('a whole number of 32 bits', value);
}

function readFloat(value: unknown): number | null {
  if (isBlank(value)) return null;
  const digits = digitsOf(value);
  if (digits !== undefined) return Number(digits);
  throw new WrongTypeError('a number', value);
}

/** Some systems send money as text; its digits count all the same. */
function readDecimal(value: unknown): string | null {
  if (isBlank(value)) return null;
  const digits = typeof value === 'string' ? value.trim() : digitsOf(value);
  const plain = digits === undefined ? undefined : writeWithoutExponent(digits);
  if (plain !== undefined && scalarPatterns.Decimal.test(plain)) return plain;
  throw new WrongTypeError('a number', value);
}

/** `1.25e3` → `1250`, every digit kept. */
function writeWithoutExponent(digits: string): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,3})$/.exec(digits);
  if (parts === null) return digits;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const point = whole.length + Number(exponent);
  const padded =
    point <= 0 ? '0'.repeat(1 - point) + whole + fraction : (whole + fraction).padEnd(point, '0');
  const before = padded.slice(0, Math.max(point, 1)).replace(/^0+(?=\d)/, '');
  const after = padded.slice(Math.max(point, 1));
  return `${sign}${before}${after === '' ? '' : `.${after}`}`;
}

/** A date may travel with a time of midnight behind it: it is cut off, never shifted by a time zone. */
function readDate(value: unknown): string | null {
  return readPattern(
    typeof value === 'string' ? value.replace(/[T ].*$/, '') : value,
    scalarPatterns.Date,
    'a date',
  );
}

function readPattern(value: unknown, pattern: RegExp, expected: string): string | null {
  if (isBlank(value)) return null;
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw new WrongTypeError(expected, value);
}

function describeType(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a text of another form';
  if (typeof value === 'number' || digitsOf(value) !== undefined) return 'a number of another form';
  if (typeof value === 'boolean') return 'true or false';
  return isJsonObject(value) ? 'an object' : 'a number that is not finite';
}
