import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { Fault } from '../../src/sandbox/index.ts';
import { findProduct, startProcess, type Running } from './command-line.ts';
import type { SourceEntry } from './product.ts';

/** What a failed test left running ends by then. */
const longestRunMs = 180_000;

/** Parts of a test that do not share its event loop. */
export interface SandboxProcess {
  /** By provider, for a configuration. */
  readonly sources: Readonly<Record<string, SourceEntry>>;
  /** Switches on these faults of a provider, and no others. */
  setFaults(provider: string, faults: readonly Fault[]): Promise<void>;
  stop(): Promise<unknown>;
}

export interface ProductProcess extends Running {
  readonly url: string;
}

const announcement = z.object({
  sources: z.record(z.string(), z.looseObject({ provider: z.string(), simulated: z.literal(true) })),
  urls: z.record(z.string(), z.string()),
});

/** Starts the simulated APIs in a process of their own. */
export async function startSandboxProcess(mostRunMs = longestRunMs): Promise<SandboxProcess> {
  const running = startProcess(
    ['--import', 'tsx', 'test/support/processes/sandbox.ts'],
    process.cwd(),
    {},
    mostRunMs,
  );
  const { sources, urls } = announcement.parse(JSON.parse(await running.waitFor(/\n/)));
  return {
    sources: Object.fromEntries(
      Object.entries(sources).map(([provider, { simulated: _simulated, ...entry }]) => [provider, entry]),
    ),
    async setFaults(provider, faults) {
      const response = await fetch(`${urls[provider]}/__faults`, {
        method: 'PUT',
        body: JSON.stringify(faults),
      });
      if (!response.ok) throw new Error(await response.text());
    },
    stop: () => running.stop('SIGTERM'),
  };
}

/** What a configuration file holds; `auth` is none unless it is given. */
export interface ProcessConfig {
  readonly sources: Readonly<Record<string, SourceEntry>>;
  readonly server?: Readonly<Record<string, unknown>>;
  readonly log?: Readonly<Record<string, unknown>>;
}

/**
 * Starts the product on a free port; none of its operations is refused because the machine has other work.
 *
 * @param entry a TypeScript file that runs it in another way than its users do
 */
export async function startProductOn(config: ProcessConfig, entry?: string): Promise<ProductProcess> {
  const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-'));
  const file = path.join(folder, 'customer-graph.yaml');
  // JSON is YAML.
  writeFileSync(
    file,
    JSON.stringify({
      auth: { mode: 'none' },
      ...config,
      server: { port: 0, maxWaitMs: 60_000, ...config.server },
    }),
  );
  const run = entry === undefined ? [findProduct()] : ['--import', 'tsx', entry];
  const running = startProcess([...run, '--config', file], process.cwd(), {}, longestRunMs);
  try {
    const banner = await running.waitFor(/Ctrl\+C/);
    return { ...running, url: /http:\/\/127\.0\.0\.1:\d+/.exec(banner)?.[0] ?? '' };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
