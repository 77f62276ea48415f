import { isJsonObject, type JsonObject } from '../../rest/json.ts';

/** What the mapping needs to know of one property of a payload object. */
export interface PayloadProperty {
  /** JSON types: `string`, `integer`, `object` …; several where the provider sends now one, now another. */
  readonly types: readonly string[];
  /** The `$defs` entry of an object, or of a list's items. */
  readonly shape: string | undefined;
}

/** The payload objects that a provider's REST API sends, by their `$defs` name. */
export type PayloadShapes = ReadonlyMap<string, ReadonlyMap<string, PayloadProperty>>;

/**
 * Reads `$defs` of a JSON Schema in the form that `docs/adding-a-provider.md` describes: named shapes, every
 * nested object by `$ref`.
 *
 * @throws TypeError naming the place that has another form
 */
export function readPayloadShapes(schema: unknown, file: string): PayloadShapes {
  const shapes = objectAt(isJsonObject(schema) ? schema['$defs'] : undefined, `${file}: $defs`);
  return new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const place = `${file}: $defs/${name}/properties`;
      const properties = objectAt(objectAt(shape, `${file}: $defs/${name}`)['properties'], place);
      return [
        name,
        new Map(
          Object.entries(properties).map(([key, property]) => [
            key,
            readProperty(property, `${place}/${key}`),
          ]),
        ),
      ];
    }),
  );
}

function readProperty(property: unknown, place: string): PayloadProperty {
  const { type, items, $ref } = objectAt(property, place);
  if ($ref !== undefined) return { types: ['object'], shape: shapeName($ref, place) };
  const types = (Array.isArray(type) ? type : [type]).filter((name) => typeof name === 'string');
  if (types.length === 0) throw new TypeError(`${place}: expected a type or a $ref`);
  if (types.includes('object'))
    throw new TypeError(`${place}: expected nested objects by $ref to a $defs entry`);
  if (!types.includes('array')) return { types, shape: undefined };
  const item = objectAt(items, `${place}/items`);
  return { types, shape: item['$ref'] === undefined ? undefined : shapeName(item['$ref'], `${place}/items`) };
}

function shapeName(ref: unknown, place: string): string {
  const name = typeof ref === 'string' ? /^#\/\$defs\/(\w+)$/.exec(ref)?.[1] : undefined;
  if (name === undefined) throw new TypeError(`${place}: expected a $ref to "#/$defs/…"`);
  return name;
}

function objectAt(value: unknown, place: string): JsonObject {
  if (!isJsonObject(value)) throw new TypeError(`${place}: expected an object`);
  return value;
}
