import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildProduct } from '../product.ts';
import { contestants, type ContestantName } from './contestants.ts';
import { prepareRecords } from './records.ts';
import { formatTables, type Results } from './report.ts';
import { measure, otherCore, startContestant, type Measurement, type Timing } from './run.ts';
import { scenarios, type ScenarioName } from './scenarios.ts';
import { installPrograms } from './programs.ts';
import { startUpstream } from './upstream.ts';

const usage = `Races customer-graph against its peers: each alone on one core, the REST APIs and the clients on another.

Usage: npm run bench:race -- [options]

  --contestants a,b  [${Object.keys(contestants).join(',')}]
  --scenarios a,b    [${Object.keys(scenarios).join(',')}]
  --rounds N         all contestants take turns in each; the figures are medians [3]
  --seconds N        measured in each scenario of each round [5]
  --warm-up N        seconds before [3]`;

const workFolder = fileURLToPath(new URL('../.work/race', import.meta.url));

interface Plan {
  readonly contestants: readonly ContestantName[];
  readonly scenarios: readonly ScenarioName[];
  readonly rounds: number;
  readonly timing: Timing;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      contestants: { type: 'string', default: Object.keys(contestants).join(',') },
      scenarios: { type: 'string', default: Object.keys(scenarios).join(',') },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      'warm-up': { type: 'string', default: '3' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  if (availableParallelism() < 2) throw new Error('The race needs two processor cores.');
  const plan: Plan = {
    contestants: values.contestants.split(',').map((name) => pick(name, contestants)),
    scenarios: values.scenarios.split(',').map((name) => pick(name, scenarios)),
    rounds: readCount('rounds', values.rounds),
    timing: {
      seconds: readCount('seconds', values.seconds),
      warmUpSeconds: readCount('warm-up', values['warm-up']),
    },
  };
  await prepare(plan);
  console.log(formatTables(await race(plan)));
}

async function prepare(plan: Plan): Promise<void> {
  mkdirSync(workFolder, { recursive: true });
  installPrograms();
  buildProduct();
  await prepareRecords(workFolder);
  for (const name of plan.contestants) contestants[name].prepare(workFolder);
}

/** In each round every contestant takes its turn, so that all have the same weather. */
async function race(plan: Plan): Promise<Results> {
  const results: Results = [];
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const contestantName of plan.contestants) {
      const contestant = contestants[contestantName];
      const program = await startContestant(contestant, workFolder);
      try {
        for (const scenarioName of plan.scenarios) {
          const scenario = scenarios[scenarioName];
          const upstream = await startUpstream(workFolder, otherCore, scenario.delayMs);
          try {
            const figures = await measure(contestant, program, scenario, upstream, plan.timing, workFolder);
            results.push({ round, contestant: contestantName, scenario: scenarioName, ...figures });
            console.error(describe(round, contestantName, scenarioName, figures));
          } finally {
            await upstream.stop();
          }
        }
      } finally {
        await program.stop();
      }
    }
  }
  return results;
}

function describe(round: number, contestant: string, scenario: string, figures: Measurement): string {
  const { perSecond, cpuMicros, calls } = figures;
  return `round ${round}: ${contestant}, ${scenario}: ${perSecond.toFixed(0)}/s, ${cpuMicros.toFixed(0)} µs CPU, ${calls.toFixed(2)} calls`;
}

function pick<T extends string>(name: string, known: Readonly<Record<T, unknown>>): T {
  const isKnown = (candidate: string): candidate is T => Object.hasOwn(known, candidate);
  if (isKnown(name)) return name;
  throw new Error(`"${name}" is none of ${Object.keys(known).join(', ')}`);
}

function readCount(option: string, text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new Error(`--${option}: found "${text}", expected a whole number from 1 on`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
