/** Types that are written by their names alone. */
const plainTypes = ['int16', 'int32', 'int64', 'decimal', 'string', 'boolean', 'date-time'] as const;

export type ValueType = (typeof plainTypes)[number] | 'enum';

/** A property that holds a value of its own. */
export interface ValueProperty {
  readonly kind: 'value';
  readonly type: ValueType;
  /** Longest text of a string, or number of decimal places of a decimal. */
  readonly size?: number;
  /** Names of an enumeration, each at the place of its number. */
  readonly names?: readonly string[];
}

/** A property that leads to other records. Empty in an answer unless expanded, or owned: sent with its parent at all times. */
export interface LinkProperty {
  readonly kind: 'link';
  readonly shapeName: string;
  readonly isList: boolean;
  readonly isOwned: boolean;
}

export type Property = ValueProperty | LinkProperty;

/** One kind of record, its properties in the order in which they are sent. */
export interface Shape {
  readonly name: string;
  readonly properties: ReadonlyMap<string, Property>;
}

/** All kinds of records by name. */
export type Model = ReadonlyMap<string, Shape>;

/**
 * Builds a model of short definitions: `name:type` separated by blanks. Types are `int16`, `int32`, `int64`, `boolean`,
 * `date-time`, `string(60)`, `decimal(2)`, `enum(enumeration)`; `{shape}` and `[shape]` link to one or many records, with
 * `!` behind when owned. `code_1..20:string(60)` stands for twenty properties.
 */
export function defineModel(
  definitions: Readonly<Record<string, string>>,
  enumerations: Readonly<Record<string, readonly string[]>> = {},
): Model {
  return new Map(
    Object.entries(definitions).map(([name, definition]) => [
      name,
      { name, properties: readProperties(definition, enumerations) },
    ]),
  );
}

/**
 * The shape of that name.
 *
 * @throws Error when the model has none
 */
export function shapeOf(model: Model, name: string): Shape {
  const shape = model.get(name);
  if (shape === undefined) throw new Error(`No shape is named ${name}`);
  return shape;
}

function readProperties(
  definition: string,
  enumerations: Readonly<Record<string, readonly string[]>>,
): ReadonlyMap<string, Property> {
  const properties = new Map<string, Property>();
  for (const entry of definition.trim().split(/\s+/)) {
    const [, name = '', first, last, type = ''] =
      /^([a-z_]+(?:\d+(?!\d*\.\.))?[a-z_]*)(?:(\d+)\.\.(\d+))?:(.+)$/.exec(entry) ?? [];
    const property = readType(type, enumerations);
    if (name === '' || property === undefined) throw new Error(`Not a property: ${entry}`);
    if (first === undefined) properties.set(name, property);
    else
      for (let number = Number(first); number <= Number(last); number += 1)
        properties.set(`${name}${number}`, property);
  }
  return properties;
}

function readType(
  text: string,
  enumerations: Readonly<Record<string, readonly string[]>>,
): Property | undefined {
  const [, bracket, shapeName, owned] = /^([[{])(\w+)[\]}](!?)$/.exec(text) ?? [];
  if (shapeName !== undefined)
    return { kind: 'link', shapeName, isList: bracket === '[', isOwned: owned === '!' };
  const [, name = '', argument] = /^([a-z0-9-]+)(?:\((\w+)\))?$/.exec(text) ?? [];
  if (name === 'enum') return { kind: 'value', type: 'enum', names: enumerations[argument ?? ''] ?? [] };
  const type = plainTypes.find((plain) => plain === name);
  if (type === undefined) return undefined;
  return argument === undefined ? { kind: 'value', type } : { kind: 'value', type, size: Number(argument) };
}
