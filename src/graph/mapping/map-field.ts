import type { FieldDefinitionNode, ObjectTypeDefinitionNode } from 'graphql';
import type { FieldSource, MappedField } from './field-source.ts';
import { readFrom, readKind } from './from-directive.ts';
import type { PayloadShapes } from './json-schema.ts';
import { MappingError } from './mapping-error.ts';
import { describeMismatch } from './mismatch.ts';
import { namedType, toSnakeCase } from './names.ts';
import { findKey, findNumbered, nameOf, viewPrefixed, viewShape, type View } from './view.ts';

/** What fields of a provider are mapped by, and what is found on the way. */
export interface Mapping {
  readonly shapes: PayloadShapes;
  readonly customerType: string;
  /** What the names of its types begin with. */
  readonly prefix: string;
  /** Payload keys that a field is made of, as `Shape.key`. */
  readonly reached: Set<string>;
  readonly problems: string[];
}

/** A field with what its mapping depends on. */
export interface FieldPlace {
  readonly type: ObjectTypeDefinitionNode;
  readonly field: FieldDefinitionNode;
  /** The payload object that the type's fields are read from. */
  readonly view: View;
}

/** A field that is mapped, and the type whose fields come next. */
export interface FieldStep {
  readonly mapped: MappedField;
  readonly leadsTo?: { readonly type: string; readonly view: View };
}

const computed: FieldStep = { mapped: { source: { from: 'resolver', keys: [] }, reads: [] } };

/** Finds the source of one field. Where the SDL is mistaken, that becomes one of the problems. */
export function mapField(mapping: Mapping, place: FieldPlace): FieldStep {
  try {
    return mapFrom(mapping, place);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    mapping.problems.push(`${describePlace(place)}: ${error.message}.`);
    return computed;
  }
}

function mapFrom(mapping: Mapping, place: FieldPlace): FieldStep {
  const { field, view } = place;
  const from = readFrom(field);
  const idSource = findIdSource(mapping, place, from?.mode === 'path' ? from.path.join('.') : 'id');
  if (idSource !== undefined && (from === undefined || from.mode === 'path'))
    return { mapped: { source: idSource, reads: [reach(mapping, view, idSource.key)] } };
  switch (from?.mode) {
    case undefined:
      return mapByName(mapping, place);
    case 'self':
      return {
        mapped: { source: { from: 'self' }, reads: [] },
        leadsTo: { type: namedType(field.type), view },
      };
    case 'path':
      return mapPath(mapping, place, from.path);
    case 'prefix':
      return mapPrefix(place, from.prefix);
    case 'numbered':
      return mapNumbered(mapping, place, from.prefix);
    case 'computed':
      return {
        mapped: {
          source: { from: 'resolver', keys: from.keys },
          reads: from.keys.map((key) => reach(mapping, view, key)),
        },
      };
  }
}

type IdSource = Extract<FieldSource, { from: 'global-id' | 'native-id' }>;

/** The source of a field that is an id of its record. @param key where the record has it */
function findIdSource(mapping: Mapping, { type, field }: FieldPlace, key: string): IdSource | undefined {
  const kind = readKind(type);
  if (kind === undefined && type.name.value !== mapping.customerType) return undefined;
  if (field.name.value === 'nativeId') return { from: 'native-id', key };
  return field.name.value === 'id' ? { from: 'global-id', key, kind } : undefined;
}

function mapByName(mapping: Mapping, place: FieldPlace): FieldStep {
  const { field, view } = place;
  const name = field.name.value;
  if (name === 'source' && namedType(field.type) === 'Source')
    return { mapped: { source: { from: 'source' }, reads: [] } };
  if (name === 'freshness' && namedType(field.type) === 'Freshness')
    return { mapped: { source: { from: 'freshness' }, reads: [] } };
  const key = [name, toSnakeCase(name)].find((candidate) => view.keys.has(candidate));
  return key === undefined ? computed : mapPath(mapping, place, [key]);
}

function mapPath(mapping: Mapping, place: FieldPlace, path: readonly string[]): FieldStep {
  const { field } = place;
  const reads: string[] = [];
  let { view } = place;
  for (const key of path.slice(0, -1)) {
    reads.push(reach(mapping, view, key));
    const { types, shape } = findKey(view, key).property;
    if (!types.includes('object') || shape === undefined)
      throw new MappingError(`"${key}" is no object in the JSON Schema`);
    view = viewShape(mapping.shapes, shape);
  }
  const lastKey = path.at(-1) ?? '';
  reads.push(reach(mapping, view, lastKey));
  const { property } = findKey(view, lastKey);
  mapping.problems.push(...describeMismatch(field.type, property, describePlace(place)));
  const mapped: MappedField = { source: { from: 'path', path, kind: readKind(field) }, reads };
  if (property.shape === undefined) return { mapped };
  checkShape(mapping, place, property.shape);
  return {
    mapped,
    leadsTo: { type: namedType(field.type), view: viewShape(mapping.shapes, property.shape) },
  };
}

function mapPrefix({ field, view }: FieldPlace, start: string): FieldStep {
  const prefixed = viewPrefixed(view, start);
  const keys = new Map([...prefixed.keys].map(([seen, { key }]) => [seen, key]));
  return {
    mapped: { source: { from: 'prefix', keys }, reads: [...prefixed.keys.values()].map(nameOf) },
    leadsTo: { type: namedType(field.type), view: prefixed },
  };
}

function mapNumbered(mapping: Mapping, { field, view }: FieldPlace, start: string): FieldStep {
  const columns = findNumbered(view, start);
  const reads = columns.map(({ key }) => reach(mapping, view, key));
  const [{ viewed }] = columns;
  const number = { ...viewed, property: { types: ['integer'], shape: undefined } };
  const keys = new Map([
    ['number', number],
    ['value', viewed],
  ]);
  return {
    mapped: {
      source: {
        from: 'numbered',
        columns: columns.map(({ number: value, key }) => ({ number: value, key })),
      },
      reads,
    },
    leadsTo: { type: namedType(field.type), view: { shape: undefined, keys } },
  };
}

function reach({ reached }: Mapping, view: View, key: string): string {
  const name = nameOf(findKey(view, key));
  reached.add(name);
  return name;
}

function checkShape({ shapes, prefix, problems }: Mapping, place: FieldPlace, shape: string): void {
  const name = namedType(place.field.type);
  const own = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  if (own !== shape && shapes.has(own))
    problems.push(`${describePlace(place)} is a ${name}, but the JSON Schema has a ${shape} there.`);
}

function describePlace({ type, field }: FieldPlace): string {
  return `${type.name.value}.${field.name.value}`;
}
