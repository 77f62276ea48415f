import { getNamedType, isObjectType, isRequiredArgument, parse, validate, type GraphQLSchema } from 'graphql';
import type { Guard, Guards } from '../../../src/graph/guards/guards.ts';

/** A guarded field and the way to it from a customer. */
export interface GuardedField {
  /** `ElevateBankAccount.sortCode` */
  readonly place: string;
  readonly source: string;
  readonly customerType: string;
  /** Fields within each other, the guarded one last. */
  readonly path: readonly string[];
  /** The guard of each field of the path. */
  readonly guards: readonly (Guard | undefined)[];
  /** Whether something has to be selected of it. */
  readonly isObject: boolean;
}

export interface Matrix {
  readonly schema: GraphQLSchema;
  readonly guards: Guards;
  /** The type of customers, by source. */
  readonly customerTypes: Readonly<Record<string, string>>;
}

/** Every guarded field that a customer leads to, by the shortest way. */
export function listGuardedFields({ schema, guards, customerTypes }: Matrix): GuardedField[] {
  return Object.entries(customerTypes).flatMap(([source, customerType]) => {
    const found: GuardedField[] = [];
    const ways = new Map<string, readonly Step[]>([[customerType, []]]);
    for (const [typeName, steps] of ways) {
      const type = schema.getType(typeName);
      if (!isObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        const inner = getNamedType(field.type);
        const step = { name: field.name, guard: guards.of(typeName, field.name) };
        const way = [...steps, step];
        if (field.args.some(isRequiredArgument)) continue;
        if (isObjectType(inner) && !ways.has(inner.name)) ways.set(inner.name, way);
        if (step.guard === undefined) continue;
        found.push({
          place: `${typeName}.${field.name}`,
          source,
          customerType,
          path: way.map(({ name }) => name),
          guards: way.map(({ guard }) => guard),
          isObject: isObjectType(inner),
        });
      }
    }
    return found;
  });
}

interface Step {
  readonly name: string;
  readonly guard: Guard | undefined;
}

/** The scopes that a guard needs, each of its requirements by its first set. */
export function scopesOf(guard: Guard | undefined): string[] {
  return guard?.requirements.flatMap(([set = []]) => set) ?? [];
}

/** `{ sites { invoicing { bankAccount { __typename } } } }`; `wrap` writes each field. */
export function writeSelection(
  path: readonly string[],
  { isObject, wrap = (name) => name }: { isObject: boolean; wrap?: (name: string) => string },
): string {
  return path.reduceRight(
    (inner, name) => `{ __typename ${wrap(name)} ${inner} }`,
    isObject ? '{ __typename }' : '',
  );
}

/** A way to ask for a field of a customer. */
export interface Way {
  readonly name: string;
  /** @returns undefined where there is no such way to the field */
  write(field: GuardedField, schema: GraphQLSchema): string | undefined;
  readonly isGet?: true;
}

/** Selects on the concrete type. */
function onType({ customerType, ...field }: GuardedField): string {
  return `{ ... on ${customerType} ${writeSelection(field.path, field)} }`;
}

export const ways: readonly Way[] = [
  { name: 'root', write: (field) => `query ($id: ID!) { customer(id: $id) ${onType(field)} }` },
  { name: 'ids', write: (field) => `query ($id: ID!) { customersByIds(ids: [$id]) ${onType(field)} }` },
  {
    name: 'alias',
    write: (field) => {
      const selection = writeSelection(field.path, { ...field, wrap: (name) => `x_${name}: ${name}` });
      return `query ($id: ID!) { other: customer(id: $id) { ... on ${field.customerType} ${selection} } }`;
    },
  },
  {
    name: 'named fragment',
    write: (field) =>
      `query ($id: ID!) { customer(id: $id) { ...F } } fragment F on ${field.customerType} ${writeSelection(field.path, field)}`,
  },
  {
    name: 'fragment in fragment',
    write: (field) =>
      `query ($id: ID!) { customer(id: $id) { ... on Customer { ... { ... on ${field.customerType} ${writeSelection(field.path, field)} } } } }`,
  },
  {
    name: 'interface',
    write(field, schema) {
      const query = `query ($id: ID!) { customer(id: $id) ${writeSelection(field.path, field)} }`;
      return validate(schema, parse(query)).length === 0 ? query : undefined;
    },
  },
  { name: 'node', write: (field) => `query ($id: ID!) { node(id: $id) ${onType(field)} }` },
  {
    name: '_entities',
    write: (field) =>
      `query ($references: [_Any!]!) { _entities(representations: $references) ${onType(field)} }`,
  },
  {
    name: 'list',
    write: (field) =>
      `query ($source: String!) { customers(first: 1, filter: { sources: [$source] }) { nodes ${onType(field)} } }`,
  },
  {
    name: 'search',
    write: (field) =>
      `query ($text: String!, $source: String!) { search(text: $text, first: 1, sources: [$source]) { nodes ${onType(field)} } }`,
  },
  {
    name: '@include',
    write: (field) => {
      const selection = writeSelection(field.path, {
        ...field,
        wrap: (name) => `${name} @include(if: $yes) @skip(if: false)`,
      });
      return `query ($id: ID!, $yes: Boolean = true) { customer(id: $id) @include(if: $yes) { ... on ${field.customerType} ${selection} } }`;
    },
  },
  { name: 'GET', isGet: true, write: (field) => `query ($id: ID!) { customer(id: $id) ${onType(field)} }` },
];

/** The objects or lists at the end of a path through an answer, with their places. */
export function valuesAt(
  value: unknown,
  path: readonly string[],
  place: readonly (string | number)[] = [],
): { readonly value: unknown; readonly place: readonly (string | number)[] }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => valuesAt(item, path, [...place, index]));
  const [key, ...rest] = path;
  if (key === undefined) return [{ value, place }];
  if (typeof value !== 'object' || value === null) return [];
  const child: unknown = Object.entries(value).find(([name]) => name === key)?.[1];
  if (rest.length === 0) return [{ value: child, place: [...place, key] }];
  return valuesAt(child, rest, [...place, key]);
}

/** Where in an answer a way has its customers. */
export function rootOf({ name }: Way): readonly string[] {
  switch (name) {
    case 'alias':
      return ['other'];
    case 'ids':
      return ['customersByIds'];
    case 'node':
      return ['node'];
    case '_entities':
      return ['_entities'];
    case 'list':
      return ['customers', 'nodes'];
    case 'search':
      return ['search', 'nodes'];
    default:
      return ['customer'];
  }
}
