import { z } from 'zod';
import { isLoopbackHost } from './authority.ts';
import { findCertificateProblem } from './http/certificates.ts';
import { parseProxy } from './http/proxies.ts';
import { plainText } from './setting-texts.ts';
import { isLoopback, isOpenToNetwork } from './urls.ts';

/** How a server is reached, for all settings that name one. */
export const networkKeys = {
  proxy: plainText()
    .min(1)
    .refine(
      (text) => text === 'none' || parseProxy(text) !== undefined,
      'expected none, or the URL of an HTTP proxy such as http://proxy.example.com:3128',
    )
    .meta({ secret: true })
    .optional()
    .describe("The proxy to it, instead of the environment's; `none` for no proxy."),
  caFile: plainText()
    .min(1)
    .superRefine((file, context) => {
      const problem = findCertificateProblem(file);
      if (problem !== undefined) context.addIssue(problem);
    })
    .optional()
    .describe('PEM file with certificates that are trusted beside the well-known ones.'),
};

/** For servers that cannot do better. */
export const allowPlainHttp = z
  .boolean()
  .default(false)
  .describe('Sends credentials and customers unencrypted, to http URLs beyond this machine.');

/** What the keys of such settings say of each other; anything else in them may be missing or wrong. */
const networkShape = z.looseObject({
  baseUrl: z.string().optional().catch(undefined),
  tokenUrl: z.string().optional().catch(undefined),
  auth: z
    .looseObject({ tokenUrl: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
  allowPlainHttp: z.boolean().optional().catch(undefined),
  proxy: z.string().optional().catch(undefined),
});

interface NamedUrl {
  readonly path: string[];
  readonly url: string;
}

function listUrls(settings: unknown): NamedUrl[] {
  const { data } = networkShape.safeParse(settings);
  return [
    { path: ['baseUrl'], url: data?.baseUrl ?? '' },
    { path: ['tokenUrl'], url: data?.tokenUrl ?? '' },
    { path: ['auth', 'tokenUrl'], url: data?.auth?.tokenUrl ?? '' },
  ];
}

/** The URLs among the settings of a source or credential to which secrets are sent unencrypted over a network. */
export function listOpenUrls(settings: unknown): NamedUrl[] {
  return listUrls(settings).filter(({ url }) => isOpenToNetwork(url));
}

/** For `superRefine` of settings with these keys, to be run whatever else is wrong with them. */
export function checkNetwork(settings: unknown, context: z.core.$RefinementCtx): void {
  const { data } = networkShape.safeParse(settings);
  if (data?.allowPlainHttp !== true)
    for (const { path } of listOpenUrls(settings))
      context.addIssue({ code: 'custom', path, message: httpsExpected });
  // What is sent to this machine unencrypted must not leave it.
  const proxy = parseProxy(data?.proxy ?? '');
  const isProxyLocal = proxy === undefined || isLoopbackHost(proxy.host);
  if (data?.proxy !== 'none' && !isProxyLocal && isLoopback(data?.baseUrl ?? ''))
    context.addIssue({
      code: 'custom',
      path: ['proxy'],
      message: 'expected no proxy beyond this machine to a source on it',
    });
}

const httpsExpected =
  'expected https: plain http is for loopback hosts only, unless "allowPlainHttp: true" is set beside it';
