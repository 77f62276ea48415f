import { execFileSync } from 'node:child_process';
import { contestants, type ContestantName } from './contestants.ts';
import type { Results } from './race.ts';
import type { Measurement } from './run.ts';
import { scenarios, upstreamTitles, type Scenario, type ScenarioName } from './scenarios.ts';

/** Tables in Markdown: medians of the rounds, one table for every scenario. */
export function formatReport({ measurements, starts }: Results): string {
  const asked = [...new Set(measurements.map(({ scenario }) => scenario))];
  const tables = asked.map((scenario) =>
    formatScenario(
      scenario,
      measurements.filter((each) => each.scenario === scenario),
    ),
  );
  return [...tables, formatStarts(starts)].join('\n\n');
}

function formatScenario(name: ScenarioName, measurements: Results['measurements']): string {
  const scenario: Scenario = scenarios[name];
  const isCached = scenario.setup === 'cached';
  const limit = measurements.filter(({ contestant }) => contestant === 'limit');
  const rows = [...groupByContestant(measurements)].map(([contestant, all]) => {
    const median = (of: (each: Measurement) => number) => medianOf(all.map(of));
    const toLimit = (of: (each: Measurement) => number) =>
      limit.length === 0 ? '' : (median(of) / medianOf(limit.map(of))).toFixed(2);
    return [
      titleOf(contestant),
      median(({ perSecond }) => perSecond).toFixed(0),
      toLimit(({ perSecond }) => perSecond),
      median(({ p50Ms }) => p50Ms).toFixed(1),
      median(({ p99Ms }) => p99Ms).toFixed(1),
      median(({ cpuMicros }) => cpuMicros).toFixed(0),
      toLimit(({ cpuMicros }) => cpuMicros),
      median(({ calls, sharedCalls }) => (isCached ? sharedCalls : calls)).toFixed(1),
      `${(100 * median(({ refused }) => refused)).toFixed(0)} %`,
      median(({ residentMb }) => residentMb).toFixed(0),
    ];
  });
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
  const clients = `${scenario.clients} client${scenario.clients === 1 ? '' : 's'}`;
  const kept = isCached ? ', answers kept for a second' : '';
  return `**${scenario.title}**, ${clients}, ${upstreamTitles[scenario.upstream]}${kept}\n\n${formatTable(head, rows)}`;
}

function formatStarts(starts: Results['starts']): string {
  const rows = [...groupByContestant(starts)].map(([contestant, all]) => [
    titleOf(contestant),
    medianOf(all.map(({ firstAnswerMs }) => firstAnswerMs)).toFixed(0),
    medianOf(all.map(({ idleMb }) => idleMb)).toFixed(0),
    measureSize(contestants[contestant].installed()).toFixed(0),
  ]);
  const head = ['', 'ms to the first answer', 'RSS MB idle', 'MB installed'];
  return `**Start, memory and size**\n\n${formatTable(head, rows)}`;
}

function groupByContestant<T extends { readonly contestant: ContestantName }>(
  all: readonly T[],
): Map<ContestantName, T[]> {
  const names = [...new Set(all.map(({ contestant }) => contestant))];
  return new Map(names.map((name) => [name, all.filter(({ contestant }) => contestant === name)]));
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const align = head.map((_, index) => (index === 0 ? '---' : '--:'));
  return [head, align, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function titleOf(contestant: ContestantName): string {
  return `${contestants[contestant].name} ${contestants[contestant].version()}`;
}

/** What the folders take on the disk, in MB. */
function measureSize(folders: readonly string[]): number {
  const text = execFileSync('du', ['-scm', ...folders], { encoding: 'utf8' });
  return Number(text.trim().split('\n').at(-1)?.split('\t')[0]);
}
