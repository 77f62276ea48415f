import type { Types } from '@graphql-codegen/plugin-helpers';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { createFieldMap } from '../src/graph/mapping/field-map.ts';
import type { FieldMap } from '../src/graph/mapping/field-source.ts';
import { findCustomerType, readJsonSchema, readProviderFiles } from '../src/graph/schema-files.ts';
import { writtenFile } from './written-file.ts';

/** Writes `src/generated/<provider>.ts`: the wire types of its REST API, and the rows that GraphQL types read. */
export function providerTypes(provider: string): Types.OutputPreset {
  return writtenFile(() => writeProviderTypes(provider));
}

/**
 * Writes `src/generated/<provider>-resolvers.ts`: the functions that must be written by hand because no payload key
 * has the value.
 */
export function providerResolvers(provider: string): Types.OutputPreset {
  return writtenFile(() => writeRequiredResolvers(provider));
}

/** GraphQL type → the exported row type in the provider's generated file, for the resolver types. */
export function rowMappers(provider: string): Record<string, string> {
  return Object.fromEntries(
    [...readFieldMap(provider).types.keys()].map((type) => [type, `./${provider}.ts#${type}Row`]),
  );
}

function readFieldMap(provider: string): FieldMap {
  const files = readProviderFiles(provider);
  const fieldMap = createFieldMap({ ...files, customerType: findCustomerType(files.document, provider) });
  if (fieldMap.problems.length > 0) {
    throw new Error(
      [
        `schema/providers/${provider}.graphql and schema/rest/${provider}.json do not fit together:`,
        ...fieldMap.problems,
      ].join('\n  - '),
    );
  }
  return fieldMap;
}

async function writeProviderTypes(provider: string): Promise<string> {
  const { types } = readFieldMap(provider);
  const body = [
    await writeWireTypes(provider),
    ...[...types].map(([type, { shape }]) => `export type ${type}Row = Row<${shape ?? 'JsonObject'}>;`),
    '',
  ].join('\n');
  const modules = { '../providers/provider.ts': ['Row'], '../rest/json.ts': ['JsonNumber', 'JsonObject'] };
  return [...writeImports(modules, body), body].join('\n');
}

function writeRequiredResolvers(provider: string): string {
  const byHand = [...readFieldMap(provider).types].flatMap(([type, { fields }]) => {
    const names = [...fields].filter(([, { source }]) => source.from === 'resolver').map(([field]) => field);
    return names.length === 0 ? [] : [{ type, names: names.map((name) => `'${name}'`).join(' | ') }];
  });
  const body = [
    '',
    '/** The fields that resolvers.ts has to provide; others may be added. */',
    'export type RequiredResolvers<L extends Loaders> = {',
    ...byHand.map(
      ({ type, names }) =>
        `  ${type}: FieldFunctions<${type}Resolvers & Required<Pick<${type}Resolvers, ${names}>>, L>;`,
    ),
    '};',
    '',
  ].join('\n');
  const modules = {
    '../providers/kit/fields.ts': ['FieldFunctions'],
    '../providers/provider.ts': ['Loaders'],
    './graph.ts': byHand.map(({ type }) => `${type}Resolvers`),
  };
  return [...writeImports(modules, body), body].join('\n');
}

/** Imports of what the text uses: a provider without numbers, say, has no use for their type. */
function writeImports(modules: Readonly<Record<string, readonly string[]>>, body: string): string[] {
  return Object.entries(modules).flatMap(([module, names]) => {
    const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(body));
    return used.length === 0 ? [] : [`import type { ${used.join(', ')} } from '${module}';`];
  });
}

/** Every property may be absent or null, and every number may be too long for JavaScript: so it is on the wire. */
async function writeWireTypes(provider: string): Promise<string> {
  const { $defs } = relax(readJsonSchema(provider));
  const properties = Object.fromEntries(
    Object.keys($defs ?? {}).map((name) => [name, { $ref: `#/$defs/${name}` }]),
  );
  const root: JSONSchema = {
    type: 'object',
    additionalProperties: false,
    properties,
    ...($defs === undefined ? {} : { $defs }),
  };
  return compile(root, 'Payloads', { additionalProperties: false, bannerComment: '', format: false });
}

function relax(node: unknown): JSONSchema {
  if (typeof node !== 'object' || node === null) return {};
  const { $defs, properties, items, $ref, type, description } = Object.fromEntries(Object.entries(node));
  return {
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof $ref === 'string' ? { $ref } : {}),
    ...(type === 'integer' || type === 'number' ? { tsType: 'JsonNumber | null | undefined' } : {}),
    ...(type === 'string' || type === 'boolean' ? { tsType: `${type} | null | undefined` } : {}),
    ...(Array.isArray(type)
      ? {
          tsType: `${type.map((name) => (name === 'integer' || name === 'number' ? 'JsonNumber' : name)).join(' | ')} | null | undefined`,
        }
      : {}),
    ...(type === 'array' ? { type, items: relax(items) } : {}),
    ...(type === 'object' ? { type, properties: relaxAll(properties) } : {}),
    ...($defs === undefined ? {} : { $defs: relaxAll($defs) }),
  };
}

function relaxAll(nodes: unknown): Record<string, JSONSchema> {
  return typeof nodes === 'object' && nodes !== null
    ? Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, relax(node)]))
    : {};
}
