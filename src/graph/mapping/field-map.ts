import {
  isTypeDefinitionNode,
  Kind,
  type DocumentNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
  type TypeNode,
} from 'graphql';
import { readFrom, readKind } from './from-directive.ts';
import type { PayloadProperty, PayloadShapes } from './json-schema.ts';

/** Where the value of one field of a provider's type comes from. */
export type FieldSource =
  | { readonly from: 'global-id'; readonly kind: string | undefined }
  | { readonly from: 'native-id' }
  | { readonly from: 'source' }
  | { readonly from: 'freshness' }
  | { readonly from: 'self' }
  | { readonly from: 'path'; readonly path: readonly string[]; readonly kind: string | undefined }
  | { readonly from: 'prefix'; readonly keys: ReadonlyMap<string, string> }
  | { readonly from: 'numbered'; readonly columns: readonly { readonly number: number; readonly key: string }[] }
  /** A function in the provider's resolvers.ts, of these keys of the row. */
  | { readonly from: 'resolver'; readonly keys: readonly string[] };

export interface MappedField {
  readonly source: FieldSource;
  /** Payload keys the value is read from, as `Shape.key`. */
  readonly reads: readonly string[];
}

/** One provider's types, and where each of their fields is read. */
export interface FieldMap {
  readonly types: ReadonlyMap<string, MappedType>;
  /** Everything that does not fit between SDL and JSON Schema, as sentences. */
  readonly problems: readonly string[];
}

export interface MappedType {
  /** The `$defs` entry its rows have; undefined for rows made of some keys of another. */
  readonly shape: string | undefined;
  readonly fields: ReadonlyMap<string, MappedField>;
}

/** The keys of a payload object as a type's fields see them, with the names they really have. */
interface View {
  readonly shape: string | undefined;
  readonly keys: ReadonlyMap<string, { readonly owner: string; readonly key: string; readonly property: PayloadProperty }>;
}

export interface FieldMapInput {
  /** The SDL file of the provider. */
  readonly document: DocumentNode;
  readonly shapes: PayloadShapes;
  readonly customerType: string;
}

/**
 * Finds the source of every field of a provider's types, and checks both ways: that each field has one, and
 * that each property of the JSON Schema is reached by a field.
 */
