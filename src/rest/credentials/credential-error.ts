import type { UpstreamErrorCode } from '../errors.ts';

/** Codes of failures to get credentials. */
export type CredentialErrorCode = Extract<
  UpstreamErrorCode,
  'UPSTREAM_UNAVAILABLE' | 'UPSTREAM_RATE_LIMITED' | 'UPSTREAM_UNAUTHORIZED'
>;

/** No credentials could be had for a call. The message says why, without secrets. */
export class CredentialError extends Error {
  override readonly name = 'CredentialError';
  readonly code: CredentialErrorCode;

  constructor(code: CredentialErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
