/** Codes of failures on the way to or from a REST API; `docs/errors.md` has a line for each. */
export type UpstreamErrorCode =
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_RATE_LIMITED'
  | 'UPSTREAM_UNAUTHORIZED'
  | 'UPSTREAM_FORBIDDEN'
  | 'UPSTREAM_REJECTED'
  | 'UPSTREAM_BAD_RESPONSE';

const sentences: Record<UpstreamErrorCode, string> = {
  UPSTREAM_TIMEOUT: 'did not answer in time',
  UPSTREAM_UNAVAILABLE: 'cannot be reached at present',
  UPSTREAM_RATE_LIMITED: 'takes no more calls for the moment',
  UPSTREAM_UNAUTHORIZED: 'did not accept the credentials',
  UPSTREAM_FORBIDDEN: 'does not allow this to be read with these credentials',
  UPSTREAM_REJECTED: 'refused the call as invalid',
  UPSTREAM_BAD_RESPONSE: 'sent an answer that cannot be used',
};

const retryableCodes: ReadonlySet<UpstreamErrorCode> = new Set([
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_RATE_LIMITED',
]);

/** Which source failed, in words that may be shown to anyone. */
export interface SourceLabel {
  /** The source's name in the configuration. */
  readonly name: string;
  readonly provider: { readonly name: string; readonly title: string };
}

export interface UpstreamErrorDetails {
  /** Replaces the code's standard sentence. Is shown to clients: never a URL, header, body or address. */
  readonly message?: string;
  /** What happened, for the log only. */
  readonly reason?: string;
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  /** Whether the same call may succeed a moment later. */
  readonly isTransient?: boolean;
  /** Whether the call never left this machine: it says nothing of the source, and is not made again. */
  readonly isUnsent?: boolean;
  readonly cause?: unknown;
}

/**
 * A REST API did not give what was asked of it. The message and the fields `code`, `source`, `retryable` and
 * `retryAfterSeconds` are safe to show to clients; `reason`, `status`, `isTransient`, `isUnsent` and
 * `cause` are for the server itself and its log.
 */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly code: UpstreamErrorCode;
  readonly source: SourceLabel;
  readonly retryable: boolean;
  readonly reason: string;
  readonly status: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly isTransient: boolean;
  readonly isUnsent: boolean;

  constructor(code: UpstreamErrorCode, source: SourceLabel, details: UpstreamErrorDetails = {}) {
    super(details.message ?? `${source.provider.title} (source "${source.name}") ${sentences[code]}.`, {
      cause: details.cause,
    });
    this.code = code;
    this.source = source;
    this.retryable = retryableCodes.has(code);
    this.reason = details.reason ?? sentences[code];
    this.status = details.status;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.isUnsent = details.isUnsent ?? false;
    this.isTransient = !this.isUnsent && (details.isTransient ?? false);
  }
}

/**
 * A value in an answer has another type than the field that is read from it.
 *
 * @param place the field, `ElevateCustomer.creditThreshold`
 * @param difference what was expected and, by its type only, what was found
 */
export function createWrongTypeError(source: SourceLabel, place: string, difference: string): UpstreamError {
  const message = `${source.provider.title} (source "${source.name}") sent a value of the wrong type for ${place}: ${difference}.`;
  return new UpstreamError('UPSTREAM_BAD_RESPONSE', source, { message, reason: message });
}
