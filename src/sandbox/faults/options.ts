import { z } from 'zod';

const maxWaitMs = 600_000;
const maxBytes = 1_000_000_000;

const wholeNumber = (min: number, max: number) => z.int().min(min).max(max).exactOptional();

/** Everything that can be said about a fault beside its name. `expected` completes "expected …" in a refusal. */
export const faultOptions = z.strictObject({
  path: z.string().startsWith('/').exactOptional().meta({
    expected: 'a path that begins with /',
    description: 'Only requests for this path and those below it; the query does not count.',
  }),
  pattern: z.string().refine(isPattern).exactOptional().meta({
    expected: 'a regular expression',
    description: 'Only requests whose path and query, unescaped, match it; instead of path.',
  }),
  probability: z.number().min(0).max(1).exactOptional().meta({
    expected: 'a number from 0 to 1',
    description: 'Share of the matching requests that are struck; all by default. The seed decides which.',
  }),
  count: wholeNumber(1, Number.MAX_SAFE_INTEGER).meta({
    expected: 'a whole number of at least 1',
    description: 'Only the first so many matching requests; no limit by default.',
  }),
  delayMs: wholeNumber(0, maxWaitMs).meta({
    expected: `a whole number from 0 to ${maxWaitMs}`,
    description: 'Milliseconds to wait before the fault.',
  }),
  status: wholeNumber(400, 599).meta({
    expected: 'a whole number from 400 to 599',
    description: 'The status of the answer.',
  }),
  retryAfter: z
    .union([z.int(), z.string().regex(/^[\x20-\x7e]*$/)])
    .exactOptional()
    .meta({
      expected: 'a whole number of seconds, or a text of printable ASCII characters',
      description: 'The header Retry-After: seconds, an HTTP date or nonsense.',
    }),
  fields: z.array(z.string().min(1)).min(1).exactOptional().meta({
    expected: 'a list of field names such as "name" or "sites.siteName"',
    description: 'The fields to change, in every record of the answer; otherwise the fault chooses.',
  }),
  type: z.enum(['string', 'number', 'boolean', 'list', 'object']).exactOptional().meta({
    expected: 'one of string, number, boolean, list, object',
    description: 'What the field becomes; any other type by default.',
  }),
  bytes: wholeNumber(1, maxBytes).meta({
    expected: `a whole number from 1 to ${maxBytes}`,
    description: 'Size of the body, before compression.',
  }),
  isAnnounced: z.boolean().exactOptional().meta({
    expected: 'true or false',
    description: 'Whether Content-Length tells the size beforehand; it does not by default.',
  }),
  depth: wholeNumber(1, 10_000_000).meta({
    expected: 'a whole number from 1 to 10000000',
    description: 'Lists within lists; 100000 by default.',
  }),
  intervalMs: wholeNumber(1, maxWaitMs).meta({
    expected: `a whole number from 1 to ${maxWaitMs}`,
    description: 'Milliseconds between two bytes; 100 by default.',
  }),
  location: z
    .url({ protocol: /^https?$/ })
    .exactOptional()
    .meta({
      expected: 'an http or https URL',
      description: 'Where the redirect or the link leads; a host of example.org by default.',
    }),
  rows: wholeNumber(1, 1_000_000).meta({
    expected: 'a whole number from 1 to 1000000',
    description: 'Rows that a page may have; 50 by default.',
  }),
  total: z.union([z.number(), z.string()]).exactOptional().meta({
    expected: 'a number or a text',
    description: 'What the number of all rows becomes; one more than there are by default.',
  }),
  maxAgeSeconds: wholeNumber(0, 31_536_000).meta({
    expected: 'a whole number from 0 to 31536000',
    description: 'How long the answer may be kept; 300 by default.',
  }),
});

export type FaultOptions = Readonly<z.output<typeof faultOptions>>;
export type OptionName = keyof FaultOptions;

/** What every fault takes. */
export const commonOptions = [
  'path',
  'pattern',
  'probability',
  'count',
  'delayMs',
] as const satisfies readonly OptionName[];

/** The words for an option in a refusal and in the catalogue. */
export function describeOption(name: OptionName): {
  readonly expected: string;
  readonly description: string;
} {
  const { expected, description } = faultOptions.shape[name].meta() ?? {};
  return { expected: String(expected), description: String(description) };
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
