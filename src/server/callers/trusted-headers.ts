import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { CallerSettings } from '../../config/caller-settings.ts';
import { createAddressCheck, parseSubnet } from '../../rest/authority.ts';
import { namesIn, sourcesOf } from './claims.ts';
import type { Identity } from './identity.ts';
import { unauthenticated } from './refusals.ts';

type TrustedHeaderSettings = Extract<CallerSettings, { readonly mode: 'trusted-header' }>;

/**
 * Reads who a caller is from what a gateway says of it; undefined where it does not say. Only the gateway is believed:
 * by its address and by a secret.
 *
 * @throws GraphQLError UNAUTHENTICATED
 */
export function createHeaderCheck(
  settings: TrustedHeaderSettings,
): (request: IncomingMessage) => Identity | undefined {
  const isGateway = createAddressCheck(settings.from.flatMap((text) => parseSubnet(text) ?? []));
  const secret = digest(settings.secret);
  return (request) => {
    const sent = digest(readHeader(request, settings.secretHeader) ?? '');
    if (!isGateway(request.socket.remoteAddress ?? '') || !timingSafeEqual(sent, secret))
      throw unauthenticated('This server is asked through its gateway.');
    const subject = readHeader(request, settings.subjectHeader);
    if (subject === undefined) return undefined;
    const { sourcesHeader } = settings;
    return {
      subject,
      scopes: new Set(readNames(request, settings.scopesHeader)),
      sources: sourcesHeader === undefined ? undefined : sourcesOf(readNames(request, sourcesHeader)),
    };
  };
}

/**
 * The only value of a header; undefined where it is not there or empty.
 *
 * @throws GraphQLError UNAUTHENTICATED for a header that is there twice: one may be the caller's own
 */
function readHeader({ headersDistinct }: IncomingMessage, name: string): string | undefined {
  const [value, ...others] = headersDistinct[name] ?? [];
  if (others.length > 0) throw unauthenticated(`The header ${name} is there more than once.`);
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

/**
 * The names in a header, with spaces between them.
 *
 * @throws GraphQLError UNAUTHENTICATED for a comma, by which proxies join headers that were there twice
 */
function readNames(request: IncomingMessage, name: string): string[] {
  const value = readHeader(request, name);
  if (value?.includes(',') === true) throw unauthenticated(`The header ${name} has a comma in it.`);
  return namesIn(value);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