export function createFieldMap({ document, shapes, customerType }: FieldMapInput): FieldMap {
  const prefix = customerType.replace(/Customer$/, '');
  const definitions = new Map(document.definitions.filter(isTypeDefinitionNode).map((node) => [node.name.value, node]));
  const types = new Map<string, { shape: string | undefined; fields: Map<string, MappedField> }>();
  const reached = new Set<string>();
  const visited = new Set<string>();
  const problems: string[] = [];

  function visitType(name: string, view: View): void {
    const node = definitions.get(name);
    const visit = [name, ...[...view.keys.values()].map(({ owner, key }) => `${owner}.${key}`)].join();
    if (node?.kind !== Kind.OBJECT_TYPE_DEFINITION || visited.has(visit)) return;
    visited.add(visit);
    const type = types.get(name) ?? { shape: view.shape, fields: new Map<string, MappedField>() };
    types.set(name, type);
    for (const field of node.fields ?? []) {
      const mapped = mapField(node, field, view);
      const earlier = type.fields.get(field.name.value);
      if (earlier !== undefined && JSON.stringify(earlier.source) !== JSON.stringify(mapped.source)) {
        problems.push(`${name}.${field.name.value} is read differently in the different objects that ${name} stands for.`);
      }
      type.fields.set(field.name.value, { source: mapped.source, reads: [...new Set([...(earlier?.reads ?? []), ...mapped.reads])] });
    }
  }

  function mapField(type: ObjectTypeDefinitionNode, field: FieldDefinitionNode, view: View): MappedField {
    const place = `${type.name.value}.${field.name.value}`;
    try {
      return mapFrom(type, field, view, place);
    } catch (error) {
      problems.push(`${place}: ${error instanceof Error ? error.message : String(error)}.`);
      return { source: { from: 'resolver', keys: [] }, reads: [] };
    }
  }

  function mapFrom(type: ObjectTypeDefinitionNode, field: FieldDefinitionNode, view: View, place: string): MappedField {
    const name = field.name.value;
    const from = readFrom(field);
    if (from === undefined) {
      const isIdentified = name === 'id' || name === 'nativeId';
      if (isIdentified && (readKind(type) !== undefined || type.name.value === customerType)) {
        const reads = reach(view, 'id', place);
        return { source: name === 'id' ? { from: 'global-id', kind: readKind(type) } : { from: 'native-id' }, reads };
      }
      if (name === 'source' && namedType(field.type) === 'Source') return { source: { from: 'source' }, reads: [] };
      if (name === 'freshness' && namedType(field.type) === 'Freshness') return { source: { from: 'freshness' }, reads: [] };
      const key = [name, toSnakeCase(name)].find((candidate) => view.keys.has(candidate));
      return key === undefined ? { source: { from: 'resolver', keys: [] }, reads: [] } : mapPath([key], field, view, place);
    }
    switch (from.mode) {
      case 'self':
        visitType(namedType(field.type), view);
        return { source: { from: 'self' }, reads: [] };
      case 'path':
        return mapPath(from.path, field, view, place);
      case 'prefix':
        return mapPrefix(from.prefix, field, view);
      case 'numbered':
        return mapNumbered(from.prefix, field, view);
      case 'computed':
        return { source: { from: 'resolver', keys: from.keys }, reads: from.keys.flatMap((key) => readKey(key, field, view, place)) };
    }
  }

  function mapPath(path: readonly string[], field: FieldDefinitionNode, view: View, place: string): MappedField {
    const reads: string[] = [];
    let current = view;
    for (const [index, key] of path.entries()) {
      reads.push(...reach(current, key, place));
      const property = propertyOf(current, key);
      if (index === path.length - 1) {
        problems.push(...describeMismatch(field.type, property, place));
        if (property.shape !== undefined) visitType(checkShape(field, property.shape, place), viewOf(property.shape));
      } else {
        if (property.type !== 'object' || property.shape === undefined) throw new TypeError(`"${key}" is no object in the JSON Schema`);
        current = viewOf(property.shape);
      }
    }
    return { source: { from: 'path', path, kind: readKind(field) }, reads };
  }

  function mapPrefix(start: string, field: FieldDefinitionNode, view: View): MappedField {
    const keys = new Map(
      [...view.keys.keys()]
        .filter((key) => key.startsWith(start) && key !== start)
        .map((key) => [lowerFirst(key.slice(start.length)), key]),
    );
    if (keys.size === 0) throw new TypeError(`no key of the JSON Schema begins with "${start}"`);
    const entries = [...keys].map(([seen, key]) => [seen, keyOf(view, key)] as const);
    visitType(namedType(field.type), { shape: undefined, keys: new Map(entries) });
    return { source: { from: 'prefix', keys }, reads: entries.map(([, { owner, key }]) => `${owner}.${key}`) };
  }

  function mapNumbered(start: string, field: FieldDefinitionNode, view: View): MappedField {
    const columns = [...view.keys.keys()]
      .filter((key) => key.startsWith(start) && /^\d+$/.test(key.slice(start.length)))
      .map((key) => ({ number: Number(key.slice(start.length)), key }))
      .toSorted((a, b) => a.number - b.number);
    const [first] = columns;
    if (first === undefined) throw new TypeError(`no key of the JSON Schema is "${start}" and a number`);
    const reads = columns.flatMap(({ key }) => reach(view, key, field.name.value));
    const { owner, property } = keyOf(view, first.key);
    const keys = new Map([
      ['number', { owner, key: first.key, property: { type: 'integer', shape: undefined } }],
      ['value', { owner, key: first.key, property }],
    ]);
    visitType(namedType(field.type), { shape: undefined, keys });
    return { source: { from: 'numbered', columns }, reads };
  }

  /** A key that a function reads counts as reached only where the field is the key's own objects. */
  function readKey(key: string, field: FieldDefinitionNode, view: View, place: string): string[] {
    const { owner, key: realKey, property } = keyOf(view, key);
    const isWhole = property.shape !== undefined && namedType(field.type) === prefix + property.shape;
    return isWhole ? reach(view, key, place) : [`${owner}.${realKey}`];
  }

  function reach(view: View, key: string, place: string): string[] {
    const { owner, key: realKey } = keyOf(view, key, place);
    reached.add(`${owner}.${realKey}`);
    return [`${owner}.${realKey}`];
  }

  function checkShape(field: FieldDefinitionNode, shape: string, place: string): string {
    const name = namedType(field.type);
    const own = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    if (own !== shape && shapes.has(own)) problems.push(`${place} is a ${name}, but the JSON Schema has a ${shape} there.`);
    return name;
  }

  function viewOf(shape: string): View {
    const properties = shapes.get(shape);
    if (properties === undefined) throw new TypeError(`the JSON Schema has no $defs/${shape}`);
    return { shape, keys: new Map([...properties].map(([key, property]) => [key, { owner: shape, key, property }])) };
  }

  function keyOf(view: View, key: string, _place?: string) {
    const found = view.keys.get(key);
    if (found === undefined)
      throw new TypeError(`the JSON Schema has no "${key}"${view.shape === undefined ? '' : ` in $defs/${view.shape}`}`);
    return found;
  }

  function propertyOf(view: View, key: string): PayloadProperty {
    return keyOf(view, key).property;
  }

  for (const shape of shapes.keys()) visitType(prefix + shape, viewOf(shape));
  problems.push(...describeUnmapped(definitions, types), ...describeUnreached(shapes, reached));
  return { types, problems };
}

