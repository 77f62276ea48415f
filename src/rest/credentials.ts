import type { AuthSettings } from './settings.ts';
import type { CallScope } from './scope.ts';
import { createOAuth2Credentials } from './oauth2.ts';

/** The proof of identity that goes with each call to a source. */
export interface Credentials {
  /** The value of the `authorization` header; undefined when the caller was to bring one and did not. */
  authorization(scope: CallScope): Promise<string | undefined>;
  /** Called with an `authorization` that the source refused. Resolves to whether a newer one can be tried. */
  renew(refused: string): Promise<boolean>;
}

/** @param sourceName names the caller's header for `forward`: `x-<source>-authorization` */
export function createCredentials(auth: AuthSettings, sourceName: string): Credentials {
  switch (auth.type) {
    case 'bearer':
      return { authorization: async () => `Bearer ${auth.token}`, renew: async () => false };
    case 'forward':
      return { authorization: async (scope) => scope.callerHeader(forwardedHeader(sourceName)), renew: async () => false };
    case 'oauth2':
      return createOAuth2Credentials(auth);
  }
}

export function forwardedHeader(sourceName: string): string {
  return `x-${sourceName}-authorization`;
}
