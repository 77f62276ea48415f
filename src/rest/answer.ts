/** A decoded JSON document, and where it comes from. It is shared with other requests and must not be changed. */
export interface Answer<T> {
  /** Null when the source has no such document (404, 410) or `decode` found nothing in it. Numbers are exact, see json.ts. */
  readonly body: T | null;
  /** When the source last said that this is its answer, epoch ms. */
  readonly fetchedAtMs: number;
  readonly isFromCache: boolean;
}

/** What a call brought. */
export interface FetchedAnswer {
  /** `NOT_MODIFIED`: the body is the one that was at hand. */
  readonly outcome: 'OK' | 'NOT_FOUND' | 'NOT_MODIFIED';
  /** As it was sent, or decoded; null with `NOT_FOUND`. */
  readonly body: unknown;
  /** Of its JSON text, in characters. */
  readonly textLength: number;
  readonly validators: Validators | undefined;
  readonly fetchedAtMs: number;
  /** Only until the body is decoded. */
  readonly header?: ReadHeader;
}

/** Reads a header of an answer; undefined where it has none of that name. */
export type ReadHeader = (name: string) => string | undefined;

/** What a source sent with an answer so that it can be asked later whether it still holds. */
export interface Validators {
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}
