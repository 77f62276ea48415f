import type { AuthSettings } from '../settings.ts';
import { sourcePrincipal, type CallScope } from '../scope.ts';
import { createOAuth2Credentials } from './oauth2.ts';

/** The proof of identity that goes with each call to a source. */
export interface Credentials {
  /** The value of the `authorization` header; undefined when the caller was to bring one and did not. */
  authorization(scope: CallScope): Promise<string | undefined>;
  /** Whose credentials these are: equal for calls that may see the same. Secret where the caller brought them. */
  principal(scope: CallScope): string;
  /**
   * Called with an `authorization` that the source refused. Resolves to whether a newer one can be tried.
   *
   * @throws TokenEndpointDownError when it cannot be had for the moment; the signal's reason when it is aborted
   */
  renew(refused: string, scope: CallScope): Promise<boolean>;
}

/**
 * @param sourceName names the caller's header for `forward`: `x-<source>-authorization`
 * @param warn told, without secrets, of what an operator has to mend
 */
export function createCredentials(
  auth: AuthSettings,
  sourceName: string,
  warn: (message: string) => void,
): Credentials {
  switch (auth.type) {
    case 'bearer':
      return {
        authorization: async () => `Bearer ${auth.token}`,
        principal: () => sourcePrincipal,
        renew: async () => false,
      };
    case 'forward':
      return {
        // An empty header is none: an empty `authorization` would be the same call for all who send it.
        authorization: async (scope) => scope.callerHeader(forwardedHeader(sourceName))?.trim() || undefined,
        principal: (scope) => scope.callerHeader(forwardedHeader(sourceName))?.trim() ?? '',
        renew: async () => false,
      };
    case 'oauth2':
      return createOAuth2Credentials(auth, warn);
  }
}

export function forwardedHeader(sourceName: string): string {
  return `x-${sourceName}-authorization`;
}
