import type { UpstreamErrorCode } from '../errors.ts';

/** Codes of failures to get credentials. */
export type CredentialErrorCode = Extract<
  UpstreamErrorCode,
  'UPSTREAM_UNAVAILABLE' | 'UPSTREAM_RATE_LIMITED' | 'UPSTREAM_UNAUTHORIZED'
>;

export interface CredentialErrorDetails extends ErrorOptions {
  /** As the token endpoint said. */
  readonly retryAfterSeconds?: number | undefined;
  /** Whether it lasts until somebody changes the configuration or the token file. */
  readonly isLasting?: boolean;
  /** Whether the refresh token is not, or no longer, good. */
  readonly isGrantRefused?: boolean;
}

/** No credentials could be had for a call. The message says why, without secrets. */
export class CredentialError extends Error {
  override readonly name = 'CredentialError';
  readonly code: CredentialErrorCode;
  readonly retryAfterSeconds: number | undefined;
  readonly isLasting: boolean;
  readonly isGrantRefused: boolean;

  constructor(code: CredentialErrorCode, message: string, details: CredentialErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.isLasting = details.isLasting ?? false;
    this.isGrantRefused = details.isGrantRefused ?? false;
  }

  /** The same failure, met again while it is remembered. */
  heldFor(leftMs: number): CredentialError {
    return new CredentialError(this.code, this.message, {
      cause: this,
      retryAfterSeconds: Math.ceil(leftMs / 1_000),
      isLasting: this.isLasting,
      isGrantRefused: this.isGrantRefused,
    });
  }
}
