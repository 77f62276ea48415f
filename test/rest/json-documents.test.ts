import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { digitsOf, isJsonObject, parseJson } from '../../src/rest/json.ts';

/** A document with the text of its numbers. */
type Node =
  | { token: string }
  | { literal: string | boolean | null }
  | { items: Node[] }
  | { entries: [string, Node][] };

const digit = fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
const upToDigits = (maxLength: number) => fc.string({ unit: digit, minLength: 1, maxLength });
const integerPart = fc.oneof(
  fc.constant('0'),
  fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.string({ unit: digit, maxLength: 24 }))
    .map((parts) => parts.join('')),
);
const fraction = fc.oneof(
  fc.constant(''),
  upToDigits(20).map((text) => `.${text}`),
);
const exponent = fc.oneof(
  fc.constant(''),
  fc
    .tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), upToDigits(3))
    .map((parts) => parts.join('')),
);
const anyNumber = fc
  .tuple(fc.constantFrom('', '-'), integerPart, fraction, exponent)
  .map((parts) => parts.join(''));

/** Exact as doubles, and written as JavaScript writes them. */
const safeNumber = fc.oneof(
  fc.integer({ min: -999_999_999, max: 999_999_999 }).map(String),
  fc
    .tuple(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 0, max: 9_999 }))
    .map(([whole, part]) => `${whole}.${part}1`),
);

const anyKey = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.constantFrom('a', 'b', '1', '__proto__', 'constructor', 'value'),
);
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), anyNumber, fc.uuid());
const space = fc.constantFrom('', ' ', '\n', '\t', '\r\n');

function anyDocument(token: fc.Arbitrary<string>): fc.Arbitrary<Node> {
  return fc.letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      token.map((text) => ({ token: text })),
      fc.oneof(anyText, fc.boolean(), fc.constant(null)).map((literal) => ({ literal })),
      fc.array(tie('node'), { maxLength: 5 }).map((items) => ({ items })),
      fc.array(fc.tuple(anyKey, tie('node')), { maxLength: 5 }).map((entries) => ({ entries })),
    ),
  })).node;
}

function write(node: Node, gap: string): string {
  if ('token' in node) return `${gap}${node.token}${gap}`;
  if ('literal' in node) return JSON.stringify(node.literal);
  if ('items' in node) return `[${gap}${node.items.map((item) => write(item, gap)).join(`${gap},`)}]`;
  return `{${gap}${node.entries.map(([key, value]) => `${JSON.stringify(key)}${gap}:${write(value, gap)}`).join(`,${gap}`)}}`;
}

/** What a document should be: its numbers as `{ digits }`, its objects as entries in the order of their keys. */
function describeNode(node: Node): unknown {
  if ('token' in node) return { digits: Number.isFinite(Number(node.token)) ? node.token : undefined };
  if ('literal' in node) return node.literal;
  if ('items' in node) return node.items.map(describeNode);
  return {
    entries: sortEntries([...new Map(node.entries)].map(([key, value]) => [key, describeNode(value)])),
  };
}

/** What a document was parsed to, in the same form. */
function describeParsed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(describeParsed);
  if (isJsonObject(value))
    return { entries: sortEntries(Object.entries(value).map(([key, item]) => [key, describeParsed(item)])) };
  return typeof value === 'string' || typeof value === 'boolean' || value === null
    ? value
    : { digits: digitsOf(value) };
}

function sortEntries(entries: [string, unknown][]): [string, unknown][] {
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('any document', () => {
  it('keeps the digits of all its numbers', () => {
    fc.assert(
      fc.property(anyDocument(anyNumber), space, (node, gap) => {
        expect(describeParsed(parseJson(write(node, gap)))).toStrictEqual(describeNode(node));
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps the digits of a number that is all of it', () => {
    fc.assert(
      fc.property(anyNumber, (token) => {
        expect(describeParsed(parseJson(token))).toStrictEqual(describeNode({ token }));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is what JSON.parse makes of it where no number is at risk', () => {
    fc.assert(
      fc.property(anyDocument(safeNumber), space, (node, gap) => {
        const text = write(node, gap);
        expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 1_000 },
    );
  });
});
