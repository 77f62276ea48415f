/** An operation that a link opens. Never its headers: they hold credentials. */
export interface SharedQuery {
  readonly query: string;
  /** JSON as written in the editor; empty where there are none. */
  readonly variables: string;
}

/** @param hash of a URL: `#query=…&variables=…` */
export function readShareLink(hash: string): SharedQuery | undefined {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const query = parameters.get('query');
  return query === null || query === '' ? undefined : { query, variables: parameters.get('variables') ?? '' };
}

/** The part of a link behind `#`, by which it opens the operation. */
export function writeShareHash({ query, variables }: SharedQuery): string {
  const rest = variables.trim() === '' ? '' : `&variables=${encodeURIComponent(variables)}`;
  return `#query=${encodeURIComponent(query)}${rest}`;
}
