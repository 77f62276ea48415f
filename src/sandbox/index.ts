import type { FastifyInstance } from 'fastify';
import { discoverApis } from './discover.ts';
import type { FaultControl } from './faults/fault-board.ts';
import { installFaults } from './faults/install-faults.ts';
import type { SandboxApi } from './sandbox-api.ts';
import { createWorld } from './world/index.ts';

export type { ActiveFault, FaultControl } from './faults/fault-board.ts';
export { addFaultRoutes } from './faults/control-routes.ts';
export { installFaults } from './faults/install-faults.ts';
export type { Fault } from './faults/parse-faults.ts';
export type { SandboxApi } from './sandbox-api.ts';

export interface SandboxOptions {
  /** Integer from 0; equal seeds give equal data, and equal faults strike the same requests. */
  readonly seed?: number;
  /** `fixed` are those of the APIs themselves, `free` are chosen by the system. */
  readonly ports: 'fixed' | 'free';
  /** Names of the providers to simulate; all by default. */
  readonly providers?: readonly string[];
}

/** A source entry for the product's configuration. */
export interface SimulatedSource {
  readonly provider: string;
  readonly simulated: true;
  readonly [setting: string]: unknown;
}

export interface Sandbox {
  /** By provider. */
  readonly sources: Readonly<Record<string, SimulatedSource>>;
  readonly apis: readonly RunningApi[];
  /** What goes wrong with each API, by provider; nothing at first. */
  readonly faults: Readonly<Record<string, FaultControl>>;
  close(): Promise<void>;
}

export interface RunningApi {
  readonly provider: string;
  /** Where the API's server listens, e.g. http://127.0.0.1:4101 */
  readonly url: string;
  readonly example?: SandboxApi['example'];
}

const host = '127.0.0.1';

interface Server {
  readonly api: SandboxApi;
  readonly app: FastifyInstance;
  readonly url: string;
  readonly faults: FaultControl;
}

/**
 * Starts the simulated REST APIs over one invented world.
 *
 * @throws Error when a provider is unknown or a port is taken; nothing is left running then
 */
export async function startSandbox({ seed = 1, ports, providers }: SandboxOptions): Promise<Sandbox> {
  const apis = selectApis(await discoverApis(), providers);
  const world = createWorld(seed);
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(({ app }) => closeServer(app)));
  };
  try {
    for (const api of apis) {
      const app = api.createApp(world);
      const faults = installFaults(app, { seed });
      servers.push({ api, app, faults, url: await listen(app, ports === 'fixed' ? api.port : 0) });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const faults = Object.fromEntries(servers.map((server) => [server.api.provider, server.faults]));
  return { sources: describeSources(servers), apis: servers.map(describeServer), faults, close };
}

function selectApis(
  apis: readonly SandboxApi[],
  names: readonly string[] | undefined,
): readonly SandboxApi[] {
  const unknown = names?.find((name) => !apis.some(({ provider }) => provider === name));
  if (unknown !== undefined) throw new Error(`There is no simulated API of ${unknown}`);
  return apis.filter(({ provider }) => names === undefined || names.includes(provider));
}

async function listen(app: FastifyInstance, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const isTaken =
      typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';
    throw isTaken
      ? new Error(`Port ${port} of ${host} is in use. Stop the program that listens there.`, { cause: error })
      : error;
  }
}

async function closeServer(app: FastifyInstance): Promise<void> {
  // Clients keep connections open for their next call: closing would wait for them.
  app.server.closeAllConnections();
  await app.close();
}

function describeSources(servers: readonly Server[]): Sandbox['sources'] {
  return Object.fromEntries(
    servers.map(({ api, url }) => [
      api.provider,
      { ...api.settings(url), provider: api.provider, simulated: true } as const,
    ]),
  );
}

function describeServer({ api, url }: Server): RunningApi {
  const { provider, example } = api;
  return example === undefined ? { provider, url } : { provider, url, example };
}
