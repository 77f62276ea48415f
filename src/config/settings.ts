import { z } from 'zod';
import { isLoopback } from '../rest/settings.ts';
import { sourceNamePattern } from '../graph/ids.ts';

const jwksUrl = z
  .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
  .refine(
    (url) => url.startsWith('https:') || isLoopback(url),
    'expected https: plain http is for loopback hosts only',
  );

/** Everything in the configuration file but the sources, whose keys their providers know. */
export const fileSettings = z.strictObject({
  server: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(4_000),
      requestTimeoutMs: z
        .int()
        .min(100)
        .max(600_000)
        .default(10_000)
        .describe('The most time that an operation is given.'),
      maxOperations: z.int().min(1).max(100_000).default(256).describe('Operations under way at one time.'),
      maxQueuedOperations: z
        .int()
        .min(0)
        .max(100_000)
        .default(128)
        .describe('Operations that wait for one of those to end.'),
      maxTokens: z.int().min(100).max(100_000).default(5_000).describe('Words and signs of a document.'),
      maxDepth: z.int().min(1).max(100).default(15).describe('Fields within fields.'),
      maxRootFields: z.int().min(1).max(10_000).default(20).describe('Fields at the top of an operation.'),
      maxAliases: z.int().min(0).max(10_000).default(30).describe('Fields under another name.'),
      drainMs: z
        .int()
        .min(0)
        .max(600_000)
        .default(1_000)
        .describe('After SIGTERM: time between saying "not ready" and taking no more requests.'),
      graceMs: z
        .int()
        .min(0)
        .max(600_000)
        .default(10_000)
        .describe('After that: time for the operations under way.'),
    })
    .prefault({}),
  auth: z.discriminatedUnion('mode', [
    z.strictObject({ mode: z.literal('none') }),
    z.strictObject({
      mode: z.literal('jwt'),
      issuer: z.string().min(1),
      audience: z.string().min(1),
      jwksUrl,
    }),
  ]),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    })
    .prefault({}),
  sources: z
    .record(
      z
        .string()
        .regex(
          sourceNamePattern,
          'expected a source name: lower-case letters, digits and "-", starting with a letter, at most 32 characters',
        ),
      z.unknown(),
    )
    .refine((sources) => Object.keys(sources).length > 0, 'expected at least one source'),
});

export type FileSettings = z.output<typeof fileSettings>;
