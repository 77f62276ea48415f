import { z } from 'zod';
import { plainText } from '../rest/setting-texts.ts';
import { credentialSettings } from '../rest/credentials/settings.ts';
import { sourceNamePattern } from '../graph/ids.ts';
import { parseAuthority, parseSubnet } from '../rest/authority.ts';
import { callerSettings } from './caller-settings.ts';

const port = z.int().min(0).max(65_535);

/** A host name or address, with a port or without. */
const authority = plainText().refine(
  (text) => parseAuthority(text) !== undefined,
  'expected a host name or address, with or without a port: customers.example.com, 192.0.2.7:4000',
);

/** An address, or a network in CIDR notation. */
const network = plainText().refine(
  (text) => parseSubnet(text) !== undefined,
  'expected an address or a network: 192.0.2.7, 192.0.2.0/24, 2001:db8::/32',
);

/** What `server.path` must not begin with: it would hide a path of the server's own. */
const ownPaths = /^\/(graphql|health|metrics|assets)(\/|$)/;

const pathPrefix = plainText()
  .regex(/^(\/[\w~-][\w.~-]*)*\/?$/, 'expected a path such as /api/customers')
  .refine((path) => !ownPaths.test(path), "expected a path that is not one of the server's own");

/** Of a page, exactly as browsers send it. A wildcard is none: it would let every page on the web ask. */
const webOrigin = plainText().refine(
  (text) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text,
  'expected the origin of a page, without a path: https://app.example.com',
);

/** Everything in the configuration file but the sources, whose keys their providers know. */
export const fileSettings = z.strictObject({
  server: z
    .strictObject({
      host: plainText().min(1).default('127.0.0.1'),
      port: port.default(4_000),
      hosts: z.array(authority).default([]).describe('Further names by which clients may call this server.'),
      trustProxy: z.array(network).default([]).describe('Proxies that say truly who their clients are.'),
      path: pathPrefix.default('/').describe('Path under which a reverse proxy serves this server.'),
      cors: z
        .strictObject({
          origins: z.array(webOrigin).default([]).describe('Sites whose pages may query this server.'),
        })
        .prefault({}),
      admin: z
        .strictObject({ host: plainText().min(1).default('127.0.0.1'), port })
        .optional()
        .describe('Where health, metrics and page are served instead.'),
      requestTimeoutMs: z
        .int()
        .min(100)
        .max(600_000)
        .default(10_000)
        .describe('The most time that an operation is given.'),
      maxOperations: z.int().min(1).max(100_000).default(1_000).describe('Operations under way at one time.'),
      maxQueuedOperations: z
        .int()
        .min(0)
        .max(100_000)
        .default(128)
        .describe('Operations that wait for one of those to end.'),
      maxWaitMs: z
        .int()
        .min(10)
        .max(600_000)
        .default(2_000)
        .describe('The longest that an operation may have to wait for the processor.'),
      maxConnections: z
        .int()
        .min(10)
        .max(1_000_000)
        .default(5_000)
        .describe('Connections of clients; beyond it the one that has been idle for longest is closed.'),
      introspection: z
        .boolean()
        .default(false)
        .describe('Whether the server tells its schema, also by suggestions in errors and to gateways.'),
      page: z.boolean().default(false).describe('Whether GraphiQL is served.'),
      limits: z
        .enum(['enforce', 'report'])
        .default('enforce')
        .describe('Whether operations beyond the limits below are refused, or only logged and counted.'),
      maxTokens: z.int().min(100).max(100_000).default(5_000).describe('Words and signs of a document.'),
      maxDepth: z.int().min(1).max(100).default(15).describe('Fields within fields.'),
      maxRootFields: z.int().min(1).max(10_000).default(20).describe('Fields at the top of an operation.'),
      maxAliases: z.int().min(0).max(10_000).default(30).describe('Fields under another name.'),
      maxDirectives: z.int().min(0).max(10_000).default(50).describe('Directives in an operation.'),
      maxSelections: z
        .int()
        .min(1)
        .max(100_000)
        .default(5_000)
        .describe('Fields and fragments, those of a fragment each time that it is used.'),
      maxRepeats: z
        .int()
        .min(0)
        .max(100_000)
        .default(500)
        .describe('Fields that are selected again in the same place.'),
      maxListSize: z
        .int()
        .min(1)
        .max(100_000)
        .default(1_000)
        .describe('Items of a list that is given, references to entities among them.'),
      maxInputDepth: z
        .int()
        .min(1)
        .max(100)
        .default(20)
        .describe('Lists and objects within each other in a value that is given.'),
      maxUpstreamCalls: z
        .int()
        .min(1)
        .max(1_000_000)
        .default(500)
        .describe('REST calls that an operation makes.'),
      maxAnswerValues: z
        .int()
        .min(1)
        .max(10_000_000)
        .default(50_000)
        .describe('Fields and items of lists in an answer.'),
      maxAnswerBytes: z
        .int()
        .min(1_000)
        .max(1_000_000_000)
        .default(5_000_000)
        .describe('Size of an answer, roughly.'),
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
  auth: callerSettings,
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    })
    .prefault({}),
  credentials: z
    .record(
      z
        .string()
        .regex(
          sourceNamePattern,
          'expected a name of lower-case letters, digits and "-", starting with a letter, at most 32 characters',
        ),
      credentialSettings,
    )
    .default({})
    .describe('Credentials that several sources share.'),
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
