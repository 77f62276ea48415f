import { LosslessNumber } from 'lossless-json';
import { changeAnswer, type FaultKind } from './fault-kind.ts';
import { findAllFields, findFields, type FieldTest, type Place } from './fields.ts';
import {
  findRecords,
  isId,
  isNumber,
  isRecord,
  rawKey,
  rawValue,
  readDocument,
  withDocument,
  type JsonRecord,
} from './json-document.ts';
import type { FaultOptions } from './options.ts';
import { chooseOne, type Random } from './random.ts';

const defaultDepth = 100_000;

/** The first number that is not exact in JavaScript is this far behind 1. */
const beyondExact = 2n ** 53n - 1n;

/** What a value is turned into, by the name of its new type. */
const conversions: Readonly<Record<NonNullable<FaultOptions['type']>, (value: unknown) => unknown>> = {
  string: (value) => (isNumber(value) || typeof value === 'boolean' ? String(value) : 'text'),
  number: () => 7,
  boolean: () => true,
  list: (value) => [value],
  object: (value) => ({ value }),
};

const isAny: FieldTest = () => true;
const isFilled: FieldTest = (_key, value) => value !== null;
const isAnyNumber: FieldTest = (_key, value) => isNumber(value);

export const recordFaults = {
  'wrong-type': {
    description: 'A field of every record becomes another JSON type.',
    options: ['fields', 'type'],
    prepare: changeFields(isFilled, changeType),
  },
  'missing-fields': {
    description: 'A field of every record is left out.',
    options: ['fields'],
    prepare: changeFields(isAny, ({ holder, key }) => void delete holder[key]),
  },
  'null-fields': {
    description: 'A field of every record is null.',
    options: ['fields'],
    prepare: changeFields(isFilled, ({ holder, key }) => void (holder[key] = null)),
  },
  'unknown-fields': {
    description: 'Every record has more fields than documented: a text, a record and a list.',
    prepare: changeRecords((record) => {
      Object.assign(record, {
        unknownText: 'new',
        unknownRecord: { id: 1, name: 'new' },
        unknownList: [{ id: 1 }, null, 'new'],
      });
    }),
  },
  'duplicate-keys': {
    description: 'A field of every record stands there a second time, at the end and with another value.',
    options: ['fields'],
    prepare: changeFields(isFilled, ({ holder, key }) => {
      holder[rawKey(key)] = contradict(holder[key]);
    }),
  },
  'proto-keys': {
    description:
      'Every record has keys named __proto__ and constructor that would change all objects of a careless client.',
    prepare: changeRecords((record) => {
      record[rawKey('__proto__')] = { isAdmin: true };
      record[rawKey('constructor')] = { prototype: { isAdmin: true } };
    }),
  },
  'deep-nesting': {
    description: `The first record has a field, "nested" by default, with ${defaultDepth} lists within each other.`,
    options: ['fields', 'depth'],
    prepare: changeAnswer((answer, _call, options) => {
      const document = readDocument(answer);
      const [first] = findRecords(document);
      if (!isRecord(first)) return undefined;
      nestDeeply(first, options);
      return withDocument(answer, document);
    }),
  },
  'nan-tokens': {
    description: 'A number of every record is written NaN, Infinity or -Infinity, which are no JSON.',
    options: ['fields'],
    prepare: writeNumber('NaN', 'Infinity', '-Infinity'),
  },
  'huge-number': {
    description: 'A number of every record is 1e999, which is JSON and more than a double holds.',
    options: ['fields'],
    prepare: writeNumber('1e999'),
  },
  'long-decimals': {
    description:
      'A number of every record is 12345678901234567.89: more digits than a double holds, as money may have.',
    options: ['fields'],
    prepare: writeNumber('12345678901234567.89'),
  },
  'big-ids': {
    description:
      'Every id of every record (id, …Id, …_id) is beyond 2^53, where JavaScript is not exact: 1 becomes 9007199254740993.',
    options: ['fields'],
    prepare: changeAnswer((answer, { random }, { fields }) => {
      const document = readDocument(answer);
      const places = (
        fields === undefined ? findAllFields(document, isId) : findFields(document, fields, isId, random)
      ).filter(({ holder, key }) => isNumber(holder[key]));
      // Odd numbers beyond 2^53 are those that no double is equal to.
      for (const { holder, key } of places)
        holder[key] = new LosslessNumber(String(beyondExact + 2n * BigInt(String(holder[key]))));
      return places.length === 0 ? undefined : withDocument(answer, document);
    }),
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

/** Changes the named fields of every record, or one in each by chance. */
function changeFields(
  accepts: FieldTest,
  change: (place: Place, options: FaultOptions, random: Random) => void,
): FaultKind['prepare'] {
  return changeAnswer((answer, { random }, options) => {
    const document = readDocument(answer);
    const places = findFields(document, options.fields, accepts, random);
    for (const place of places) change(place, options, random);
    return places.length === 0 ? undefined : withDocument(answer, document);
  });
}

function changeType({ holder, key }: Place, { type }: FaultOptions, random: Random): void {
  const value = holder[key];
  const others = Object.entries(conversions).filter(([name]) => name !== typeOf(value));
  const convert = type === undefined ? chooseOne(others, random)?.[1] : conversions[type];
  holder[key] = convert?.(value);
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return isNumber(value) ? 'number' : typeof value;
}

/** Changes every record as a whole. */
function changeRecords(change: (record: JsonRecord) => void): FaultKind['prepare'] {
  return changeAnswer((answer) => {
    const document = readDocument(answer);
    const records = findRecords(document);
    for (const record of records) change(record);
    return records.length === 0 ? undefined : withDocument(answer, document);
  });
}

/** Another value of the same type. */
function contradict(value: unknown): unknown {
  if (isNumber(value)) return new LosslessNumber(String(Number(value.value) + 1));
  if (typeof value === 'string') return `${value} (again)`;
  return typeof value === 'boolean' ? !value : null;
}

function nestDeeply(record: JsonRecord, { fields = ['nested'], depth = defaultDepth }: FaultOptions): void {
  for (const field of fields) record[field] = rawValue('['.repeat(depth) + ']'.repeat(depth));
}

function writeNumber(...texts: readonly string[]): FaultKind['prepare'] {
  return changeFields(isAnyNumber, ({ holder, key }, _options, random) => {
    holder[key] = rawValue(chooseOne(texts, random) ?? '0');
  });
}
