import { createHash } from 'node:crypto';
import type { ProxyChoice } from '../http/proxies.ts';
import { createRoute, type NetworkSettings } from '../http/route.ts';
import { createSmallFetch } from '../http/small-fetch.ts';
import { GrantedTokens } from './oauth2.ts';
import type { BearerSettings, GrantSettings } from './settings.ts';

/** Access tokens of one sign-in, which several sources may share. */
export interface AccessTokens {
  /** The one that holds, where nobody has to wait for it. */
  held(): string | undefined;
  /** Differs for different sign-ins, and tells nothing of their secrets. */
  readonly fingerprint: string;
  /** The one that holds. @throws CredentialError; the signal's reason when it is aborted */
  current(signal: AbortSignal): Promise<string>;
  /** Called with a token that was refused. Resolves to whether a newer one can be tried. @throws the same */
  renew(refused: string, signal: AbortSignal): Promise<boolean>;
  /** Waits for a renewal under way: new tokens are not lost by an orderly stop. */
  close(): Promise<void>;
}

export interface AccessTokensOptions {
  /** The way to the token endpoint. */
  readonly network: NetworkSettings;
  readonly chooseProxy: ProxyChoice;
  /** Told, without secrets, what an operator has to fix. */
  readonly warn: (message: string) => void;
}

export function createAccessTokens(
  auth: BearerSettings | GrantSettings,
  { network, chooseProxy, warn }: AccessTokensOptions,
): AccessTokens {
  if (auth.type === 'bearer')
    return {
      held: () => auth.token,
      fingerprint: createHash('sha256').update(auth.token).digest('base64url'),
      current: async () => auth.token,
      renew: async () => false,
      close: async () => {},
    };
  const route = createRoute(auth.tokenUrl, network, chooseProxy);
  return new GrantedTokens(auth, createSmallFetch(auth.tokenUrl, route), warn);
}
