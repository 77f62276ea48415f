import type { SecureContext } from 'node:tls';
import { createTrust } from './certificates.ts';
import { parseProxy, type Proxy, type ProxyChoice } from './proxies.ts';

/** How a server is reached. */
export interface Route {
  readonly proxy: Proxy | undefined;
  /** For all TLS connections, to the proxy as well. */
  readonly tls: TlsSettings;
}

export interface TlsSettings {
  /** Said here, or NODE_TLS_REJECT_UNAUTHORIZED could switch it off. */
  readonly rejectUnauthorized: true;
  readonly secureContext?: SecureContext;
}

/** What the configuration says of the way to a server. */
export interface NetworkSettings {
  /** A proxy's URL, or `none`; without it the environment's proxies are used. */
  readonly proxy?: string | undefined;
  /** PEM file with certificates that are trusted as well. */
  readonly caFile?: string | undefined;
}

/** Without a proxy, to servers that everybody's authorities vouch for. */
export const directRoute: Route = { proxy: undefined, tls: { rejectUnauthorized: true } };

/** @param chooseProxy for servers whose settings name no proxy */
export function createRoute(
  url: string,
  { proxy, caFile }: NetworkSettings,
  chooseProxy: ProxyChoice,
): Route {
  return {
    proxy: proxy === undefined ? chooseProxy(url) : proxy === 'none' ? undefined : parseProxy(proxy),
    tls: {
      rejectUnauthorized: true,
      ...(caFile === undefined ? {} : { secureContext: createTrust(caFile) }),
    },
  };
}
