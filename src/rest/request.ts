import type { ReadHeader } from './answer.ts';
import type { Resource } from './settings.ts';

/** Query parameters in the order in which they are sent. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** How the body of an answer is read. Equal URLs must be decoded alike: callers share their answers. */
export interface Decoding<T> {
  /**
   * Checks and types a body. It is null for a document with nothing in it: 204, or the JSON `null`.
   *
   * @throws UpstreamError for one that is not what was asked for: the call has failed then
   */
  readonly decode: (body: unknown, header: ReadHeader) => T | null;
  /** Decides how long the answer may be kept for other requests; left out: not at all. */
  readonly resource?: Resource;
}

export interface Get<T> extends Decoding<T> {
  /** From `urlOf`. */
  readonly url: string;
}

/** The query as it stands in a URL, with its question mark; empty where nothing is to be sent. */
export function encodeQuery(query: Query): string {
  let text = '';
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    text += `${text === '' ? '?' : '&'}${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  }
  // `$` may stand in a query as it is, and `$filter` is easier to read in a vendor's log than `%24filter`.
  return text.replaceAll('%24', '$').replaceAll('%2C', ',');
}
