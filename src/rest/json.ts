import { LosslessNumber, parse } from 'lossless-json';

/** A number as a JSON body holds it: a JavaScript number where that is exact, its digits where it is not. */
export type JsonNumber = number | LosslessNumber;

/** A JSON object whose keys are not known yet. */
export type JsonObject = { readonly [key: string]: unknown };

/*
 * JavaScript's own parser is three times as fast, and exact for numbers of up to 15 digits without an exponent
 * or trailing zeros. This finds what it would change: sixteen digits and points in a row, an exponent, a
 * fraction ending in 0 (`12.50` is money with its scale), minus zero, or one of the small fractions that JavaScript
 * writes with an exponent (0.0000001). Finding such a thing inside a string costs time, not exactness.
 */
const losesDigits = /[\d.]{16}|\d[eE][-+]?\d|(?:\.\d*|-)0(?:[\s,}\]]|$)|0\.0{6}/;

/**
 * Parses a JSON text, every number exactly. The last of duplicate keys wins, as in `JSON.parse`.
 *
 * @throws SyntaxError when the text is not JSON; RangeError when it is nested too deeply for the exact parser, which
 * holds some thousand levels; JavaScript's own has no limit
 */
export function parseJson(text: string): unknown {
  if (!losesDigits.test(text)) return JSON.parse(text);
  return parse(text, undefined, {
    parseNumber: parseNumberExactly,
    onDuplicateKey: ({ newValue }) => newValue,
  });
}

function parseNumberExactly(digits: string): JsonNumber {
  const number = Number(digits);
  return String(number) === digits ? number : new LosslessNumber(digits);
}

/**
 * Whether a text that is not JSON could be the beginning of one: a string, a list or an object in it has no end. Looks
 * at each character once: a regular expression that goes back takes seconds for a long text full of quotes.
 */
export function isCutShort(text: string): boolean {
  let isInString = false;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"') isInString = !isInString;
    else if (isInString) index += character === '\\' ? 1 : 0;
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
  }
  return isInString || depth > 0;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber)
  );
}

/** The digits of a JSON number; undefined for anything else and for numbers too large to be finite. */
export function digitsOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (value instanceof LosslessNumber) return Number.isFinite(Number(value.value)) ? value.value : undefined;
  return undefined;
}

/** Providers say "nothing" in five ways: absent, null, `{}`, `[]`, and `""` where no text can stand. */
export function isBlank(value: unknown): boolean {
  return value === '' || isNothing(value);
}

/** As `isBlank`, where a text can stand: an empty one is a value then. */
export function isNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}
