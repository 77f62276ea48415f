import type { PayloadProperty, PayloadShapes } from './json-schema.ts';
import { MappingError } from './mapping-error.ts';
import { lowerFirst } from './names.ts';

/** The keys of a payload object as a type's fields see them, with the names they really have. */
export interface View {
  /** The `$defs` entry; undefined for some keys of one. */
  readonly shape: string | undefined;
  readonly keys: ReadonlyMap<string, ViewedKey>;
}

export interface ViewedKey {
  readonly owner: string;
  readonly key: string;
  readonly property: PayloadProperty;
}

/** `Shape.key` */
export function nameOf({ owner, key }: Pick<ViewedKey, 'owner' | 'key'>): string {
  return `${owner}.${key}`;
}

/** @throws MappingError when the JSON Schema has no such shape */
export function viewShape(shapes: PayloadShapes, shape: string): View {
  const properties = shapes.get(shape);
  if (properties === undefined) throw new MappingError(`the JSON Schema has no $defs/${shape}`);
  return {
    shape,
    keys: new Map([...properties].map(([key, property]) => [key, { owner: shape, key, property }])),
  };
}

/** @throws MappingError when there is no such key */
export function findKey({ shape, keys }: View, key: string): ViewedKey {
  const found = keys.get(key);
  if (found !== undefined) return found;
  throw new MappingError(`the JSON Schema has no "${key}"${shape === undefined ? '' : ` in $defs/${shape}`}`);
}

/** The keys that begin alike, under the rest of their names. @throws MappingError when there are none */
export function viewPrefixed({ keys }: View, start: string): View {
  const found = [...keys].filter(([key]) => key.startsWith(start) && key !== start);
  if (found.length === 0) throw new MappingError(`no key of the JSON Schema begins with "${start}"`);
  return {
    shape: undefined,
    keys: new Map(found.map(([key, viewed]) => [lowerFirst(key.slice(start.length)), viewed])),
  };
}

/** The keys that end in numbers, by these. @throws MappingError when there are none */
export function findNumbered({ keys }: View, start: string): [first: NumberedKey, ...others: NumberedKey[]] {
  const [first, ...others] = [...keys]
    .filter(([key]) => key.startsWith(start) && /^\d+$/.test(key.slice(start.length)))
    .map(([key, viewed]) => ({ number: Number(key.slice(start.length)), key, viewed }))
    .toSorted((a, b) => a.number - b.number);
  if (first === undefined) throw new MappingError(`no key of the JSON Schema is "${start}" and a number`);
  return [first, ...others];
}

export interface NumberedKey {
  readonly number: number;
  readonly key: string;
  readonly viewed: ViewedKey;
}
