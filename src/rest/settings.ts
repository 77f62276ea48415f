import { z } from 'zod';
import { apiUrl, authSettings } from './credentials/settings.ts';
import { allowPlainHttp, networkKeys } from './network-settings.ts';

const milliseconds = z.int().min(1).max(600_000);

/** Kinds of resources that are cached for different times. */
export type Resource = 'customers' | 'lookups';

const seconds = z.int().min(0).max(86_400);

const cache = z.strictObject({
  customersSeconds: seconds.default(0).describe('Customers, what belongs to them, and lists of them.'),
  lookupsSeconds: seconds
    .default(3_600)
    .describe('Small collections that seldom change: currencies, tax codes, billing cycles.'),
  notFoundSeconds: seconds
    .default(5)
    .describe('That a record does not exist; never longer than the record would be kept.'),
  staleWhileRevalidateSeconds: seconds
    .default(0)
    .describe('A stale answer is given for so long while a newer one is fetched.'),
  staleIfErrorSeconds: seconds
    .default(0)
    .describe('A stale answer is given for so long while the source fails.'),
  maxBytes: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(50_000_000)
    .describe('Memory for cached answers; the least used are dropped.'),
});

const breaker = z
  .strictObject({
    failureRatio: z
      .number()
      .min(0.05)
      .max(1)
      .default(0.8)
      .describe('Share of failed calls at which calls are stopped.'),
    minCalls: z.int().min(1).max(1_000).default(10).describe('Calls that must have been made before.'),
    windowMs: milliseconds.default(10_000).describe('Time in which they are counted.'),
    openMs: milliseconds.default(5_000).describe('Time without calls before one is tried.'),
    silenceMs: milliseconds.default(1_500).describe('Time without any answer after which calls are stopped.'),
  })
  .meta({ renamed: { windowSeconds: 'windowMs (milliseconds)', openSeconds: 'openMs (milliseconds)' } });

const quota = z
  .strictObject({ calls: z.int().min(1).max(1_000_000), perMs: z.int().min(1).max(86_400_000) })
  .meta({ renamed: { perSeconds: 'perMs (milliseconds)' } });

/**
 * What of a source is left alone because it does not have it.
 *
 * @param names what can be named
 */
export function createWithout(names: readonly string[]) {
  return z
    .array(z.enum(names))
    .default([])
    .describe('What the source is without: it is not called, and fields that need it are null.');
}

/** The part of a source's configuration that every provider has; a provider extends it with its own keys. */
export const restSettings = z.strictObject({
  baseUrl: apiUrl(),
  auth: authSettings,
  transport: z.enum(['undici', 'fetch']).default('undici').describe('`fetch` is node-fetch.'),
  ...networkKeys,
  allowPlainHttp,
  connectTimeoutMs: milliseconds.default(2_000),
  headersTimeoutMs: milliseconds.default(5_000),
  timeoutMs: milliseconds.default(8_000).describe('One call from its start to the last byte of its answer.'),
  maxConcurrency: z.int().min(1).max(1_000).default(16).describe('Calls under way at one time.'),
  maxQueued: z.int().min(0).max(100_000).default(2_000).describe('Calls waiting for one of those to end.'),
  maxResponseBytes: z
    .int()
    .min(1_024)
    .max(100_000_000)
    .default(5_000_000)
    .describe('Before and after decompression.'),
  maxPageSize: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe('Rows that the source puts into a page of a list at most, if that is known.'),
  cache: cache.prefault({}),
  breaker: breaker.prefault({}),
  quota: quota.optional(),
  without: createWithout(['list']),
});

export type RestSettings = z.output<typeof restSettings>;
