import type { Logger } from 'pino';
import { createConfig, loadConfig, type Config, type ProviderRegistry } from './config/load-config.ts';
import type { Sources } from './graph/sources.ts';
import { userAgent } from './product.ts';
import { startSandbox, type RunningApi, type Sandbox } from './sandbox/index.ts';
import { createCallObserver } from './server/call-observer.ts';
import { createLog } from './server/log.ts';
import { createMetrics, type Metrics } from './server/metrics.ts';
import { startServer, type RunningServer } from './server/server.ts';

/** The product at work. */
export interface RunningProduct {
  readonly server: RunningServer;
  readonly sources: Sources;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Where the simulated REST APIs listen, if there are any. */
  readonly simulatedApis: readonly RunningApi[];
  /** Stops in an orderly way: see `RunningServer`. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the server on the sources of a configuration file, or on the sandbox when there is no file. */
export async function startProduct(
  configFile: string | undefined,
  registry: ProviderRegistry,
  environment: NodeJS.ProcessEnv,
): Promise<RunningProduct> {
  if (configFile !== undefined) return startOn(loadConfig(configFile, registry, environment), registry, false);
  const sandbox = await startSandbox({ ports: 'free' });
  try {
    const product = await startOn(createSandboxConfig(sandbox, registry, environment), registry, true);
    return {
      ...product,
      simulatedApis: sandbox.apis,
      async drain() {
        await product.drain();
        await sandbox.close();
      },
      async close() {
        await product.close();
        await sandbox.close();
      },
    };
  } catch (error) {
    // A simulated API left running would keep the process alive.
    await sandbox.close();
    throw error;
  }
}

async function startOn({ server, auth, log: { level }, sources }: Config, registry: ProviderRegistry, isSimulated: boolean) {
  const log = createLog(level);
  const metrics = createMetrics();
  const observer = createCallObserver(log, metrics.calls);
  const connected: Sources = new Map(
    sources.map(({ name, provider, settings }) => [name, provider.createSource({ name, settings, isSimulated, userAgent, observer })]),
  );
  const running = await startServer({ server, auth, providers: Object.values(registry), sources: connected, log, metrics });
  return {
    server: running,
    sources: connected,
    log,
    metrics,
    simulatedApis: [],
    drain: () => running.drain(),
    close: () => running.close(),
  };
}

function createSandboxConfig(sandbox: Sandbox, registry: ProviderRegistry, environment: NodeJS.ProcessEnv): Config {
  const sources = Object.entries(sandbox.sources).flatMap(([name, { provider: providerName, simulated: _simulated, ...settings }]) => {
    const provider = registry[providerName];
    return provider === undefined ? [] : [{ name, provider, settings }];
  });
  return createConfig(sources, environment);
}
