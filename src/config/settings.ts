import { z } from 'zod';
import { isLoopback } from '../rest/settings.ts';
import { sourceNamePattern } from '../graph/ids.ts';

const jwksUrl = z
  .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
  .refine((url) => url.startsWith('https:') || isLoopback(url), 'expected https: plain http is for loopback hosts only');

/** Everything in the configuration file but the sources, whose keys their providers know. */
export const fileSettings = z.strictObject({
  server: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(4_000),
    })
    .prefault({}),
  auth: z.discriminatedUnion('mode', [
    z.strictObject({ mode: z.literal('none') }),
    z.strictObject({ mode: z.literal('jwt'), issuer: z.string().min(1), audience: z.string().min(1), jwksUrl }),
  ]),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    })
    .prefault({}),
  sources: z
    .record(
      z.string().regex(sourceNamePattern, 'expected a name of small letters, digits and "-" that begins with a letter, at most 32 long'),
      z.unknown(),
    )
    .refine((sources) => Object.keys(sources).length > 0, 'expected at least one source'),
});

export type FileSettings = z.output<typeof fileSettings>;
