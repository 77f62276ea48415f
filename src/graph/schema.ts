import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  concatAST,
  isObjectType,
  Kind,
  print,
  type DocumentNode,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import type { Provider, Row } from '../providers/provider.ts';
import { printClientSdl, readDocuments } from './client-document.ts';
import type { GraphContext } from './context.ts';
import { defineFederation } from './federation.ts';
import { findUndecided } from './guards/decisions.ts';
import { createGuards, type Guards } from './guards/guards.ts';
import { renameScopes, type ScopeNames } from './guards/scope-names.ts';
import { completeRowFirst, createFieldResolver } from './field-resolvers.ts';
import { createFieldMap } from './mapping/field-map.ts';
import { rowKeysOf, type FieldMap } from './mapping/field-source.ts';
import { createEntitiesResolver, typeResolvers } from './resolvers/entities.ts';
import { completenessResolvers } from './resolvers/lists.ts';
import { queryResolvers } from './resolvers/query.ts';
import { sourceResolvers } from './resolvers/source.ts';
import { scalars } from './scalars.ts';
import { readProviderFiles, readSharedSdl } from './schema-files.ts';
import { createPublishedDocument, createSubgraphDocument } from './subgraph-document.ts';

/** For each `Type.field`, the payload keys that it reads, as `provider/Shape.key`. */
export type PayloadReads = ReadonlyMap<string, readonly string[]>;

export interface Graph {
  readonly schema: GraphQLSchema;
  readonly payloadReads: PayloadReads;
  readonly guards: Guards;
  /** The SDL for clients: see `printClientSdl`. */
  readonly clientSdl: string;
}

export interface GraphOptions {
  readonly scopeNames?: ScopeNames;
}

/** SDL, JSON Schemas and resolvers do not fit together; every place is named. */
export class SchemaMapError extends Error {
  override readonly name = 'SchemaMapError';

  constructor(problems: readonly string[]) {
    super(
      `The schema and the providers do not fit together:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
}

/**
 * Builds the executable subgraph schema of some providers: their SDL with the shared SDL, payload fields read as
 * the SDL says, the rest by the providers' resolvers.
 *
 * @throws SchemaMapError when a field has no source or no decision on who may read it, or a payload key no field
 */
export function createGraph(
  providers: readonly Provider[],
  { scopeNames = new Map() }: GraphOptions = {},
): Graph {
  const mapped = providers.map((provider) => {
    const files = readProviderFiles(provider.name);
    return {
      provider,
      document: files.document,
      fieldMap: createFieldMap({ ...files, customerType: provider.customerType }),
    };
  });
  const documents = mapped.map(({ document }) => document);
  const problems = [
    ...mapped.flatMap(({ provider, document, fieldMap }) => [
      ...fieldMap.problems,
      ...describeMissingResolvers(provider, fieldMap),
      ...describeMissingKeys(provider, document),
      ...describeOtherIdKey(provider, fieldMap),
    ]),
    ...findUndecided(concatAST([...readSharedSdl(), ...documents])),
  ];
  if (problems.length > 0) throw new SchemaMapError(problems);

  const typeDefs = renameScopes(createSubgraphDocument(documents), scopeNames);
  const service = { sdl: print(renameScopes(createPublishedDocument(documents), scopeNames)) };
  const root = {
    Query: { ...queryResolvers.Query, _service: () => service, _entities: createEntitiesResolver(providers) },
  };
  const resolvers = { ...scalars, ...root, ...sourceResolvers, ...completenessResolvers, ...typeResolvers };
  const schema = makeExecutableSchema({ typeDefs: defineFederation(typeDefs), resolvers });
  for (const { provider, fieldMap } of mapped) attachFieldResolvers(schema, provider, fieldMap);
  return {
    schema,
    clientSdl: printClientSdl(readDocuments(providers.map(({ name }) => name))),
    payloadReads: new Map(mapped.flatMap(({ provider, fieldMap }) => listReads(provider, fieldMap))),
    guards: createGuards(typeDefs),
  };
}

function describeMissingResolvers(provider: Provider, { types }: FieldMap): string[] {
  const missing = [...types].flatMap(([type, { fields }]) =>
    [...fields]
      .filter(
        ([field, { source }]) =>
          source.from === 'resolver' && findResolver(provider, type, field) === undefined,
      )
      .map(
        ([field]) =>
          `${type}.${field} has no source: no key in schema/rest/${provider.name}.json, no @from, no function in resolvers.ts.`,
      ),
  );
  const idle = Object.entries(provider.resolvers).flatMap(([type, functions]) =>
    Object.keys(functions)
      .filter((field) => types.get(type)?.fields.has(field) !== true)
      .map((field) => `The ${provider.name} resolver for ${type}.${field} has no such field in the SDL.`),
  );
  return [...missing, ...idle];
}

/** Gateways refer to every record that has an id of its own. */
function describeMissingKeys({ customerType, nodeTypes }: Provider, { definitions }: DocumentNode): string[] {
  const hasKey = (type: string): boolean =>
    definitions.some(
      (node) =>
        node.kind === Kind.OBJECT_TYPE_DEFINITION &&
        node.name.value === type &&
        node.directives?.some(({ name }) => name.value === 'key') === true,
    );
  return [customerType, ...Object.values(nodeTypes)]
    .filter((type) => !hasKey(type))
    .map((type) => `${type} can be fetched by its id, but has no @key(fields: "id").`);
}

/** Where customers have their ids is said in the SDL, and to their loaders. */
function describeOtherIdKey({ customerType, ids }: Provider, { types }: FieldMap): string[] {
  const source = types.get(customerType)?.fields.get('id')?.source;
  return source?.from !== 'global-id' || source.key === ids.key
    ? []
    : [`${customerType}.id is read from "${source.key}", but the provider's ids.key is "${ids.key}".`];
}

type FieldResolver = GraphQLFieldResolver<Row, GraphContext>;

function findResolver({ resolvers }: Provider, type: string, field: string): FieldResolver | undefined {
  const found = new Map<string, unknown>(Object.entries(resolvers[type] ?? {})).get(field);
  return isFieldResolver(found) ? found : undefined;
}

/** The parent's type is checked where the functions are written, by the generated `RequiredResolvers`. */
function isFieldResolver(value: unknown): value is FieldResolver {
  return typeof value === 'function';
}

function attachFieldResolvers(schema: GraphQLSchema, provider: Provider, { types }: FieldMap): void {
  for (const [name, { fields }] of types) {
    const type = schema.getType(name);
    if (!isObjectType(type)) continue;
    for (const [fieldName, { source }] of fields) {
      const field = type.getFields()[fieldName];
      if (field === undefined) continue;
      const resolve =
        findResolver(provider, name, fieldName) ??
        createFieldResolver(source, { place: `${name}.${fieldName}`, type: field.type });
      if (resolve !== undefined) field.resolve = completeRowFirst(resolve, rowKeysOf(source));
    }
  }
}

function listReads(provider: Provider, { types }: FieldMap): [string, string[]][] {
  return [...types].flatMap(([type, { fields }]) =>
    [...fields].map(([field, { reads }]): [string, string[]] => [
      `${type}.${field}`,
      reads.map((key) => `${provider.name}/${key}`),
    ]),
  );
}
