import { Kind, parse, visit, type DocumentNode } from 'graphql';

const tagLocations = [
  'FIELD_DEFINITION | INTERFACE | OBJECT | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE',
  'INPUT_OBJECT | INPUT_FIELD_DEFINITION | SCHEMA',
].join(' | ');

/**
 * What a document that links federation 2.9 may use of it, by the names under which it is imported; what is not
 * imported has no name here.
 */
const definitions = parse(
  `
  directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
  scalar link__Import
  enum link__Purpose { SECURITY EXECUTION }

  directive @key(fields: federation__FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
  scalar federation__FieldSet
  directive @shareable repeatable on OBJECT | FIELD_DEFINITION
  directive @inaccessible on ${tagLocations.replace(' | SCHEMA', '')}
  directive @tag(name: String!) repeatable on ${tagLocations}
  directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
  directive @requiresScopes(
    scopes: [[federation__Scope!]!]!
  ) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
  scalar federation__Scope
  directive @cost(
    weight: Int!
  ) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
  directive @listSize(
    assumedSize: Int
    slicingArguments: [String!]
    sizedFields: [String!]
    requireOneSlicingArgument: Boolean = true
  ) on FIELD_DEFINITION

  scalar _Any
  type _Service { sdl: String }
  extend type Query {
    _service: _Service!
    _entities(representations: [_Any!]!): [_Entity]!
  }
`,
  { noLocation: true },
).definitions;

/** The names of the directives that only composers and gateways read. */
const federationDirectives: ReadonlySet<string> = new Set(
  definitions.flatMap((node) => (node.kind === Kind.DIRECTIVE_DEFINITION ? [node.name.value] : [])),
);

/** A subgraph's SDL with what its link to the federation specification stands for: it can be built without a library. */
export function defineFederation(document: DocumentNode): DocumentNode {
  return { ...document, definitions: [...document.definitions, ...definitions, entityUnionOf(document)] };
}

/** A subgraph's SDL without what only composers and gateways read. */
export function removeFederation(document: DocumentNode): DocumentNode {
  return visit(document, {
    [Kind.DIRECTIVE]: ({ name }) => (federationDirectives.has(name.value) ? null : undefined),
  });
}

/** Everything that gateways may refer to: the object types with a key. */
function entityUnionOf(document: DocumentNode) {
  return {
    kind: Kind.UNION_TYPE_DEFINITION,
    name: { kind: Kind.NAME, value: '_Entity' },
    types: document.definitions.flatMap((node) =>
      node.kind === Kind.OBJECT_TYPE_DEFINITION &&
      node.directives?.some(({ name }) => name.value === 'key') === true
        ? [{ kind: Kind.NAMED_TYPE, name: node.name } as const]
        : [],
    ),
  } as const;
}
