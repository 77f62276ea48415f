import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { FaultName } from '../src/sandbox/faults/catalogue.ts';
import { faultNames, isFaultName } from '../src/sandbox/faults/catalogue.ts';
import { createRandom } from '../src/sandbox/faults/random.ts';
import { startSandbox, type Fault } from '../src/sandbox/index.ts';

/** The simulated REST APIs in a process of their own. */
export interface SandboxProcess {
  /** By provider, for a configuration. */
  readonly sources: Readonly<Record<string, { readonly provider: string }>>;
  /** Switches on these faults of a provider, and no others. */
  setFaults(provider: string, faults: readonly Fault[]): Promise<void>;
  stop(): void;
}

const announcement = z.object({
  sources: z.record(z.string(), z.looseObject({ provider: z.string() })),
  urls: z.record(z.string(), z.string()),
});

export async function startSandboxProcess(): Promise<SandboxProcess> {
  const child = fork(fileURLToPath(import.meta.url), ['serve'], { execArgv: ['--import', 'tsx'] });
  const [message] = await once(child, 'message');
  const { sources, urls } = announcement.parse(message);
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
    stop: () => child.disconnect(),
  };
}

/** Those that keep a caller waiting: always there. */
const slowFaults: readonly Fault[] = [
  { name: 'hang', probability: 0.03 },
  { name: 'slow-body', probability: 0.03 },
  { name: 'slow-headers', delayMs: 450, probability: 0.03 },
  { name: 'status', status: 503, retryAfter: 3_600, probability: 0.05 },
  { name: 'connection-reset', probability: 0.05 },
  // Each of these pauses the source for a second.
  { name: 'status', status: 429, retryAfter: 1, count: 2 },
];

/** Sizes and the like, where a fault's own would keep the machine busy. */
const settings: Partial<Record<FaultName, Omit<Fault, 'name'>>> = {
  status: { status: 500 },
  'huge-body': { bytes: 6_000_000 },
  'gzip-bomb': { bytes: 10_000_000 },
  'br-bomb': { bytes: 10_000_000 },
  'deep-nesting': { depth: 5_000 },
};

const chosenFaults = 6;

/** The slow faults, and some others by chance. The same seed gives the same. */
export function mixFaults(seed: number, probability: number): Fault[] {
  const random = createRandom(seed, 'mix');
  const chosen = faultNames
    .filter(isFaultName)
    .map((name) => ({ name, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .slice(0, chosenFaults);
  return [...slowFaults, ...chosen.map(({ name }): Fault => ({ name, probability, ...settings[name] }))];
}

async function serve(): Promise<void> {
  const { sources, apis } = await startSandbox({ ports: 'free' });
  process.once('disconnect', () => process.exit());
  process.send?.({ sources, urls: Object.fromEntries(apis.map(({ provider, url }) => [provider, url])) });
}

if (process.argv[2] === 'serve') await serve();
