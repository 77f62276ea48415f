import type { QueryError, TestProduct } from '../../support/product.ts';

/** An answer with the calls that were made for it. */
export interface CountedAnswer {
  readonly data: Record<string, unknown>;
  readonly errors: readonly QueryError[];
  /** `/customers/1`, as they arrived. */
  readonly calls: readonly string[];
}

/** Asks, and tells which calls one REST API got for it; what stands before its resources is left out. */
export async function askCounted(
  product: Pick<TestProduct, 'query'>,
  api: { readonly calls: string[] },
  query: string,
  variables: Record<string, unknown> = {},
): Promise<CountedAnswer> {
  api.calls.length = 0;
  const { data, errors } = await product.query(query, { variables });
  return {
    data,
    errors,
    calls: api.calls.map((call) =>
      call.replace(/^GET (\/v1|\/uk\/sage200extra\/accounts\/v1|\/sage|\/cro)?/, ''),
    ),
  };
}

/** Global ids of the customers `from` to `to` of a source. */
export function idRange(source: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `${source}:${from + index}`);
}

/** `id eq 1 or id eq 2`, for a range. */
export function filterRange(property: string, from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => `${property} eq ${from + index}`).join(' or ');
}

/**
 * Calls for the rows behind a page that was shorter than asked for. A source that has just been started makes one for
 * each collection; later it knows how long pages can be.
 */
export function isLookBehind(call: string): boolean {
  return /[?&](page|page_index)=(?!1(?:&|$))|[?&][$]skip=(?!0(?:&|$))/.test(call);
}
