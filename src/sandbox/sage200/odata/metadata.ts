import type { Shape } from './model.ts';

/** How one property is described by `$metadata`. */
export interface PropertyDescription {
  readonly name: string;
  readonly type: string;
  /** Place in the default sort order, from 1; null where the property has none. */
  readonly sort_order: number | null;
  readonly sort_ascending: boolean | null;
}

/** Describes the properties of a shape, with or without those that `$expand` takes. */
export function describeShape({ properties }: Shape, isWithLinks: boolean): PropertyDescription[] {
  return [...properties]
    .filter(([, property]) => isWithLinks || property.kind === 'value')
    .map(([name, property]) => {
      const type =
        property.kind === 'link'
          ? property.isList
            ? 'array'
            : 'object'
          : property.type === 'enum'
            ? 'string'
            : property.type;
      const isKey = name === 'id';
      return { name, type, sort_order: isKey ? 1 : null, sort_ascending: isKey ? true : null };
    });
}
