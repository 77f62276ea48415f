import { buildASTSchema, isAbstractType, print, type DocumentNode, type GraphQLSchema } from 'graphql';
import { removeFederation } from './federation.ts';
import { readProviderFiles } from './schema-files.ts';
import { createPublishedDocument, createSubgraphDocument } from './subgraph-document.ts';

/**
 * The SDL for clients of this server: what introspection tells, without what only composers and gateways read, so that
 * every tool accepts it.
 */
export function printClientSdl(providerDocuments: readonly DocumentNode[]): string {
  return `${print(removeFederation(createSubgraphDocument(providerDocuments)))}\n`;
}

/** The SDL for composers of supergraphs, as `_service` tells it. */
export function printSubgraphSdl(providerDocuments: readonly DocumentNode[]): string {
  return `${print(createPublishedDocument(providerDocuments))}\n`;
}

/** Reads the SDL of some providers, always in the same order. */
export function readDocuments(providerNames: readonly string[]): DocumentNode[] {
  return providerNames.toSorted().map((name) => readProviderFiles(name).document);
}

/** For each interface and union the object types that it may be: a client's cache cannot know them by itself. */
export function listPossibleTypes(providerDocuments: readonly DocumentNode[]): Record<string, string[]> {
  const schema: GraphQLSchema = buildASTSchema(removeFederation(createSubgraphDocument(providerDocuments)));
  return Object.fromEntries(
    Object.values(schema.getTypeMap())
      .filter(isAbstractType)
      .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
  );
}
