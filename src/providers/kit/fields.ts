import { getNamedType, type GraphQLResolveInfo } from 'graphql';
import type { AnyRow, Loaders, Origin, ResponsePath } from '../provider.ts';
import { toNull } from './absence.ts';

/** What a field's function works with besides its row. */
export interface FieldCall<L extends Loaders = Loaders, A = unknown> {
  readonly args: A;
  /** Those of the request at the row's source. */
  readonly loaders: L;
  /** Where the row comes from. */
  readonly at: Origin;
  /** The field in messages: `ElevateCustomer.isActive`. */
  readonly place: string;
  readonly path: ResponsePath;
  readonly info: GraphQLResolveInfo;
  /** Whether the caller may read a field of the objects that this one leads to. */
  mayRead(inner: string): boolean;
}

/** A function of `resolvers.ts`: computes or fetches the value of a field. */
type FieldFunction<R, A, L extends Loaders, T> = (row: R, field: FieldCall<L, A>) => T;

/** The functions for some fields, of the resolvers that graphql-js would call for them. */
export type FieldFunctions<Resolvers, L extends Loaders> = {
  readonly [F in keyof Resolvers]: Extract<Resolvers[F], (...args: never) => unknown> extends (
    row: infer R,
    args: infer A,
    ...rest: never
  ) => infer T
    ? FieldFunction<R, A, L, T>
    : never;
};

/** What a request has of its sources. */
interface SessionFinder {
  session(sourceName: string): { readonly loaders: Loaders } | undefined;
  readonly access: { mayRead(type: string, fields: readonly string[]): boolean };
}

type AnyFieldFunction = FieldFunction<AnyRow, unknown, Loaders, unknown>;

/** The resolvers that graphql-js calls, by type, of functions by type. What the source is without is null. */
export function toResolvers(functions: Readonly<Record<string, object>>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(functions).map(([type, fields]) => [
      type,
      Object.fromEntries(
        entriesOf(fields).map(([field, value]) => [
          field,
          isFieldFunction(value) ? toResolver(value) : value,
        ]),
      ),
    ]),
  );
}

function entriesOf(fields: object): [string, unknown][] {
  return Object.entries(fields);
}

function toResolver(compute: AnyFieldFunction) {
  return (row: AnyRow, args: unknown, context: SessionFinder, info: GraphQLResolveInfo): unknown => {
    const result = compute(row, new CallOfField(row.at, args, context, info));
    // Only what takes a call can find something absent, and comes as a promise; the rest stays synchronous.
    return result instanceof Promise ? result.catch(toNull) : result;
  };
}

/** Made for each value, so that what few fields need is worked out when it is asked for. */
class CallOfField implements FieldCall {
  readonly at: Origin;
  readonly args: unknown;
  readonly info: GraphQLResolveInfo;
  readonly #context: SessionFinder;

  constructor(at: Origin, args: unknown, context: SessionFinder, info: GraphQLResolveInfo) {
    this.at = at;
    this.args = args;
    this.info = info;
    this.#context = context;
  }

  mayRead(inner: string): boolean {
    return this.#context.access.mayRead(getNamedType(this.info.returnType).name, [inner]);
  }

  get loaders(): Loaders {
    const session = this.#context.session(this.at.source.name);
    if (session === undefined) throw new TypeError('a row of a source without a session');
    return session.loaders;
  }

  get path(): ResponsePath {
    return this.info.path;
  }

  get place(): string {
    return `${this.info.parentType.name}.${this.info.fieldName}`;
  }
}

function isFieldFunction(value: unknown): value is AnyFieldFunction {
  return typeof value === 'function';
}
