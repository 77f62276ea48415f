import { execFileSync, fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createSources } from './every-customer.ts';
import { percentile, type Answer, type Load, type LoadResult } from './overload-load.ts';

const usage = `Sends more operations than the server can work on, and shows what becomes of them.

Usage: npm run bench:overload -- [options]

  --seconds N      length of the overload [60]
  --times N        offered load, in multiples of the capacity [3]
  --operation KIND one (a customer), many (60 customers in 3 calls) or local (nothing of a source) [one]
  --deadline N     x-request-timeout-ms of the operations [3000]
  --latency N      ms that the sources take to answer [20]
  --concurrency N  operations at one time when the capacity is measured [64]
  --reconnect      a new connection for each operation

The compiled server, its sources and the load are processes of their own. The capacity is measured first.`;

const many = Array.from({ length: 60 }, (_, index) => `"sage200:#${index}"`).join(',');
const queries: Record<string, string> = {
  one: '{ customer(id: "elevate:#") { id name } }',
  many: `{ customersByIds(ids: [${many}]) { id name } }`,
  local: '{ sources { name } }',
};

interface Bench {
  readonly product: ChildProcess;
  readonly source: ChildProcess;
  readonly generator: ChildProcess;
  readonly load: Omit<Load, 'seconds' | 'perSecond'>;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      times: { type: 'string', default: '3' },
      operation: { type: 'string', default: 'one' },
      deadline: { type: 'string', default: '3000' },
      latency: { type: 'string', default: '20' },
      concurrency: { type: 'string', default: '64' },
      reconnect: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  execFileSync(process.execPath, ['scripts/build-if-stale.mjs'], { cwd: projectFolder, stdio: 'inherit' });
  const source = forkScript('overload-source.ts', [values.latency]);
  const [{ url: sourceUrl }] = await once(source, 'message');
  const { product, url } = await startProduct(String(sourceUrl));
  const generator = forkScript('overload-generator.ts', []);
  const deadlineMs = Number(values.deadline);
  const load = {
    url,
    operations: [{ group: values.operation, query: queries[values.operation] ?? '' }],
    headers: {
      'x-request-timeout-ms': values.deadline,
      connection: values.reconnect ? 'close' : 'keep-alive',
    },
  };
  const bench: Bench = { product, source, generator, load };
  try {
    await measure(bench, {
      seconds: Number(values.seconds),
      times: Number(values.times),
      concurrency: Number(values.concurrency),
      deadlineMs,
    });
  } finally {
    for (const child of [source, generator]) child.disconnect();
    product.kill('SIGTERM');
  }
}

interface Plan {
  readonly seconds: number;
  readonly times: number;
  readonly concurrency: number;
  readonly deadlineMs: number;
}

