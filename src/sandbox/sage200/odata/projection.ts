import type { Row } from '../../records/row.ts';
import { markDecimal } from './decimals.ts';
import {
  shapeOf,
  type LinkProperty,
  type Model,
  type Property,
  type Shape,
  type ValueProperty,
} from './model.ts';
import { createUnknownPropertyError, ODataError } from './odata-error.ts';

/** What of a record an answer holds. */
export interface Projection {
  /** Names of the links to follow. */
  readonly expanded: ReadonlySet<string>;
  /** The properties to send, each with those of the expanded record, if not all; undefined: everything. */
  readonly selected: Selection | undefined;
}

type Selection = ReadonlyMap<string, ReadonlySet<string> | undefined>;

/** Everything that a record holds itself, no link followed. */
const wholeRecord: Projection = { expanded: new Set(), selected: undefined };

/**
 * Reads `$select` (`id,main_address.city`) and `$expand` (`main_address,contacts`).
 *
 * @throws ODataError for names that the shape does not have, and for a path into a link that is not expanded
 */
export function parseProjection(
  select: string | undefined,
  expand: string | undefined,
  shape: Shape,
  model: Model,
): Projection {
  const expanded = new Set(splitNames(expand));
  for (const name of expanded) {
    if (shape.properties.get(name)?.kind !== 'link') throw createUnknownPropertyError(name, shape.name);
  }
  return {
    expanded,
    selected: select === undefined ? undefined : parseSelect(splitNames(select), expanded, shape, model),
  };
}

/** The record as it is sent: to be written by `writeJson`. */
export function projectRow(
  row: Row,
  shape: Shape,
  model: Model,
  projection: Projection,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, property] of shape.properties) {
    if (projection.selected !== undefined && !projection.selected.has(name)) continue;
    result[name] =
      property.kind === 'value'
        ? formatValue(row[name], property)
        : projectLink(row[name], name, property, model, projection);
  }
  return result;
}

function splitNames(text: string | undefined): string[] {
  if (text === undefined) return [];
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new ODataError(`A name is missing in '${text}'.`);
  return names;
}

function parseSelect(
  paths: readonly string[],
  expanded: ReadonlySet<string>,
  shape: Shape,
  model: Model,
): Selection {
  const selection = new Map<string, Set<string> | undefined>();
  for (const path of paths) {
    const [name = '', inner, ...rest] = path.split('.');
    const property = shape.properties.get(name);
    if (property === undefined || rest.length > 0) throw createUnknownPropertyError(path, shape.name);
    if (inner === undefined) {
      selection.set(name, undefined);
      continue;
    }
    requireInner(path, inner, property, expanded.has(name), model);
    // A name without a path asks for the whole record, whatever else is said of it.
    if (!selection.has(name)) selection.set(name, new Set([inner]));
    else selection.get(name)?.add(inner);
  }
  return selection;
}

function requireInner(
  path: string,
  inner: string,
  property: Property,
  isExpanded: boolean,
  model: Model,
): void {
  if (property.kind === 'value') throw createUnknownPropertyError(path, property.type);
  const target = shapeOf(model, property.shapeName);
  if (!target.properties.has(inner)) throw createUnknownPropertyError(path, target.name);
  if (!isExpanded && !property.isOwned)
    throw new ODataError(`'${path}' can be selected only where its record is named in $expand.`);
}

function projectLink(
  value: unknown,
  name: string,
  link: LinkProperty,
  model: Model,
  projection: Projection,
): unknown {
  // What is not expanded is sent empty, not left out.
  if (!link.isOwned && !projection.expanded.has(name)) return link.isList ? [] : {};
  const shape = shapeOf(model, link.shapeName);
  const inner = projection.selected?.get(name);
  const target =
    inner === undefined
      ? wholeRecord
      : { ...wholeRecord, selected: new Map([...inner].map((key) => [key, undefined])) };
  if (Array.isArray(value)) return value.filter(isRow).map((item) => projectRow(item, shape, model, target));
  return isRow(value) ? projectRow(value, shape, model, target) : null;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function formatValue(value: unknown, { type, size = 2 }: ValueProperty): unknown {
  if (type === 'decimal' && (typeof value === 'number' || typeof value === 'string'))
    return markDecimal(value, size);
  return value ?? null;
}
