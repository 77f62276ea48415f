import type { FastifyInstance } from 'fastify';
import type { World } from './world/index.ts';

/** One simulated REST API: each file of providers/ exports one as `sandboxApi`. */
export interface SandboxApi {
  /** e.g. 'elevate'. */
  readonly provider: string;
  /** Port when all APIs are served side by side. */
  readonly port: number;
  /** A ready server that is not listening yet; its data comes from `world` alone. */
  createApp(world: World): FastifyInstance;
  /** The configuration entry that reaches the API at `url`, without `provider`. */
  settings(url: string): Record<string, unknown>;
  /** The native id of the n-th customer, from 1; n itself by default. */
  readonly nativeId?: (n: number) => string;
  /** A call to try by hand: the path and query after the API's URL, and the headers it needs. */
  readonly example?: { readonly path: string; readonly headers: Readonly<Record<string, string>> };
}
