/** A longer wait counts as this. */
const longestSeconds = 3_600;

/** `Date.parse` alone finds a date in nearly anything: `in 2099`, `1.5`. */
const httpDate = /^[A-Z][a-z]{2,8}, .+ GMT$/;

/**
 * Reads a `Retry-After` header: seconds or an HTTP date. Undefined when it is missing, in the past or nonsense;
 * never more than an hour.
 */
export function parseRetryAfterSeconds(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text), longestSeconds);
  const waitMs = httpDate.test(text) ? Date.parse(text) - nowMs : Number.NaN;
  return waitMs >= 0 ? Math.min(Math.ceil(waitMs / 1_000), longestSeconds) : undefined;
}
