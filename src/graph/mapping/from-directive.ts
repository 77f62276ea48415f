import {
  Kind,
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
} from 'graphql';
import { MappingError } from './mapping-error.ts';

/** What an `@from` directive says; see schema/directives.graphql. */
export type From =
  | { readonly mode: 'path'; readonly path: readonly string[] }
  | { readonly mode: 'self' }
  | { readonly mode: 'prefix'; readonly prefix: string }
  | { readonly mode: 'numbered'; readonly prefix: string }
  | { readonly mode: 'computed'; readonly keys: readonly string[] };

/** @throws MappingError when the directive does not hold exactly one of its arguments */
export function readFrom(field: FieldDefinitionNode): From | undefined {
  const directive = field.directives?.find(({ name }) => name.value === 'from');
  if (directive === undefined) return undefined;
  const [argument, ...more] = directive.arguments ?? [];
  if (argument === undefined || more.length > 0) throw new MappingError('@from takes exactly one argument');
  const { name, value } = argument;
  if (name.value === 'keys' && value.kind === Kind.LIST) {
    return {
      mode: 'computed',
      keys: value.values.flatMap((item) => (item.kind === Kind.STRING ? [item.value] : [])),
    };
  }
  if (value.kind !== Kind.STRING || value.value === '')
    throw new MappingError(`@from(${name.value}:) takes a text`);
  if (name.value === 'path')
    return value.value === '.' ? { mode: 'self' } : { mode: 'path', path: value.value.split('.') };
  if (name.value === 'prefix' || name.value === 'numbered') return { mode: name.value, prefix: value.value };
  throw new MappingError(`@from has no argument ${name.value}`);
}

/** The kind that the `@kind` directive of a type, or of a field, gives to global ids. */
export function readKind(node: ObjectTypeDefinitionNode | FieldDefinitionNode): string | undefined {
  const directive = node.directives?.find(({ name }) => name.value === 'kind');
  const value = directive?.arguments?.find(({ name }) => name.value === 'name')?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

/** Directives that only this project reads; the published schema leaves them out. */
export function isOwnDirective({ name }: Pick<ConstDirectiveNode, 'name'>): boolean {
  return ownDirectives.has(name.value);
}

const ownDirectives: ReadonlySet<string> = new Set(['from', 'kind', 'open']);
