import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { CallerSettings, IssuerSettings } from '../../config/caller-settings.ts';
import { createAccessControl, fullAccess, type Access } from '../../graph/guards/access.ts';
import type { Guards } from '../../graph/guards/guards.ts';
import type { ProxyChoice } from '../../rest/http/proxies.ts';
import type { Identity } from './identity.ts';
import { createIssuer } from './issuers.ts';
import { unauthenticated } from './refusals.ts';
import { createTokenCheck } from './tokens.ts';
import { createHeaderCheck } from './trusted-headers.ts';

/**
 * Lets a request in or refuses it. The signal ends the wait for an issuer's keys.
 *
 * @throws GraphQLError UNAUTHENTICATED
 */
export type CallerCheck = (request: IncomingMessage, signal: AbortSignal) => Promise<CheckedCaller>;

/** Somebody who is let in. */
export interface CheckedCaller {
  /** Undefined for those who are not known by name. */
  readonly subject: string | undefined;
  readonly access: Access;
}

export interface CallerCheckOptions {
  readonly auth: CallerSettings;
  readonly guards: Guards;
  /** Leads to issuers whose settings name no proxy. */
  readonly chooseProxy: ProxyChoice;
  readonly log: Pick<Logger, 'error'>;
}

export function createCallerCheck(options: CallerCheckOptions): CallerCheck {
  const { auth, guards } = options;
  if (auth.mode === 'none') return async () => ({ subject: undefined, access: fullAccess });
  const identify = createIdentification(auth, options);
  const decideAccess = createAccessControl(guards);
  const anonymous = decideAccess({ isKnown: false, scopes: new Set(), sources: sourcesOfAnonymous(auth) });
  return async (request, signal) => {
    const identity = await identify(request, signal);
    if (identity !== undefined) {
      const { subject, scopes, sources } = identity;
      return { subject, access: decideAccess({ isKnown: true, scopes, sources }) };
    }
    if (auth.anonymous === true) return { subject: undefined, access: anonymous };
    throw unauthenticated(
      auth.mode === 'jwt'
        ? 'This server needs a token: send "authorization: Bearer <token>".'
        : 'The gateway does not say who asks.',
    );
  };
}

/** Who a caller says it is, checked; undefined where it says nothing. */
type Identification = (request: IncomingMessage, signal: AbortSignal) => Promise<Identity | undefined>;

type KnownCallers = Exclude<CallerSettings, { readonly mode: 'none' }>;

function createIdentification(
  auth: KnownCallers,
  { chooseProxy, log }: Pick<CallerCheckOptions, 'chooseProxy' | 'log'>,
): Identification {
  if (auth.mode === 'trusted-header') {
    const readHeaders = createHeaderCheck(auth);
    return async (request) => readHeaders(request);
  }
  const issuers = issuersOf(auth).map((settings) => createIssuer(settings, chooseProxy, log));
  return createTokenCheck(issuers, log);
}

function issuersOf(auth: Extract<KnownCallers, { readonly mode: 'jwt' }>): IssuerSettings[] {
  return [auth, ...(auth.issuers ?? [])];
}

/** Where it has to be said which sources a caller may ask, nobody says it of those who are not known. */
function sourcesOfAnonymous(auth: KnownCallers): ReadonlySet<string> | undefined {
  const isLimited =
    auth.mode === 'jwt'
      ? issuersOf(auth).some(({ sourcesClaim }) => sourcesClaim !== undefined)
      : auth.sourcesHeader !== undefined;
  return isLimited ? new Set() : undefined;
}
