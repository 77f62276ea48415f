import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildProduct } from '../product.ts';
import { contestants, type ContestantName } from './contestants.ts';
import { writeDocument } from './document.ts';
import { installPrograms } from './programs.ts';
import { race } from './race.ts';
import { prepareRecords } from './records.ts';
import { formatReport } from './report.ts';
import { scenarios, type ScenarioName } from './scenarios.ts';

const usage = `Races customer-graph against its peers: each alone on one core, the REST APIs and the clients on another.

Usage: npm run bench:race -- [options]

  --contestants a,b  [${Object.keys(contestants).join(',')}]
  --scenarios a,b    [${Object.keys(scenarios).join(',')}]
  --rounds N         all contestants take turns in each; the figures are medians [3]
  --seconds N        measured in each scenario of each round [5]
  --warm-up N        seconds before [3]
  --write            puts the figures into docs/performance.md, with a chart`;

const workFolder = fileURLToPath(new URL('../.work/race', import.meta.url));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      contestants: { type: 'string', default: Object.keys(contestants).join(',') },
      scenarios: { type: 'string', default: Object.keys(scenarios).join(',') },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      'warm-up': { type: 'string', default: '3' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  if (availableParallelism() < 2) throw new Error('The race needs two processor cores.');
  const chosen: readonly ContestantName[] = values.contestants
    .split(',')
    .map((name) => pick(name, contestants));
  const asked: readonly ScenarioName[] = values.scenarios.split(',').map((name) => pick(name, scenarios));
  const rounds = readCount('rounds', values.rounds);
  const timing = {
    seconds: readCount('seconds', values.seconds),
    warmUpSeconds: readCount('warm-up', values['warm-up']),
  };
  mkdirSync(workFolder, { recursive: true });
  installPrograms();
  buildProduct();
  await prepareRecords(workFolder);
  for (const name of chosen) contestants[name].prepare(workFolder);
  const plan = { contestants: chosen, scenarios: asked, rounds, timing };
  const results = await race(plan, workFolder);
  console.log(formatReport(results));
  if (values.write) writeDocument(results, plan);
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
