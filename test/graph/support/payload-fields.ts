import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { readJsonSchema } from '../../../src/graph/schema-files.ts';

export type ProviderName = 'elevate' | 'sage200' | 'cro';

/** A JSON value without null, as the samples hold it. */
export type Json = string | number | boolean | Json[] | { [key: string]: Json };

const property = z.object({
  // Of several types the first one is tried.
  type: z.union([z.string(), z.array(z.string()).transform(([first = '']) => first)]).default('object'),
  format: z.string().optional(),
  $ref: z.string().optional(),
  items: z.object({ $ref: z.string().optional() }).optional(),
});
const jsonSchema = z.object({
  $defs: z.record(z.string(), z.object({ properties: z.record(z.string(), property) })),
});
const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.array(json), z.record(z.string(), json)]),
);

/** What a JSON Schema says of one property. */
export interface Property {
  /** JSON type: `string`, `integer`, `array` … */
  readonly type: string;
  readonly format: string | undefined;
  /** The `$defs` entry of an object, or of a list's items. */
  readonly shape: string | undefined;
}

/** Finds a property of a `$defs` entry. @throws TypeError when there is none */
export type Shapes = (shape: string, key: string) => Property;

export function readShapes(provider: ProviderName): Shapes {
  const { $defs } = jsonSchema.parse(readJsonSchema(provider));
  return (shape, key) => {
    const found = $defs[shape]?.properties[key];
    if (found === undefined)
      throw new TypeError(`schema/rest/${provider}.json has no $defs/${shape}/properties/${key}`);
    const ref = found.$ref ?? found.items?.$ref;
    return { type: found.type, format: found.format, shape: ref?.replace('#/$defs/', '') };
  };
}

/** A customer with every field that its provider may send. */
export function readSample(provider: ProviderName): { readonly [key: string]: Json } {
  const text = readFileSync(new URL(`../../samples/${provider}.json`, import.meta.url), 'utf8');
  return z.record(z.string(), json).parse(JSON.parse(text));
}

/**
 * Records that Sage 200 keeps by themselves and copies into a customer: the copy counts as one field, its own
 * content does not.
 */
const lookups: ReadonlySet<string | undefined> = new Set([
  'CountryCode',
  'CreditBureau',
  'CreditPosition',
  'Currency',
  'DiscountGroup',
  'DocumentLayout',
  'FinanceCharge',
  'NominalCode',
  'OrderValueDiscount',
  'PriceBand',
  'Salutation',
  'TaxCode',
]);

/**
 * The fields of a customer payload as paths, `sites[].siteAddress.town`: each key of the JSON Schema that the
 * sample holds, objects and lists among them. A record inside its own kind (a head office) counts as one.
 */
export function listPayloadFields(shapes: Shapes, sample: Json): Set<string> {
  const fields = new Set<string>();

  function visit(value: Json, shape: string, place: string, outer: readonly string[]): void {
    if (Array.isArray(value)) return value.forEach((item) => visit(item, shape, `${place}[]`, outer));
    if (typeof value !== 'object') return;
    for (const [key, inner] of Object.entries(value)) {
      const { shape: innerShape } = shapes(shape, key);
      const path = place === '' ? key : `${place}.${key}`;
      fields.add(path);
      const isCopy = innerShape === undefined || lookups.has(innerShape) || outer.includes(innerShape);
      if (!isCopy) visit(inner, innerShape, path, [...outer, innerShape]);
    }
  }

  visit(sample, 'Customer', '', ['Customer']);
  return fields;
}
