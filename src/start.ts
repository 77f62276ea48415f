import type { Logger } from 'pino';
import { describeExposure } from './config/exposure.ts';
import { createConfig, loadConfig, type Config, type ProviderRegistry } from './config/load-config.ts';
import type { Sources } from './graph/sources.ts';
import { userAgent } from './product.ts';
import { createAccessTokens, type AccessTokens } from './rest/credentials/access-tokens.ts';
import { createProxyChoice, type ProxyChoice } from './rest/http/proxies.ts';
import type { RunningApi, Sandbox } from './sandbox/index.ts';
import { createCallObserver } from './server/call-observer.ts';
import { createLog } from './server/log.ts';
import { createMetrics, type Metrics } from './server/metrics.ts';
import { startServer, type RunningServer, type ServerOptions } from './server/server.ts';

/** The product at work. */
export interface RunningProduct extends Serving {
  /** Where the simulated REST APIs listen, if there are any. */
  readonly simulatedApis: readonly RunningApi[];
  /** Stops in an orderly way: see `RunningServer`. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** A server and what it is connected to. */
export interface Serving {
  readonly server: RunningServer;
  readonly sources: Sources;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** How long it waits for others when it stops: until they take notice, and for running operations. */
  readonly stopMs: number;
  /** Whether GraphiQL is served. */
  readonly hasPage: boolean;
  /** See `describeExposure`. */
  readonly exposure: string | undefined;
}

export interface ServingOptions {
  readonly config: Config;
  readonly registry: ProviderRegistry;
  readonly isSimulated: (sourceName: string) => boolean;
  readonly log: Logger;
  readonly metrics?: Metrics;
  /** See `ServerOptions`. */
  readonly addSandboxRoutes?: ServerOptions['addSandboxRoutes'];
}

/** Starts the server on the sources of a configuration file, or on the sandbox when there is no file. */
export async function startProduct(
  configFile: string | undefined,
  registry: ProviderRegistry,
  environment: NodeJS.ProcessEnv,
): Promise<RunningProduct> {
  if (configFile !== undefined) {
    const serving = await startAlone(loadConfig(configFile, registry, environment), registry);
    return {
      ...serving,
      simulatedApis: [],
      drain: () => serving.server.drain(),
      close: () => serving.server.close(),
    };
  }
  // Real sources have no use for it: it takes memory, and time at the start.
  const { addFaultRoutes, startSandbox } = await import('./sandbox/index.ts');
  const sandbox = await startSandbox({ ports: 'free' });
  try {
    const config = createSandboxConfig(sandbox, registry, environment);
    const serving = await startAlone(config, registry, (app) => addFaultRoutes(app, sandbox.faults));
    return {
      ...serving,
      simulatedApis: sandbox.apis,
      async drain() {
        await serving.server.drain();
        await sandbox.close();
      },
      async close() {
        await serving.server.close();
        await sandbox.close();
      },
    };
  } catch (error) {
    // A simulated API left running would keep the process alive.
    await sandbox.close();
    throw error;
  }
}

/** Connects to the sources of a configuration, and serves them. */
export async function startServing({
  config,
  registry,
  isSimulated,
  log,
  metrics = createMetrics(),
  addSandboxRoutes,
}: ServingOptions): Promise<Serving> {
  const observer = createCallObserver(log, metrics.calls);
  const chooseProxy = createProxyChoice(config.proxies);
  const sharedTokens = createSharedTokens(config.credentials, chooseProxy, log);
  const shared = { userAgent, observer, chooseProxy, sharedTokens };
  const sources: Sources = new Map(
    config.sources.map(({ name, provider, settings }) => [
      name,
      provider.createSource({ name, settings, isSimulated: isSimulated(name), ...shared }),
    ]),
  );
  const { server, auth } = config;
  const running = await startServer({
    server,
    auth,
    providers: Object.values(registry),
    sources,
    chooseProxy,
    log,
    metrics,
    addSandboxRoutes,
  });
  for (const warning of config.warnings) log.warn(warning);
  const exposure = describeExposure(
    config,
    config.sources.every(({ name }) => isSimulated(name)),
  );
  if (exposure !== undefined) log.warn({ host: server.host }, exposure);
  return {
    server: running,
    sources,
    log,
    metrics,
    stopMs: server.drainMs + server.graceMs,
    hasPage: server.page,
    exposure,
  };
}

/** Made once for all sources that use them: they share one rotation, one file and what is remembered. */
function createSharedTokens(
  credentials: Config['credentials'],
  chooseProxy: ProxyChoice,
  log: Logger,
): ReadonlyMap<string, AccessTokens> {
  return new Map(
    Object.entries(credentials).map(([name, settings]) => {
      const network = settings.type === 'bearer' ? {} : settings;
      const warn = (message: string) => log.warn({ credential: name }, message);
      return [name, createAccessTokens(settings, { network, chooseProxy, warn })];
    }),
  );
}

/**
 * Serves as the process's only product.
 *
 * @param addSandboxRoutes given where all sources are simulated
 */
function startAlone(
  config: Config,
  registry: ProviderRegistry,
  addSandboxRoutes?: ServerOptions['addSandboxRoutes'],
): Promise<Serving> {
  const metrics = createMetrics({ watchesProcess: true });
  return startServing({
    config,
    registry,
    isSimulated: () => addSandboxRoutes !== undefined,
    log: createLog(config.log.level),
    metrics,
    addSandboxRoutes,
  });
}

function createSandboxConfig(
  sandbox: Sandbox,
  registry: ProviderRegistry,
  environment: NodeJS.ProcessEnv,
): Config {
  const sources = Object.entries(sandbox.sources).flatMap(
    ([name, { provider: providerName, simulated: _simulated, ...settings }]) => {
      const provider = registry[providerName];
      return provider === undefined ? [] : [{ name, provider, settings }];
    },
  );
  return createConfig(sources, environment);
}
