/** Begins a string that stands for a number. A private-use character: no text of the sandbox has it. */
const numberMark = '\uE000';
const markedNumber = new RegExp(`"${numberMark}([^"]+)"`, 'g');

/**
 * A decimal for `writeJson`, with the scale that .NET gives it: 12.5 at two places is `12.50`, zero is `0.0`.
 *
 * @param value a number, or its digits where a number would not be exact
 */
export function markDecimal(value: number | string, places: number): string {
  if (typeof value === 'string') return numberMark + value;
  return numberMark + (value === 0 ? '0.0' : value.toFixed(places));
}

/** The JSON text of `body`, marked decimals as numbers. Several times as fast as a serializer that knows decimals itself. */
export function writeJson(body: unknown): string {
  return JSON.stringify(body).replaceAll(markedNumber, '$1');
}
