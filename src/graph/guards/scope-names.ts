import { Kind, visit, type ConstDirectiveNode, type DirectiveNode, type DocumentNode } from 'graphql';
import { isScopeGuard } from './guards.ts';

/** What the scopes of the SDL are called in tokens; those that are left out have the names of the SDL. */
export type ScopeNames = ReadonlyMap<string, string>;

/** In place of a scope: every caller has it that is known. */
const everyCaller = '*';

const authenticated: ConstDirectiveNode = {
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'authenticated' },
};

/** The SDL with the scopes of one company. */
export function renameScopes(document: DocumentNode, names: ScopeNames): DocumentNode {
  if (names.size === 0) return document;
  return visit(document, {
    [Kind.DIRECTIVE](node) {
      if (!isScopeGuard(node)) return undefined;
      const renamed = visit(node, {
        [Kind.STRING]: (text) => ({ ...text, value: names.get(text.value) ?? text.value }),
        [Kind.LIST]: {
          leave: (list) => ({
            ...list,
            values: list.values.filter((value) => value.kind !== Kind.STRING || value.value !== everyCaller),
          }),
        },
      });
      return isEmpty(renamed) ? authenticated : renamed;
    },
  });
}

/** Whether one of the sets of scopes asks for none. */
function isEmpty(node: DirectiveNode): boolean {
  const value = node.arguments?.[0]?.value;
  return (
    value?.kind === Kind.LIST && value.values.some((set) => set.kind === Kind.LIST && set.values.length === 0)
  );
}

/** @param configured by class of data: `bank` for `customers:bank` */
export function namesOfScopes(configured: Readonly<Record<string, string | undefined>> = {}): ScopeNames {
  return new Map(
    Object.entries(configured).flatMap(([name, scope]) =>
      scope === undefined ? [] : [[`customers:${name}`, scope] as const],
    ),
  );
}