/** The keys of a row that a field's value is made of. */
export function rowKeysOf(source: FieldSource): readonly string[] {
  switch (source.from) {
    case 'global-id':
    case 'native-id':
      return ['id'];
    case 'path':
      return source.path.slice(0, 1);
    case 'prefix':
      return [...source.keys.values()];
    case 'numbered':
      return source.columns.map(({ key }) => key);
    case 'resolver':
      return source.keys;
    case 'source':
    case 'freshness':
    case 'self':
      return [];
  }
}

function describeUnmapped(definitions: ReadonlyMap<string, { kind: Kind }>, types: ReadonlyMap<string, unknown>): string[] {
  return [...definitions]
    .filter(([name, node]) => node.kind === Kind.OBJECT_TYPE_DEFINITION && !types.has(name))
    .map(([name]) => `The type ${name} stands for no object of the JSON Schema: no $defs entry has its name and no field leads to it.`);
}

function describeUnreached(shapes: PayloadShapes, reached: ReadonlySet<string>): string[] {
  return [...shapes].flatMap(([shape, properties]) =>
    [...properties.keys()]
      .filter((key) => !reached.has(`${shape}.${key}`))
      .map((key) => `The JSON Schema's $defs/${shape} has "${key}", which no field of the SDL exposes.`),
  );
}

const jsonTypesOfScalars: Readonly<Record<string, readonly string[]>> = {
  ID: ['string', 'integer'],
  String: ['string'],
  Int: ['integer'],
  Float: ['number', 'integer'],
  Decimal: ['number', 'integer'],
  Boolean: ['boolean'],
  Date: ['string'],
  DateTime: ['string'],
  LocalDateTime: ['string'],
};

function describeMismatch(type: TypeNode, property: PayloadProperty, place: string): string[] {
  const isList = unwrapNonNull(type).kind === Kind.LIST_TYPE;
  if (isList !== (property.type === 'array')) {
    return [`${place} is ${isList ? 'a' : 'no'} list, but the JSON Schema has ${property.type} there.`];
  }
  const expected = jsonTypesOfScalars[namedType(type)];
  if (isList || (expected === undefined ? property.type === 'object' : expected.includes(property.type))) return [];
  return [`${place} is a ${namedType(type)}, which cannot be read from ${property.type}.`];
}

function unwrapNonNull(type: TypeNode): TypeNode {
  return type.kind === Kind.NON_NULL_TYPE ? type.type : type;
}

export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

/** `creditLimit` → `credit_limit`, `line1` → `line_1`. */
function toSnakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([a-z])(\d)/g, '$1_$2')
    .toLowerCase();
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
