import { faultNames, isFaultName, type FaultName } from '../../../src/sandbox/faults/catalogue.ts';
import { createRandom, type Random } from '../../../src/sandbox/faults/random.ts';
import type { Fault } from '../../../src/sandbox/index.ts';

/** Those that keep a caller waiting: always there. */
const slowFaults: readonly Fault[] = [
  { name: 'hang', probability: 0.03 },
  { name: 'slow-body', probability: 0.03 },
  { name: 'slow-headers', delayMs: 450, probability: 0.03 },
  { name: 'status', status: 503, retryAfter: 3_600, probability: 0.05 },
  { name: 'status', status: 503, retryAfter: 0, probability: 0.05 },
  { name: 'connection-reset', probability: 0.05 },
  // Each of these pauses the source for a second, longer than a caller waits.
  { name: 'status', status: 429, retryAfter: 1, count: 2 },
];

/** Sizes and the like, where a fault's own would keep this machine busy. */
const settings: Partial<Record<FaultName, Omit<Fault, 'name'>>> = {
  status: { status: 500 },
  'huge-body': { bytes: 6_000_000 },
  'gzip-bomb': { bytes: 10_000_000 },
  'br-bomb': { bytes: 10_000_000 },
  'deep-nesting': { depth: 5_000 },
};

/** Faults for each provider: the slow ones, and several others by chance. The same seed gives the same. */
export function mixFaults(seed: number, probability: number): Fault[] {
  const random = createRandom(seed, 'mix');
  const names = chooseSome(faultNames.filter(isFaultName), 6, random);
  return [...slowFaults, ...names.map((name): Fault => ({ name, probability, ...settings[name] }))];
}

function chooseSome<T>(items: readonly T[], count: number, random: Random): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .slice(0, count)
    .map(({ item }) => item);
}
