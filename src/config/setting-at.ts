import { z } from 'zod';

export type Schema = z.core.$ZodType;

/**
 * The schema of the setting at a path, its default taken off; undefined where the settings have no such place.
 *
 * @param value what stands in the file: it tells which of several forms a group has (`auth.type`)
 */
export function settingAt(schema: Schema, path: readonly string[], value: unknown): Schema | undefined {
  const setting = chooseForm(unwrap(schema), value);
  const [key, ...rest] = path;
  if (key === undefined) return setting;
  const child = childOf(setting, key);
  return child === undefined ? undefined : settingAt(child, rest, valueAt(value, [key]));
}

export function unwrap(schema: Schema): Schema {
  const isWrapped =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return isWrapped ? unwrap(schema.unwrap()) : schema;
}

export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((current, key) => {
    if (typeof current !== 'object' || current === null) return undefined;
    return Object.entries(current).find(([name]) => name === key)?.[1];
  }, value);
}

/** The keys of a group of settings; none for anything else. */
export function keysOf(setting: Schema | undefined): string[] {
  if (setting instanceof z.ZodObject) return Object.keys(setting.shape);
  return setting instanceof z.ZodUnion
    ? [...new Set(setting.options.flatMap((option) => keysOf(unwrap(option))))]
    : [];
}

/** The values that a setting may have, or that choose between the forms of a group; none where it is free. */
export function choicesOf(setting: Schema | undefined): string[] {
  if (setting instanceof z.ZodLiteral) return [...setting.values].map(String);
  if (setting instanceof z.ZodEnum) return setting.options.map(String);
  if (!(setting instanceof z.ZodDiscriminatedUnion)) return [];
  const { discriminator } = setting.def;
  return setting.options.flatMap((option) => choicesOf(childOf(option, discriminator)));
}

/** Of the forms of a group the one that the value claims to have. */
function chooseForm(schema: Schema, value: unknown): Schema {
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
  const { discriminator } = schema.def;
  const claimed = String(valueAt(value, [discriminator]));
  return (
    schema.options.find((option) => choicesOf(childOf(option, discriminator)).includes(claimed)) ?? schema
  );
}

function childOf(schema: Schema, key: string): Schema | undefined {
  if (schema instanceof z.ZodObject)
    return Object.entries<Schema>(schema.shape).find(([name]) => name === key)?.[1];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodDiscriminatedUnion && schema.def.discriminator === key)
    return z.literal(choicesOf(schema));
  return schema instanceof z.ZodUnion
    ? schema.options.map((option) => childOf(unwrap(option), key)).find((child) => child !== undefined)
    : undefined;
}
