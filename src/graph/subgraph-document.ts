import {
  concatAST,
  Kind,
  visit,
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
  type ObjectTypeDefinitionNode,
  type SchemaDefinitionNode,
  type TypeNode,
} from 'graphql';
import { guardNames, isGuard } from './guards/guards.ts';
import { isOwnDirective, readKind } from './mapping/from-directive.ts';
import { readSharedSdl } from './schema-files.ts';

/** The SDL that the server executes: of its providers and what they share, without what only this project reads. */
export function createSubgraphDocument(providerDocuments: readonly DocumentNode[]): DocumentNode {
  return removeOwnDirectives(concatAST([...readSharedSdl(), ...providerDocuments]));
}

export interface PublicationOptions {
  /**
   * Whether records carry `@cacheTag`, by which a router's cache can be told to forget one: `customer-<id>` for
   * customers, `<kind>-<id>` for others. Not every composer knows the federation version that has it.
   */
  readonly hasCacheTags?: boolean;
  /** Whether it says what callers need to read its fields. `@apollo/gateway` refuses an SDL that does. */
  readonly hasGuards?: boolean;
}

/** The SDL that composers of supergraphs are given: all of it but the fields that make sense here only. */
export function createPublishedDocument(
  providerDocuments: readonly DocumentNode[],
  { hasCacheTags = false, hasGuards = true }: PublicationOptions = {},
): DocumentNode {
  const document = concatAST([...readSharedSdl(), ...providerDocuments]);
  const guarded = removeOwnDirectives(hasCacheTags ? addCacheTags(document) : document);
  return visit(hasGuards ? guarded : removeGuards(guarded), {
    // Every subgraph that follows Relay has a field of this name, and each knows only its own records: no supergraph
    // can have two, and a hidden one would clash all the same.
    [Kind.FIELD_DEFINITION]: (node) => (node.name.value === 'node' && isNode(node.type) ? null : undefined),
  });
}

function isNode(type: TypeNode): boolean {
  return type.kind === Kind.NAMED_TYPE && type.name.value === 'Node';
}

function removeOwnDirectives(document: DocumentNode): DocumentNode {
  return visit(document, {
    [Kind.DIRECTIVE]: (node) => (isOwnDirective(node) ? null : undefined),
    [Kind.DIRECTIVE_DEFINITION]: (node) => (isOwnDirective(node) ? null : undefined),
  });
}

function removeGuards(document: DocumentNode): DocumentNode {
  return visit(document, {
    [Kind.DIRECTIVE](node) {
      if (isGuard(node)) return null;
      return node.name.value === 'link' ? forgetGuards(node) : undefined;
    },
  });
}

/** Of the `@link` that imports them. */
function forgetGuards(link: DirectiveNode): DirectiveNode {
  return visit(link, {
    [Kind.STRING]: (text) => (guardImports.has(text.value) ? null : undefined),
  });
}

const guardImports: ReadonlySet<string> = new Set(guardNames.map((name) => `@${name}`));

function addCacheTags(document: DocumentNode): DocumentNode {
  return visit(document, {
    [Kind.SCHEMA_DEFINITION]: importCacheTag,
    [Kind.OBJECT_TYPE_DEFINITION]: (node) =>
      node.name.value === 'Query' ? tagCustomerField(node) : tagEntity(node),
  });
}

/** Of the schema's `@link` to the federation specification. */
function importCacheTag(schema: SchemaDefinitionNode): SchemaDefinitionNode {
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
