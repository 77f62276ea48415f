import { discoverApis } from '../../../src/sandbox/discover.ts';
import { installFaults, type FaultControl } from '../../../src/sandbox/index.ts';
import { createWorld } from '../../../src/sandbox/world/index.ts';
import { serveApp } from '../../support/loopback.ts';
import type { SourceEntry } from '../../support/product.ts';
import type { ProviderName } from '../../support/provider-names.ts';

/** A simulated REST API that can be made to fail, and remembers what it was asked. */
export interface FaultyApi {
  /** Its entry in a configuration. */
  readonly source: SourceEntry & { readonly baseUrl: string };
  readonly faults: FaultControl;
  /** Every request that arrived, answered or not. */
  readonly calls: string[];
}

export interface FaultySandbox {
  readonly apis: Readonly<Record<ProviderName, FaultyApi>>;
  close(): Promise<void>;
}

const seed = 1;

export async function startFaultySandbox(): Promise<FaultySandbox> {
  const world = createWorld(seed);
  const known = await discoverApis();
  const closers: (() => Promise<void>)[] = [];

  async function start(provider: ProviderName): Promise<FaultyApi> {
    const api = known.find((candidate) => candidate.provider === provider);
    if (api === undefined) throw new TypeError(`the sandbox has no ${provider}`);
    const app = api.createApp(world);
    const faults = installFaults(app, { seed });
    const calls: string[] = [];
    app.server.on('request', ({ method, url }) => void calls.push(`${method} ${url}`));
    const { url, close } = await serveApp(app);
    closers.push(close);
    const settings = api.settings(url);
    return {
      source: { ...settings, provider, simulated: true, baseUrl: String(settings['baseUrl']) },
      faults,
      calls,
    };
  }

  const [elevate, sage200, cro] = await Promise.all([start('elevate'), start('sage200'), start('cro')]);
  return {
    apis: { elevate, sage200, cro },
    async close() {
      await Promise.all(closers.map((close) => close()));
    },
  };
}
