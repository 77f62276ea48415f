import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { runMany } from './run-many.ts';
import { figures, findGrowth, findSlope, writeTable, type Figures, type Sample } from './soak-figures.ts';
import { mixFaults, startSandboxProcess, type SandboxProcess } from './soak-sandbox.ts';

const providers = ['elevate', 'sage200', 'cro'] as const;

const usage = `Runs the product under load and faults, and looks whether it comes back to where it was.

Usage: npm run soak -- [options]

  --operations N   measured operations [200000]
  --warm-up N      operations before the baseline: code is compiled and caches are filled in them [20000]
  --concurrency N  operations under way at one time [48]`;

/** The faults change after so many. */
const operationsPerMix = 2_000;
const samplesTaken = 10;
/** Idle connections to the sources are closed by then. */
const longestQuietMs = 20_000;

const timeouts = ['60000', '90', '400', '150', '60'];

/** Operations, and the sources whose customers they are for. */
const asked = [
  { query: 'query ($ids: [ID!]!) { customersByIds(ids: $ids) { id name } }', sources: providers },
  {
    query: 'query ($id: ID!) { customer(id: $id) { id name contacts { name } addresses { city } } }',
    sources: ['elevate'],
  },
  {
    query: 'query ($id: ID!) { customer(id: $id) { id ... on Sage200Customer { currency { name } } } }',
    sources: ['sage200'],
  },
  {
    query: 'query ($id: ID!) { customer(id: $id) { id name freshness { ageMs } addresses { city } } }',
    sources: ['cro'],
  },
  { query: 'query ($id: ID!) { customer(id: $id) { id name } }', sources: ['own'] },
  {
    query:
      '{ customers(first: 3) { nodes { id name } completeness { status } } sources { status { state } } }',
    sources: [],
  },
  { query: 'query ($ids: [ID!]!) { customersByIds(ids: $ids) { references } }', sources: providers },
  { query: '{ search(text: "harbour", first: 3) { nodes { id } } }', sources: [] },
  { query: '{ noSuchField }', sources: [] },
];