async function measure(bench: Bench, { seconds, times, concurrency, deadlineMs }: Plan): Promise<void> {
  const send = (more: Partial<Load>) => sendLoad(bench, { perSecond: 0, seconds: 3, ...more });
  await send({ concurrency, seconds: 5 });
  const productCpuBefore = readCpuSeconds(bench.product);
  const closed = await send({ concurrency, seconds: 5 });
  const cpuEach = (readCpuSeconds(bench.product) - productCpuBefore) / closed.answers.length;
  const capacity = closed.answers.length / closed.seconds;
  const calm = await send({ perSecond: capacity / 4 });
  const rssBeforeMb = readRssMb(bench.product);
  const sampling = sampleRss(bench.product);
  const processes = [bench.product, bench.source, bench.generator];
  const cpuBefore = processes.map(readCpuSeconds);
  const machineBefore = readMachineSeconds();
  const overload = await send({ perSecond: times * capacity, seconds });
  const cpuSeconds = processes.map((each, index) => readCpuSeconds(each) - (cpuBefore[index] ?? 0));
  const othersSeconds =
    readMachineSeconds() - machineBefore - cpuSeconds.reduce((sum, each) => sum + each, 0);
  const cpuShares = [...cpuSeconds, othersSeconds].map(
    (each) => `${((100 * each) / overload.seconds).toFixed(0)} %`,
  );
  const after = await send({ perSecond: capacity / 4 });
  const accepted = overload.answers.filter(({ outcome }) => outcome === 'served' || outcome === 'partial');
  const isInTime = ({ outcome, tookMs }: Answer) => outcome === 'served' && tookMs <= deadlineMs + 250;
  const goodput = accepted.filter(isInTime).length / overload.seconds;
  const workShare = (goodput * cpuEach * overload.seconds) / (cpuSeconds[0] ?? NaN);
  const refused = overload.answers.filter(({ outcome }) => outcome === 'refused');
  const calmP99 = percentile(timesOf(calm.answers), 0.99);
  const slowAfter = after.answers.filter(
    ({ outcome, tookMs }) => outcome !== 'served' || tookMs > 2 * calmP99,
  );
  console.log(
    [
      `capacity        ${capacity.toFixed(0)}/s, ${concurrency} at one time: ${describe(closed.answers)}`,
      `calm            at a quarter of it: ${describe(calm.answers)}`,
      `overload        ${times} times the capacity for ${seconds} s: ${count(overload.answers)}, generator late by ${overload.lateMs.toFixed(0)} ms at most`,
      `  processors    ${cpuShares.join(', ')} of one had by server, sources, generator and everything else`,
      `  goodput       ${goodput.toFixed(0)}/s, ${((100 * goodput) / capacity).toFixed(0)} % of the capacity; ${(100 * workShare).toFixed(0)} % by processor time of the server`,
      `  accepted      ${describe(accepted)}; deadline ${deadlineMs} ms`,
      `  refused       ${describe(refused)}`,
      `recovery        ${Math.max(0, ...slowAfter.map(({ atMs }) => atMs)).toFixed(0)} ms until all are served within twice the calm p99; ${count(after.answers)}`,
      `memory          ${rssBeforeMb.toFixed(0)} MB before, ${Math.max(...sampling.stop()).toFixed(0)} MB at most, ${readRssMb(bench.product).toFixed(0)} MB after`,
    ].join('\n'),
  );
}

async function sendLoad({ generator, load }: Bench, more: Partial<Load>): Promise<LoadResult> {
  generator.send({ ...load, ...more });
  const [result]: LoadResult[] = await once(generator, 'message');
  if (result === undefined) throw new Error('the generator told nothing');
  return result;
}

function timesOf(answers: readonly Answer[]): number[] {
  return answers.map(({ tookMs }) => tookMs);
}

function describe(answers: readonly Answer[]): string {
  const times = timesOf(answers);
  const at = (share: number) => percentile(times, share).toFixed(0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${at(1)} ms`;
}

function count(answers: readonly Answer[]): string {
  const outcomes = ['served', 'partial', 'refused', 'failed', 'reset'] as const;
  return outcomes
    .map((each) => `${answers.filter(({ outcome }) => outcome === each).length} ${each}`)
    .join(', ');
}

const projectFolder = fileURLToPath(new URL('..', import.meta.url));

function forkScript(name: string, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(name, import.meta.url)), [...args], {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  });
}

async function startProduct(sourceUrl: string): Promise<{ product: ChildProcess; url: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-'));
  const file = path.join(folder, 'customer-graph.yaml');
  const sources = createSources(sourceUrl, { maxConcurrency: 64 });
  // JSON is YAML.
  writeFileSync(
    file,
    JSON.stringify({ auth: { mode: 'none' }, server: { port: 0 }, log: { level: 'error' }, sources }),
  );
  const product = spawn(process.execPath, ['dist/main.js', '--config', file], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let banner = '';
  for await (const chunk of product.stdout) {
    banner += String(chunk);
    if (banner.includes('Ctrl+C')) break;
  }
  rmSync(folder, { recursive: true });
  return { product, url: /http:\/\/127\.0\.0\.1:\d+/.exec(banner)?.[0] ?? '' };
}

/** Time that the product has had a processor, in s; of a machine with other work the rest is no fault of it. */
function readCpuSeconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Time that the processors of this machine have not been idle, in s; what its host took from it included. */
function readMachineSeconds(): number {
  const [, user, nice, system, , , irq, softIrq, steal] = (
    /^cpu .*$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[0] ?? ''
  )
    .split(/ +/)
    .map(Number);
  return [user, nice, system, irq, softIrq, steal].reduce<number>((sum, each) => sum + (each ?? 0), 0) / 100;
}

function readRssMb({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
}

function sampleRss(product: ChildProcess): { stop(): number[] } {
  const samples: number[] = [readRssMb(product)];
  const timer = setInterval(() => samples.push(readRssMb(product)), 500);
  return {
    stop() {
      clearInterval(timer);
      return samples;
    },
  };
}

await main();
