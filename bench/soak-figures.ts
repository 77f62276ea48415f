import { z } from 'zod';

/** What a process holds on to, measured after a garbage collection. */
export const figures = z.object({
  heapMb: z.number(),
  rssMb: z.number(),
  /** Open handles by kind: sockets, servers, timers, pipes. */
  handles: z.record(z.string(), z.number()),
  /** Listeners of the process, its server and its open sockets. */
  listeners: z.number(),
  /** Objects that can have listeners, and abort signals, as far as anything holds them. */
  emitters: z.number(),
  signals: z.number(),
  /** Warnings so far, such as too many listeners of one event. */
  warnings: z.number(),
  /** Since the last measurement. */
  loopDelayMs: z.object({ p50: z.number(), p99: z.number(), max: z.number() }),
});

export type Figures = z.output<typeof figures>;

export interface Sample extends Figures {
  readonly label: string;
  /** Since the start. */
  readonly operations: number;
  readonly seconds: number;
}

/** The most that the heap may have grown between two quiet moments. */
const allowedGrowthMb = 20;

/** The most that emitters and signals may each have become more; what leaks does so with the operations, in thousands. */
const allowedGrowth = 100;

export function writeTable(samples: readonly Sample[]): string {
  const rows = samples.map(
    ({ label, operations, seconds, heapMb, rssMb, handles, listeners, emitters, signals, loopDelayMs }) => [
      label,
      String(operations),
      seconds.toFixed(0),
      heapMb.toFixed(1),
      rssMb.toFixed(0),
      String(countSockets(handles)),
      String(countAll(handles)),
      String(listeners),
      String(emitters),
      String(signals),
      `${loopDelayMs.p50.toFixed(0)} / ${loopDelayMs.p99.toFixed(0)} / ${loopDelayMs.max.toFixed(0)}`,
    ],
  );
  const head = [
    '',
    'operations',
    's',
    'heap MB',
    'RSS MB',
    'sockets',
    'handles',
    'listeners',
    'emitters',
    'signals',
    'loop delay ms p50 / p99 / max',
  ];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** What is worse at the end than at the beginning; empty when the process came back to where it was. */
export function findGrowth(baseline: Figures, end: Figures): string[] {
  const grownMb = end.heapMb - baseline.heapMb;
  const kinds = Object.entries(end.handles).filter(([kind, count]) => count > (baseline.handles[kind] ?? 0));
  return [
    ...(grownMb > allowedGrowthMb
      ? [`the heap grew by ${grownMb.toFixed(1)} MB; ${allowedGrowthMb} MB are allowed`]
      : []),
    ...kinds.map(([kind, count]) => `${kind}: ${count} open, ${baseline.handles[kind] ?? 0} at the baseline`),
    ...(end.listeners > baseline.listeners
      ? [`${end.listeners} listeners, ${baseline.listeners} at the baseline`]
      : []),
    ...(['emitters', 'signals'] as const)
      .filter((kind) => end[kind] > baseline[kind] + allowedGrowth)
      .map((kind) => `${kind}: ${end[kind]}, ${baseline[kind]} at the baseline`),
    ...(end.warnings > 0 ? [`${end.warnings} warnings of Node.js`] : []),
  ];
}

/** Least squares over the samples between baseline and end, in MB for 100,000 operations. */
export function findSlope(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const meanOperations = mean(samples.map(({ operations }) => operations));
  const meanHeap = mean(samples.map(({ heapMb }) => heapMb));
  const products = samples.map(
    ({ operations, heapMb }) => (operations - meanOperations) * (heapMb - meanHeap),
  );
  const squares = samples.map(({ operations }) => (operations - meanOperations) ** 2);
  return (mean(products) / Math.max(1, mean(squares))) * 100_000;
}

function countSockets(handles: Figures['handles']): number {
  return handles['TCPSocketWrap'] ?? 0;
}

function countAll(handles: Figures['handles']): number {
  return Object.values(handles).reduce((sum, count) => sum + count, 0);
}
