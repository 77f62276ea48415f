import { contestants, type ContestantName } from './contestants.ts';
import type { Measurement } from './run.ts';
import { scenarios, type ScenarioName } from './scenarios.ts';

export interface Result extends Measurement {
  readonly round: number;
  readonly contestant: ContestantName;
  readonly scenario: ScenarioName;
}

export type Results = Result[];

const head = [
  '',
  'per second',
  '× limit',
  'p50 ms',
  'p99 ms',
  'CPU µs',
  '× limit',
  'REST calls',
  'refused',
  'RSS MB',
];

/** A table for every scenario, in Markdown: medians of the rounds. */
export function formatTables(results: readonly Result[]): string {
  const of = (key: 'scenario' | 'contestant') => [...new Set(results.map((result) => result[key]))];
  return of('scenario')
    .map((scenario) => results.filter((result) => result.scenario === scenario))
    .map((rows) => formatTable(rows))
    .join('\n\n');
}

function formatTable(results: readonly Result[]): string {
  const [first] = results;
  if (first === undefined) return '';
  const names = [...new Set(results.map(({ contestant }) => contestant))];
  const medians = new Map(
    names.map((name) => [name, medianOf(results.filter(({ contestant }) => contestant === name))]),
  );
  const limit = medians.get('limit');
  const rows = [...medians].map(([name, each]) => [
    `${contestants[name].name} ${contestants[name].version()}`,
    each.perSecond.toFixed(0),
    limit === undefined ? '' : (each.perSecond / limit.perSecond).toFixed(2),
    each.p50Ms.toFixed(1),
    each.p99Ms.toFixed(1),
    each.cpuMicros.toFixed(0),
    limit === undefined ? '' : (each.cpuMicros / limit.cpuMicros).toFixed(2),
    each.calls.toFixed(1),
    `${(100 * each.refused).toFixed(0)} %`,
    each.residentMb.toFixed(0),
  ]);
  const { title, clients, delayMs } = scenarios[first.scenario];
  const delay = delayMs === 0 ? 'REST APIs that answer at once' : `REST APIs that take ${delayMs} ms`;
  const align = head.map((_, index) => (index === 0 ? '---' : '--:'));
  return [
    `**${title}**, ${clients} clients, ${delay}`,
    '',
    ...[head, align, ...rows].map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');
}

/** The median of each figure. */
export function medianOf(measurements: readonly Measurement[]): Measurement {
  const median = (key: keyof Measurement) => {
    const sorted = measurements.map((each) => each[key]).toSorted((a, b) => a - b);
    return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  };
  return {
    perSecond: median('perSecond'),
    p50Ms: median('p50Ms'),
    p99Ms: median('p99Ms'),
    cpuMicros: median('cpuMicros'),
    calls: median('calls'),
    refused: median('refused'),
    residentMb: median('residentMb'),
  };
}
