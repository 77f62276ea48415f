import { fork } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { Agent, request } from 'undici';
import type * as LoadConfig from '../src/config/load-config.ts';
import type { Sources } from '../src/graph/sources.ts';
import type * as ProviderIndex from '../src/providers/index.ts';
import type * as Start from '../src/start.ts';
import { createSources } from './every-customer.ts';
import { buildProduct, importBuilt } from './product.ts';

const names = ['elevate', 'sage200', 'cro'] as const;

const usage = `Measures what 1,000 references in one _entities operation cost beyond their REST calls: the time of the operation,
less that of the same calls made by the REST client of customer-graph. Both are measured in every round; the figure is
the median of their differences. Runs the compiled server, on upstream APIs that answer at once.

Usage: npm run bench:entities -- [options]

  --references N  references in an operation, at most 1000 [1000]
  --rounds N      measured rounds [30]
  --max-ms N      ends with exit code 1 when the figure for all three sources is higher [25]

Ends with 1 as well when _entities makes other REST calls than customersByIds.`;

const types = { elevate: 'ElevateCustomer', sage200: 'Sage200Customer', cro: 'CroCustomer' } as const;
const fields = '__typename id name';

/** Rounds in which code is compiled by the engine. */
const warmUpRounds = 15;

const ways = ['client', 'entities', 'customersByIds'] as const;
type Way = (typeof ways)[number];

interface Bench {
  readonly upstreamUrl: string;
  readonly url: string;
  readonly sources: Sources;
  readonly agent: Agent;
}

