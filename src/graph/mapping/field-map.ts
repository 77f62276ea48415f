import { isTypeDefinitionNode, Kind, type DocumentNode, type TypeDefinitionNode } from 'graphql';
import type { FieldMap, MappedField } from './field-source.ts';
import type { PayloadShapes } from './json-schema.ts';
import { mapField, type FieldPlace, type Mapping } from './map-field.ts';
import { describeUnmapped, describeUnreached } from './mismatch.ts';
import { nameOf, viewShape, type View } from './view.ts';

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
  const definitions = new Map(
    document.definitions.filter(isTypeDefinitionNode).map((node) => [node.name.value, node]),
  );
  const walk: Walk = {
    shapes,
    customerType,
    prefix,
    reached: new Set(),
    problems: [],
    definitions,
    types: new Map(),
    visited: new Set(),
  };
  for (const shape of shapes.keys()) visitType(walk, prefix + shape, viewShape(shapes, shape));
  const { types, problems, reached } = walk;
  return {
    types,
    problems: [...problems, ...describeUnmapped(definitions, types), ...describeUnreached(shapes, reached)],
  };
}

/** The way through a provider's types, from each to those that its fields lead to. */
interface Walk extends Mapping {
  readonly definitions: ReadonlyMap<string, TypeDefinitionNode>;
  readonly types: Map<string, WalkedType>;
  /** Types with the keys that they were read from. */
  readonly visited: Set<string>;
}

interface WalkedType {
  readonly shape: string | undefined;
  readonly fields: Map<string, MappedField>;
}

function visitType(walk: Walk, name: string, view: View): void {
  const node = walk.definitions.get(name);
  const visit = [name, ...[...view.keys.values()].map(nameOf)].join();
  if (node?.kind !== Kind.OBJECT_TYPE_DEFINITION || walk.visited.has(visit)) return;
  walk.visited.add(visit);
  const walked = walk.types.get(name) ?? { shape: view.shape, fields: new Map<string, MappedField>() };
  walk.types.set(name, walked);
  for (const field of node.fields ?? []) visitField(walk, walked, { type: node, field, view });
}

function visitField(walk: Walk, { fields }: WalkedType, place: FieldPlace): void {
  const [type, field] = [place.type.name.value, place.field.name.value];
  const { mapped, leadsTo } = mapField(walk, place);
  if (leadsTo !== undefined) visitType(walk, leadsTo.type, leadsTo.view);
  const earlier = fields.get(field);
  if (earlier !== undefined && JSON.stringify(earlier.source) !== JSON.stringify(mapped.source)) {
    walk.problems.push(
      `${type}.${field} is read differently in the different objects that ${type} stands for.`,
    );
  }
  fields.set(field, {
    source: mapped.source,
    reads: [...new Set([...(earlier?.reads ?? []), ...mapped.reads])],
  });
}
