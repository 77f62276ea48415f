/** Longer waits than this are taken for this. */
const longestSeconds = 3_600;

/**
 * Reads a `Retry-After` header: seconds or an HTTP date. Undefined when it is missing, in the past or nonsense;
 * never more than an hour.
 */
export function parseRetryAfterSeconds(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - nowMs) / 1_000);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, longestSeconds) : undefined;
}