interface Figures {
  /** Medians. */
  readonly ms: Readonly<Record<Way, number>>;
  /** REST calls that arrived in a round. */
  readonly calls: Readonly<Record<Way, number>>;
  /** Median of what `entities` takes longer than `client` in the same round. */
  readonly addedMs: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      references: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '30' },
      'max-ms': { type: 'string', default: '25' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const count = readCount('references', values.references);
  const rounds = readCount('rounds', values.rounds);
  const maxMs = readCount('max-ms', values['max-ms']);
  buildProduct();
  const upstream = fork(fileURLToPath(new URL('entities-upstream.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  });
  const [upstreamUrl] = await once(upstream, 'message');
  const bench = await start(String(upstreamUrl));

  console.log(`Medians of ${rounds} rounds, ms, for ${count} customers.\n`);
  console.log(writeRow(['', 'REST calls', 'REST client', '_entities', 'customersByIds', 'added by GraphQL']));
  const sets = [...names.map((name) => [name, [name]] as const), ['all three', names] as const];
  const failures: string[] = [];
  for (const [label, of] of sets) {
    const { ms, calls, addedMs } = await measure(bench, listIds(count, of), rounds);
    console.log(
      writeRow([label, String(calls.entities), ...ways.map((way) => ms[way].toFixed(1)), addedMs.toFixed(1)]),
    );
    if (calls.entities !== calls.customersByIds)
      failures.push(
        `${label}: ${calls.entities} REST calls, expected ${calls.customersByIds} as for customersByIds`,
      );
    if (of === names && addedMs > maxMs)
      failures.push(`${label}: _entities adds ${addedMs.toFixed(1)} ms, expected ${maxMs} at most`);
  }
  console.log(
    [
      '',
      ...failures,
      failures.length === 0 ? `Passed: at most ${maxMs} ms added for all three.` : 'Failed.',
    ].join('\n'),
  );
  await bench.agent.close();
  upstream.disconnect();
  process.exit(failures.length === 0 ? 0 : 1);
}

function readCount(option: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  console.error(`--${option}: found "${text}", expected a whole number from 1 on`);
  process.exit(1);
}

/** Starts the compiled server: names that tsx keeps for functions would cost it time. */
async function start(upstreamUrl: string): Promise<Bench> {
  const { createConfig } = await importBuilt<typeof LoadConfig>('config/load-config');
  const { providers } = await importBuilt<typeof ProviderIndex>('providers/index');
  const { startServing } = await importBuilt<typeof Start>('start');
  const entries = createSources(upstreamUrl);
  const connections = names.map((name) => {
    const { provider: _provider, ...settings } = entries[name];
    return { name, provider: providers[name], settings };
  });
  const config = createConfig(connections, { PORT: '0' });
  const { server, sources } = await startServing({
    // Two of three customers take a call each.
    config: { ...config, server: { ...config.server, maxUpstreamCalls: 1_000 } },
    registry: providers,
    isSimulated: () => false,
    log: pino({ level: 'silent' }),
  });
  return { upstreamUrl, url: server.url, sources, agent: new Agent({ connections: 16 }) };
}

/** Takes turns, in changing order, so that all ways have the same weather. */
async function measure(bench: Bench, ids: readonly string[], rounds: number): Promise<Figures> {
  const actions: Record<Way, () => Promise<unknown>> = {
    client: () => callClient(bench, ids),
    entities: () => askForEntities(bench, ids),
    customersByIds: () => askByIds(bench, ids),
  };
  const times: Record<Way, number[]> = { client: [], entities: [], customersByIds: [] };
  const calls = { client: 0, entities: 0, customersByIds: 0 };
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
      const startMs = performance.now();
      await actions[way]();
      if (round >= 0) times[way].push(performance.now() - startMs);
      calls[way] = await takeCallCount(bench);
    }
  }
  return {
    ms: {
      client: medianOf(times.client),
      entities: medianOf(times.entities),
      customersByIds: medianOf(times.customersByIds),
    },
    calls,
    addedMs: medianOf(times.entities.map((ms, round) => ms - (times.client[round] ?? 0))),
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

/** The calls that arrived since this was asked last. */
async function takeCallCount({ upstreamUrl, agent }: Bench): Promise<number> {
  const { body } = await request(`${upstreamUrl}/calls`, { dispatcher: agent });
  return Number(await body.text());
}

/** The REST calls by the product's own client and loaders, without GraphQL and HTTP before them. */
async function callClient({ sources }: Bench, ids: readonly string[]): Promise<void> {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const scope = {
    requestId: 'bench',
    hasOwnDeadline: false,
    caller: 'bench',
    signal,
    deadlineMs: Date.now() + 10_000,
    beginWait: () => async () => {},
    callerHeader: () => undefined,
    selection: { reads: () => false },
    report: () => {},
    admitCall: async () => {},
  };
  const sessions = new Map([...sources].map(([name, source]) => [name, source.openSession(scope)]));
  await Promise.all(
    ids.map(async (id) => sessions.get(sourceOf(id))?.loaders.customers.load(nativeIdOf(id))),
  );
}

async function askForEntities(bench: Bench, ids: readonly string[]): Promise<void> {
  const representations = ids.map((id) => ({ __typename: types[sourceOf(id)], id }));
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Customer { ${fields} } } }`;
  await ask(bench, query, { representations });
}

/** As many pages as it takes: customersByIds takes 200 ids. */
async function askByIds(bench: Bench, ids: readonly string[]): Promise<void> {
  const pages = Array.from({ length: Math.ceil(ids.length / 200) }, (_, index) =>
    ids.slice(index * 200, index * 200 + 200),
  );
  const variables = Object.fromEntries(pages.map((page, index) => [`ids${index}`, page]));
  const parameters = pages.map((_page, index) => `$ids${index}: [ID!]!`).join(', ');
  const selections = pages
    .map((_page, index) => `page${index}: customersByIds(ids: $ids${index}) { ${fields} }`)
    .join(' ');
  await ask(bench, `query (${parameters}) { ${selections} }`, variables);
}

async function ask({ url, agent }: Bench, query: string, variables: Record<string, unknown>): Promise<void> {
  const { body } = await request(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    dispatcher: agent,
  });
  const text = await body.text();
  if (text.includes('"errors"')) throw new Error(text.slice(0, 500));
}

function listIds(count: number, of: readonly (typeof names)[number][]): string[] {
  return Array.from(
    { length: count },
    (_, index) => `${of[index % of.length]}:${Math.floor(index / of.length) + 1}`,
  );
}

function sourceOf(id: string): (typeof names)[number] {
  return names.find((name) => id.startsWith(`${name}:`)) ?? 'elevate';
}

function nativeIdOf(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

function writeRow([label = '', ...cells]: readonly string[]): string {
  return label.padEnd(10) + cells.map((cell) => cell.padStart(18)).join('');
}

process.env['NODE_ENV'] ??= 'production';
await main();
