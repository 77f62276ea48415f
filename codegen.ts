import type { CodegenConfig } from '@graphql-codegen/cli';
import { checkDecisions } from './codegen/field-decisions.ts';
import { providerNames } from './codegen/provider-names.ts';
import { providerResolvers, providerTypes, rowMappers } from './codegen/provider-types.ts';
import { scalars } from './client/scalars.ts';
import { writtenFile } from './codegen/written-file.ts';
import {
  listPossibleTypes,
  printClientSdl,
  printSubgraphSdl,
  readDocuments,
} from './src/graph/client-document.ts';
import { findProviderNames } from './src/graph/schema-files.ts';

const providers = findProviderNames();
const documents = readDocuments(providers);
checkDecisions(providers);

/**
 * Makes `src/generated/`: resolver types out of the SDL, wire types out of the JSON Schemas. Fails when a field of
 * a provider's SDL and its JSON Schema do not fit together, or nobody has decided who may read it.
 */
const config: CodegenConfig = {
  schema: 'schema/**/*.graphql',
  generates: {
    'src/generated/graph.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        contextType: '../graph/context.ts#GraphContext',
        mappers: Object.assign(
          {
            Customer: '../providers/provider.ts#AnyRow',
            Node: '../providers/provider.ts#AnyRow',
            Freshness: '../providers/provider.ts#Freshness as RowFreshness',
            SourceCompleteness: '../graph/lists/completeness.ts#Completeness',
            Source: '../providers/provider.ts#Source as SourceConnection',
          },
          ...providers.map(rowMappers),
        ),
        scalars: {
          ID: 'string',
          Decimal: 'string',
          Date: 'string',
          DateTime: 'string',
          LocalDateTime: 'string',
        },
        useTypeImports: true,
        enumsAsTypes: true,
        federation: true,
        // A row that is loaded may turn out not to exist.
        resolverTypeWrapperSignature: 'Promise<T | null> | T',
        maybeValue: 'T | null | undefined',
      },
    },
    'src/generated/providers.ts': { preset: providerNames(providers) },
    ...Object.fromEntries(
      providers.flatMap((provider) => [
        [`src/generated/${provider}.ts`, { preset: providerTypes(provider) }],
        [`src/generated/${provider}-resolvers.ts`, { preset: providerResolvers(provider) }],
      ]),
    ),
    'client/schema.graphql': { preset: writtenFile(() => printClientSdl(documents)) },
    'client/subgraph.graphql': { preset: writtenFile(() => printSubgraphSdl(documents)) },
    'client/possible-types.ts': {
      preset: writtenFile(
        () =>
          `/** For each interface the types that implement it: for Apollo Client's cache, and for urql's Graphcache. */\nexport const possibleTypes: Record<string, string[]> = ${JSON.stringify(listPossibleTypes(documents), null, 2)};\n`,
      ),
    },
    'client/fragments.ts': {
      documents: 'client/fragments.graphql',
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        scalars,
        skipTypename: true,
      },
    },
  },
};

export default config;
