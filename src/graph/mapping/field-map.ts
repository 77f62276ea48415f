import { isTypeDefinitionNode, Kind, type DocumentNode, type FieldDefinitionNode, type ObjectTypeDefinitionNode } from 'graphql';
import type { FieldMap, MappedField } from './field-source.ts';
import { readFrom, readKind } from './from-directive.ts';
import type { PayloadShapes } from './json-schema.ts';
import { describeMismatch, describeUnmapped, describeUnreached } from './mismatch.ts';
import { namedType, toSnakeCase } from './names.ts';
import { findKey, findNumbered, viewPrefixed, viewShape, type View, type ViewedKey } from './view.ts';

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
    const visit = [name, ...[...view.keys.values()].map(nameOf)].join();
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
        const reads = [reach(view, 'id')];
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
        return { source: { from: 'resolver', keys: from.keys }, reads: from.keys.map((key) => readKey(key, field, view)) };
    }
  }

  function mapPath(path: readonly string[], field: FieldDefinitionNode, view: View, place: string): MappedField {
    const reads: string[] = [];
    let current = view;
    for (const [index, key] of path.entries()) {
      reads.push(reach(current, key));
      const { property } = findKey(current, key);
      if (index === path.length - 1) {
        problems.push(...describeMismatch(field.type, property, place));
        if (property.shape !== undefined) visitType(checkShape(field, property.shape, place), viewShape(shapes, property.shape));
      } else {
        if (!property.types.includes('object') || property.shape === undefined)
          throw new TypeError(`"${key}" is no object in the JSON Schema`);
        current = viewShape(shapes, property.shape);
      }
    }
    return { source: { from: 'path', path, kind: readKind(field) }, reads };
  }

  function mapPrefix(start: string, field: FieldDefinitionNode, view: View): MappedField {
    const prefixed = viewPrefixed(view, start);
    visitType(namedType(field.type), prefixed);
    const keys = new Map([...prefixed.keys].map(([seen, { key }]) => [seen, key]));
    return { source: { from: 'prefix', keys }, reads: [...prefixed.keys.values()].map(nameOf) };
  }

  function mapNumbered(start: string, field: FieldDefinitionNode, view: View): MappedField {
    const columns = findNumbered(view, start);
    const reads = columns.map(({ key }) => reach(view, key));
    const [{ viewed }] = columns;
    const number = { ...viewed, property: { types: ['integer'], shape: undefined } };
    visitType(namedType(field.type), {
      shape: undefined,
      keys: new Map([
        ['number', number],
        ['value', viewed],
      ]),
    });
    return { source: { from: 'numbered', columns: columns.map(({ number: value, key }) => ({ number: value, key })) }, reads };
  }

  /** A key that a function reads counts as reached only where the field is the key's own objects. */
  function readKey(key: string, field: FieldDefinitionNode, view: View): string {
    const viewed = findKey(view, key);
    const { shape } = viewed.property;
    return shape !== undefined && namedType(field.type) === prefix + shape ? reach(view, key) : nameOf(viewed);
  }

  function reach(view: View, key: string): string {
    const name = nameOf(findKey(view, key));
    reached.add(name);
    return name;
  }

  function checkShape(field: FieldDefinitionNode, shape: string, place: string): string {
    const name = namedType(field.type);
    const own = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    if (own !== shape && shapes.has(own)) problems.push(`${place} is a ${name}, but the JSON Schema has a ${shape} there.`);
    return name;
  }

  for (const shape of shapes.keys()) visitType(prefix + shape, viewShape(shapes, shape));
  problems.push(...describeUnmapped(definitions, types), ...describeUnreached(shapes, reached));
  return { types, problems };
}

/** `Shape.key` */
function nameOf({ owner, key }: Pick<ViewedKey, 'owner' | 'key'>): string {
  return `${owner}.${key}`;
}
