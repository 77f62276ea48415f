import { pino, type Logger } from 'pino';
import { createConfig, loadConfig, type Config, type ProviderRegistry } from './config/load-config.ts';
import type { Sources } from './graph/sources.ts';
import { userAgent } from './product.ts';
import { startSandbox, type Sandbox } from './sandbox/index.ts';
import { startServer, type RunningServer } from './server/server.ts';

/** The product at work. */
export interface RunningProduct {
  readonly server: RunningServer;
  readonly sources: Sources;
  readonly log: Logger;
  close(): Promise<void>;
}

/** Starts the server on the sources of a configuration file, or on the sandbox when there is no file. */
export async function startProduct(
  configFile: string | undefined,
  registry: ProviderRegistry,
  environment: NodeJS.ProcessEnv,
): Promise<RunningProduct> {
  const fileConfig = configFile === undefined ? undefined : loadConfig(configFile, registry, environment);
  const sandbox = fileConfig === undefined ? await startSandbox({ ports: 'free' }) : undefined;
  const config = fileConfig ?? createSandboxConfig(sandbox, registry, environment);
  const log = pino({ level: config.log.level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  const sources: Sources = new Map(
    config.sources.map(({ name, provider, settings }) => [
      name,
      provider.createSource({ name, settings, isSimulated: sandbox !== undefined, userAgent, log }),
    ]),
  );
  try {
    const server = await startServer({ server: config.server, auth: config.auth, providers: Object.values(registry), sources, log });
    return {
      server,
      sources,
      log,
      async close() {
        await server.close();
        await sandbox?.close();
      },
    };
  } catch (error) {
    await sandbox?.close();
    throw error;
  }
}

function createSandboxConfig(sandbox: Sandbox | undefined, registry: ProviderRegistry, environment: NodeJS.ProcessEnv): Config {
  const sources = Object.entries(sandbox?.sources ?? {}).flatMap(([name, { provider: providerName, simulated, ...settings }]) => {
    const provider = registry[providerName];
    return provider === undefined || !simulated ? [] : [{ name, provider, settings }];
  });
  return createConfig(sources, environment);
}
