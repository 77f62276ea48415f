import { describe, expect, it } from '@jest/globals';
import { concatAST, parse, visit, Kind, type DocumentNode } from 'graphql';
import { findUndecided } from '../../src/graph/guards/decisions.ts';
import { findProviderNames, readProviderFiles, readSharedSdl } from '../../src/graph/schema-files.ts';

const document = concatAST([
  ...readSharedSdl(),
  ...findProviderNames().map((name) => readProviderFiles(name).document),
]);

/** The SDL with a field more in each object type. */
function addFieldEverywhere(sdl: DocumentNode): DocumentNode {
  const [added] = parse('type T { shoeSize: Int }').definitions;
  const fields = added?.kind === Kind.OBJECT_TYPE_DEFINITION ? (added.fields ?? []) : [];
  return visit(sdl, {
    [Kind.OBJECT_TYPE_DEFINITION]: (node) => ({ ...node, fields: [...(node.fields ?? []), ...fields] }),
  });
}

/** A schema of one type with what is given in it. */
function check(sdl: string): string[] {
  return findUndecided(parse(sdl));
}

describe('who may read a field', () => {
  it('is decided of every field', () => {
    expect(findUndecided(document)).toEqual([]);
  });

  it('is asked of every field that is added to a type without a decision for all its fields', () => {
    const undecided = findUndecided(addFieldEverywhere(document));
    for (const type of [
      'Query',
      'ElevateCustomer',
      'ElevateSite',
      'ElevateInvoicing',
      'Sage200Customer',
      'Sage200Memo',
      'CroCustomer',
      'CroCustomerLocation',
    ])
      expect(undecided).toContain(
        `${type}.shoeSize has no decision on who may read it: put it under @requiresScopes or @authenticated, or mark it @open.`,
      );
  });

  it.each([
    ['a guard on the field', 'type A { b: Int @requiresScopes(scopes: [["x"]]) }'],
    ['a guard on the type', 'type A @authenticated { b: Int }'],
    ['a guard on the type that it leads to', 'type A { b: [B!] } type B @authenticated { c: Int! }'],
    ['@open on the field', 'type A { b: Int! @open }'],
    ['@open on the type', 'type A @open { b: Int! }'],
    ['an interface, which leaves it to its types', 'interface A { b: Int }'],
  ])('is decided by %s', (_what, sdl) => {
    expect(check(sdl)).toEqual([]);
  });

  it.each([
    ['nothing', 'type A { b: Int }', /^A\.b has no decision/],
    [
      '@open of all beside a guard',
      'type A @open { b: Int @authenticated }',
      /^A cannot be @open .*: b|guards on b/,
    ],
    ['@open of the whole root', 'type Query @open { b: Int }', /^Query cannot be @open/],
    ['both', 'type A { b: Int @open @authenticated }', /^A\.b is both/],
    ['both on a type', 'type A @open @authenticated { b: Int }', /^A is both/],
    [
      'a guard on what cannot be null',
      'type A { b: Int! @authenticated }',
      /^A\.b is under a guard and cannot be null/,
    ],
    [
      'a type under a guard that cannot be null',
      'type A @open { b: B! } type B @authenticated { c: Int }',
      /^A\.b is under a guard and cannot be null/,
    ],
  ])('cannot be %s', (_what, sdl, problem) => {
    expect(check(sdl)).toContainEqual(expect.stringMatching(problem));
  });
});
