/** A header that is prepared, with nothing filled in yet. */
const unfilled = /^\s*(bearer)?\s*$/i;

/** The headers of a request, without those that are prepared only. */
export function readHeaders(headers: unknown): Record<string, string> {
  if (typeof headers !== 'object' || headers === null) return {};
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === null || value === undefined || unfilled.test(String(value)) ? [] : [[name, String(value)]],
    ),
  );
}

/** The headers in the text of the header editor; none where it cannot be read. */
export function parseHeaders(text: string | undefined): Record<string, string> {
  const headers = parseObject(text ?? '');
  return headers === undefined ? {} : readHeaders(headers);
}

/**
 * The text of the header editor with those headers in it that callers fill in.
 *
 * @returns the same text where nothing is missing, or where it cannot be read
 */
export function prepareHeaders(text: string, names: readonly string[]): string {
  const headers = parseObject(text);
  if (headers === undefined) return text;
  const present = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const missing = names.filter((name) => !present.has(name));
  if (missing.length === 0) return text;
  return JSON.stringify(
    { ...headers, ...Object.fromEntries(missing.map((name) => [name, 'Bearer '])) },
    null,
    2,
  );
}

function parseObject(text: string): object | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
