import { getNamedType, isNonNullType, type GraphQLFieldResolver, type GraphQLOutputType } from 'graphql';
import { checkWhole, wrongType } from '../providers/kit/payload.ts';
import type { ResponsePath, Row } from '../providers/provider.ts';
import { WrongTypeError } from '../providers/kit/scalar-readers.ts';
import { isBlank, isJsonObject, isNothing, type JsonObject } from '../rest/json.ts';
import type { GraphContext } from './context.ts';
import { formatGlobalId } from './ids.ts';
import type { FieldSource } from './mapping/field-source.ts';
import { findScalarReader, isListField } from './readers.ts';

type FieldResolver = GraphQLFieldResolver<Row, GraphContext>;

/** What a field is called in errors, and what its value must become. */
export interface FieldTarget {
  /** `ElevateCustomer.creditThreshold` */
  readonly place: string;
  readonly type: GraphQLOutputType;
}

/**
 * The resolver of a field that is read straight from the payload. A value of the wrong type becomes an
 * `UPSTREAM_BAD_RESPONSE` on that field alone.
 */
export function createFieldResolver(source: FieldSource, target: FieldTarget): FieldResolver | undefined {
  switch (source.from) {
    case 'global-id':
      return createIdResolver(source.key, target, (row, id) =>
        formatGlobalId(row.at.source.name, row.kind ?? source.kind, id),
      );
    case 'native-id':
      return createIdResolver(source.key, target, (_row, id) => id);
    case 'source':
      return (row) => row.at.source;
    case 'freshness':
      return ({ freshness }) => freshness ?? null;
    case 'self':
      return (row) => row;
    case 'prefix':
      return (row) => readPrefixed(row, source.keys);
    case 'numbered':
      return (row) =>
        source.columns
          .filter(({ key }) => row.data[key] !== undefined)
          .map(({ number, key }) => childRow(row, { number, value: row.data[key] }));
    case 'path':
      return createPathResolver(source, target);
    case 'resolver':
      return undefined;
  }
}

/**
 * Lets a field of a row that is only a part of its record wait for the whole, where the part lacks one of the
 * keys that the field is made of.
 */
export function completeRowFirst(resolve: FieldResolver, keys: readonly string[]): FieldResolver {
  return (row, args, context, info) => {
    if (row.complete === undefined || keys.every((key) => row.data[key] !== undefined))
      return resolve(row, args, context, info);
    return row.complete().then((whole) => (whole === null ? null : resolve(whole, args, context, info)));
  };
}

function createIdResolver(
  key: string,
  { place, type }: FieldTarget,
  format: (row: Row, id: string) => string,
): FieldResolver {
  const readId = findScalarReader(type) ?? (() => null);
  const read = createOneReader((_row, value) => readId(value), { place, type });
  return (row, _args, _context, info) => {
    const id = read(row, row.data[key], info.path);
    if (typeof id === 'string') return format(row, id);
    if (isNonNullType(type)) throw wrongType(row, place, new WrongTypeError('an id', null));
    return null;
  };
}

function createPathResolver(
  { path, kind }: Extract<FieldSource, { from: 'path' }>,
  target: FieldTarget,
): FieldResolver {
  const readScalar = findScalarReader(target.type);
  const readOne: ItemReader =
    readScalar === undefined ? createChildReader(target, kind) : (_row, value) => readScalar(value);
  const read = isListField(target.type)
    ? createListReader(readOne, target)
    : createOneReader(readOne, target);
  const [key = '', ...rest] = path;
  if (rest.length > 0) return (row, _args, _context, info) => read(row, valueAt(row.data, path), info.path);
  if (!isListField(target.type)) return (row, _args, _context, info) => read(row, row.data[key], info.path);
  return (row, _args, _context, info) => {
    checkWhole(row, target.place, row.data, key);
    return read(row, row.data[key], info.path);
  };
}

type Reader = (row: Row, value: unknown, path: ResponsePath) => unknown;
type ItemReader = (row: Row, value: unknown) => unknown;

function createChildReader({ type }: FieldTarget, kind: string | undefined): ItemReader {
  const expected = `an object (${getNamedType(type).name})`;
  return (row, value) => {
    if (isBlank(value)) return null;
    if (isJsonObject(value)) return childRow(row, value, kind);
    throw new WrongTypeError(expected, value);
  };
}

function createOneReader(readItem: ItemReader, { place }: FieldTarget): Reader {
  return (row, value) => {
    try {
      return readItem(row, value);
    } catch (error) {
      throw error instanceof WrongTypeError ? wrongType(row, place, error) : error;
    }
  };
}

/** Items that cannot be used are left out and reported; the others stay. */
function createListReader(readItem: ItemReader, { place }: FieldTarget): Reader {
  return (row, value, path) => {
    if (value === undefined || value === null || value === '') return null;
    if (!Array.isArray(value)) {
      if (isNothing(value)) return null;
      throw wrongType(row, place, new WrongTypeError('a list', value));
    }
    return value.flatMap((item, index) => {
      try {
        const read = readItem(row, item);
        if (read === null) throw new WrongTypeError('a value', item);
        return [read];
      } catch (error) {
        if (!(error instanceof WrongTypeError)) throw error;
        row.at.report(wrongType(row, `${place}[${index}]`, error), path);
        return [];
      }
    });
  };
}

function readPrefixed(row: Row, keys: ReadonlyMap<string, string>): Row | null {
  const entries = [...keys].map(([seen, key]) => [seen, row.data[key]] as const);
  return entries.every(([, value]) => value === undefined || value === null)
    ? null
    : childRow(row, Object.fromEntries(entries));
}

/** An object inside a row: of the same source, and of its own kind. */
function childRow({ at }: Row, data: JsonObject, kind?: string): Row {
  return kind === undefined ? { at, data } : { at, data, kind };
}

function valueAt(data: JsonObject, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isJsonObject(value) ? value[key] : undefined), data);
}