interface Soak {
  readonly sandbox: SandboxProcess;
  readonly product: ChildProcess;
  readonly url: string;
  readonly outcomes: Record<'complete' | 'partial' | 'refused' | 'left' | 'broken', number>;
  done: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      operations: { type: 'string', default: '200000' },
      'warm-up': { type: 'string', default: '20000' },
      concurrency: { type: 'string', default: '48' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return console.log(usage);
  const plan = {
    operations: readCount(values.operations),
    warmUpOperations: readCount(values['warm-up']),
    concurrency: readCount(values.concurrency),
  };
  const sandbox = await startSandboxProcess();
  const { product, url } = await startMeasuredProduct(sandbox);
  const soak: Soak = {
    sandbox,
    product,
    url,
    outcomes: { complete: 0, partial: 0, refused: 0, left: 0, broken: 0 },
    done: 0,
  };
  try {
    await run(soak, plan);
  } finally {
    product.kill('SIGKILL');
    sandbox.stop();
  }
}

interface Plan {
  readonly operations: number;
  readonly warmUpOperations: number;
  readonly concurrency: number;
}

async function run(soak: Soak, { operations, warmUpOperations, concurrency }: Plan): Promise<void> {
  const startMs = performance.now();
  const samples: Sample[] = [];
  const take = async (label: string) => {
    const sample = {
      label,
      operations: soak.done,
      seconds: (performance.now() - startMs) / 1_000,
      ...(await measure(soak.product)),
    };
    samples.push(sample);
    console.error(writeTable([sample]).split('\n').at(-1));
    return sample;
  };
  await take('start');
  await load(soak, warmUpOperations, concurrency);
  await becomeQuiet(soak);
  const baseline = await take('baseline');
  for (let index = 1; index <= samplesTaken; index += 1) {
    await load(soak, Math.ceil(operations / samplesTaken), concurrency);
    await take(`${(100 * index) / samplesTaken} %`);
  }
  await becomeQuiet(soak, baseline);
  const end = await take('end');

  const growth = findGrowth(baseline, end);
  console.log(`${writeTable(samples)}\n`);
  console.log(`Answers: ${JSON.stringify(soak.outcomes)}`);
  console.log(
    `Heap: ${(end.heapMb - baseline.heapMb).toFixed(1)} MB from baseline to end, slope ${findSlope(samples.slice(2, -1)).toFixed(2)} MB for 100,000 operations`,
  );
  console.log(
    `Handles at the baseline: ${JSON.stringify(baseline.handles)}, at the end: ${JSON.stringify(end.handles)}`,
  );
  console.log(
    growth.length === 0
      ? 'It came back to where it was.'
      : `It did not come back to where it was:\n  ${growth.join('\n  ')}`,
  );
  if (growth.length > 0 || soak.outcomes.broken > 0) process.exitCode = 1;
}

/** Two transports, a cache that serves stale answers, and a source to which callers bring their own credentials. */
async function startMeasuredProduct({ sources }: SandboxProcess): Promise<Pick<Soak, 'product' | 'url'>> {
  const {
    elevate = { provider: 'elevate' },
    sage200 = { provider: 'sage200' },
    cro = { provider: 'cro' },
  } = sources;
  const cache = { customersSeconds: 1, staleWhileRevalidateSeconds: 2, staleIfErrorSeconds: 60 };
  const config = {
    auth: { mode: 'none' },
    server: { port: 0, requestTimeoutMs: 1_000 },
    log: { level: 'silent' },
    sources: {
      elevate,
      sage200: { ...sage200, cache },
      cro: { ...cro, transport: 'fetch' },
      own: { ...elevate, auth: { type: 'forward' } },
    },
  };
  const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-soak-'));
  const file = path.join(folder, 'customer-graph.yaml');
  writeFileSync(file, JSON.stringify(config));
  const entry = fileURLToPath(new URL('soak-product.ts', import.meta.url));
  const product = fork(entry, [file], {
    execArgv: ['--expose-gc', '--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [message] = await once(product, 'message');
  rmSync(folder, { recursive: true });
  return { product, url: z.object({ url: z.string() }).parse(message).url };
}

async function measure(product: ChildProcess): Promise<Figures> {
  // Answers that were given a moment ago still hold on to things.
  await sleep(500);
  const answered = once(product, 'message');
  product.send('measure');
  const [message] = await answered;
  return figures.parse(message);
}

/** No faults, no load, until no more handles are open than at the baseline, or for a while. */
async function becomeQuiet({ sandbox, product }: Soak, baseline?: Figures): Promise<void> {
  for (const provider of providers) await sandbox.setFaults(provider, []);
  for (let quietMs = 0; quietMs < longestQuietMs; quietMs += 2_000) {
    await sleep(2_000);
    if (baseline !== undefined && findGrowth(baseline, await measure(product)).length === 0) return;
  }
}

async function load(soak: Soak, operations: number, concurrency: number): Promise<void> {
  const client = new Agent({ connections: concurrency, pipelining: 1 });
  const end = soak.done + operations;
  while (soak.done < end) {
    const mix = Math.floor(soak.done / operationsPerMix);
    for (const [index, provider] of providers.entries())
      await soak.sandbox.setFaults(provider, mixFaults(10 * mix + index, 0.03));
    const first = soak.done;
    const count = Math.min(operationsPerMix, end - first);
    await runMany(count, concurrency, async (index) => {
      soak.outcomes[await operate(soak.url, client, first + index)] += 1;
    });
    soak.done += count;
  }
  await client.close();
}

/** One operation; some callers leave before their answer. */
async function operate(url: string, client: Agent, index: number): Promise<keyof Soak['outcomes']> {
  const { query = '', sources = [] } = asked[index % asked.length] ?? {};
  const ids = sources.map((source) => `${source}:${1 + (index % 500)}`);
  const leaving = index % 50 === 0 ? { signal: AbortSignal.timeout(5) } : {};
  try {
    const { statusCode, body } = await request(`${url}/graphql`, {
      dispatcher: client,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-request-timeout-ms': timeouts[index % timeouts.length] ?? '',
        // Most are refused by the source; each has its own place in the product.
        'x-own-authorization':
          index % 4 < 2 ? 'Bearer sandbox.elevate.token' : `Bearer caller-${index % 3_000}`,
      },
      body: JSON.stringify({ query, variables: { id: ids[0], ids } }),
      ...leaving,
    });
    const { errors } = answer.parse(JSON.parse(await body.text()));
    if (statusCode === 503) return 'refused';
    return errors === undefined ? 'complete' : 'partial';
  } catch (error) {
    if (leaving.signal?.aborted === true) return 'left';
    console.error(error instanceof Error ? error.message : error);
    return 'broken';
  }
}

const answer = z.object({ data: z.unknown().optional(), errors: z.array(z.unknown()).min(1).optional() });

function readCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`${text} is no number of operations.`);
}

await main();
