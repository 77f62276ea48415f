import { discoverApis } from '../../src/sandbox/discover.ts';
import type { SandboxApi } from '../../src/sandbox/sandbox-api.ts';
import { createWorld, type World } from '../../src/sandbox/world/index.ts';
import { serveApp } from './loopback.ts';
import type { SourceEntry } from './product.ts';
import type { ProviderName } from './provider-names.ts';

/** A simulated REST API that remembers what it was asked. */
export interface RecordedApi {
  readonly provider: string;
  /** Its entry in a configuration. */
  readonly source: SourceEntry;
  /** `GET /v1/customers/1`, in the order of arrival, unescaped. */
  readonly calls: string[];
  /** Ends it as a crash would: connections are cut. */
  close(): Promise<void>;
}

/** Starts the sandbox's APIs on free ports, by provider. */
export async function startRecordedSandbox(seed = 1): Promise<Readonly<Record<ProviderName, RecordedApi>>> {
  const world = createWorld(seed);
  const apis = await Promise.all((await discoverApis()).map((api) => startRecordedApi(api, world)));
  const find = (provider: string): RecordedApi => {
    const api = apis.find((candidate) => candidate.provider === provider);
    if (api === undefined) throw new TypeError(`the sandbox has no ${provider}`);
    return api;
  };
  return { elevate: find('elevate'), sage200: find('sage200'), cro: find('cro') };
}

/** Starts one simulated API on a free port. */
export async function startRecordedApi(api: SandboxApi, world: World = createWorld(1)): Promise<RecordedApi> {
  const calls: string[] = [];
  const app = api.createApp(world);
  app.addHook(
    'onRequest',
    async ({ method, url }) => void calls.push(`${method} ${decodeURIComponent(url)}`),
  );
  const { url, close } = await serveApp(app);
  return {
    provider: api.provider,
    source: { provider: api.provider, simulated: true, ...api.settings(url) },
    calls,
    close,
  };
}

/** Source entries for REST APIs that a test serves itself. */
export const entryFor = {
  elevate: (url: string, more = {}): SourceEntry => ({
    provider: 'elevate',
    baseUrl: `${url}/v1`,
    auth: { type: 'bearer', token: 'test-token' },
    ...more,
  }),
  sage200: (url: string, more = {}): SourceEntry => ({
    provider: 'sage200',
    baseUrl: `${url}/sage`,
    subscriptionKey: 'test-key',
    auth: { type: 'bearer', token: 'test-token' },
    ...more,
  }),
  cro: (url: string, more = {}): SourceEntry => ({
    provider: 'cro',
    baseUrl: url,
    tenantId: 42,
    auth: { type: 'bearer', token: 'a.b.c' },
    ...more,
  }),
} as const;
