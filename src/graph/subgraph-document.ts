import {
  concatAST,
  Kind,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type ObjectTypeDefinitionNode,
  type SchemaExtensionNode,
  type TypeNode,
} from 'graphql';
import { isMappingDirective, readKind } from './mapping/from-directive.ts';
import { readSharedSdl } from './schema-files.ts';

/** The SDL that the server executes: of its providers and what they share, without what only the mapping reads. */
export function createSubgraphDocument(providerDocuments: readonly DocumentNode[]): DocumentNode {
  return removeMapping(concatAST([...readSharedSdl(), ...providerDocuments]));
}

export interface PublicationOptions {
  /**
   * Whether records carry `@cacheTag`, by which a router's cache can be told to forget one: `customer-<id>` for
   * customers, `<kind>-<id>` for others. Not every composer knows the federation version that has it.
   */
  readonly hasCacheTags?: boolean;
}

/** The SDL that composers of supergraphs are given: all of it but the fields that make sense here only. */
export function createPublishedDocument(
  providerDocuments: readonly DocumentNode[],
  { hasCacheTags = false }: PublicationOptions = {},
): DocumentNode {
  const document = concatAST([...readSharedSdl(), ...providerDocuments]);
  return visit(removeMapping(hasCacheTags ? addCacheTags(document) : document), {
    // Every subgraph that follows Relay has a field of this name, and each knows only its own records: no supergraph
    // can have two, and a hidden one would clash all the same.
    [Kind.FIELD_DEFINITION]: (node) => (node.name.value === 'node' && isNode(node.type) ? null : undefined),
  });
}

function isNode(type: TypeNode): boolean {
  return type.kind === Kind.NAMED_TYPE && type.name.value === 'Node';
}

function removeMapping(document: DocumentNode): DocumentNode {
  return visit(document, {
    [Kind.DIRECTIVE]: (node) => (isMappingDirective(node) ? null : undefined),
    [Kind.DIRECTIVE_DEFINITION]: (node) => (isMappingDirective(node) ? null : undefined),
  });
}

function addCacheTags(document: DocumentNode): DocumentNode {
  return visit(document, {
    [Kind.SCHEMA_EXTENSION]: importCacheTag,
    [Kind.OBJECT_TYPE_DEFINITION]: (node) =>
      node.name.value === 'Query' ? tagCustomerField(node) : tagEntity(node),
  });
}

/** Of the schema's `@link` to the federation specification. */
function importCacheTag(schema: SchemaExtensionNode): SchemaExtensionNode {
  return visit(schema, {
    [Kind.STRING]: (node) => ({
      ...node,
      value: node.value.replace(/\/federation\/v2\.\d+$/, '/federation/v2.12'),
    }),
    [Kind.LIST]: {
      leave: (node) => ({ ...node, values: [...node.values, { kind: Kind.STRING, value: '@cacheTag' }] }),
    },
  });
}

function tagEntity(type: ObjectTypeDefinitionNode): ObjectTypeDefinitionNode {
  const isEntity = type.directives?.some(({ name }) => name.value === 'key') === true;
  return isEntity
    ? {
        ...type,
        directives: [...type.directives, createCacheTag(`${readKind(type) ?? 'customer'}-{$key.id}`)],
      }
    : type;
}

function tagCustomerField(query: ObjectTypeDefinitionNode): ObjectTypeDefinitionNode {
  const fields = query.fields?.map((field) =>
    field.name.value === 'customer'
      ? { ...field, directives: [...(field.directives ?? []), createCacheTag('customer-{$args.id}')] }
      : field,
  );
  return { ...query, ...(fields === undefined ? {} : { fields }) };
}

function createCacheTag(format: string): ConstDirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: 'cacheTag' },
    arguments: [
      {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: 'format' },
        value: { kind: Kind.STRING, value: format },
      },
    ],
  };
}
