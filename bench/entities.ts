import { fork } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { Agent, request } from 'undici';
import { createConfig } from '../src/config/load-config.ts';
import type { Sources } from '../src/graph/sources.ts';
import { providers } from '../src/providers/index.ts';
import type { Source } from '../src/providers/provider.ts';
import { createCallObserver } from '../src/server/call-observer.ts';
import { createMetrics } from '../src/server/metrics.ts';
import { startServer } from '../src/server/server.ts';
import { createEntries } from '../test/graph/support/stub-graph.ts';
import { runMany } from '../test/support/load.ts';

const usage = `Measures what 1,000 references in one _entities operation cost beyond their REST calls.

Usage: npm run bench:entities -- [options]

  --references N  references in an operation, at most 1000 [1000]
  --rounds N      measured rounds; the quickest counts, for it had the least to wait for others [30]`;

const types = { elevate: 'ElevateCustomer', sage200: 'Sage200Customer', cro: 'CroCustomer' } as const;
const names = ['elevate', 'sage200', 'cro'] as const;
const fields = '__typename id name';

/** Rounds in which code is compiled. */
const warmUpRounds = 10;

type Way = 'bare' | 'client' | 'entities' | 'customersByIds';

interface Bench {
  readonly upstreamUrl: string;
  readonly url: string;
  readonly sources: Sources;
  readonly agent: Agent;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      references: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '30' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const upstream = fork(fileURLToPath(new URL('entities-upstream.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] });
  const [upstreamUrl] = await once(upstream, 'message');
  const bench = await start(String(upstreamUrl));
  const count = Number(values.references);
  console.log(`Quickest of ${values.rounds} rounds, ms; ${count} customers of upstream APIs that answer at once.\n`);
  const rows = [...names.map((name) => [name, listIds(count, [name])] as const), ['mixed', listIds(count, names)] as const];
  console.log(writeRow(['', 'REST calls', 'bare', 'client', '_entities', 'customersByIds', 'beyond client', 'beyond bare']));
  for (const [label, ids] of rows) {
    const { bare, client, entities, customersByIds } = await measure(bench, ids, Number(values.rounds));
    const figures = [bare, client, entities, customersByIds, entities - client, entities - bare].map((ms) => ms.toFixed(1));
    console.log(writeRow([label, String(listUrls(bench, ids).length), ...figures]));
  }
  await bench.agent.close();
  upstream.disconnect();
  process.exit();
}

async function start(upstreamUrl: string): Promise<Bench> {
  const log = pino({ level: 'silent' });
  const metrics = createMetrics();
  const observer = createCallObserver(log, metrics.calls);
  const entries = createEntries(upstreamUrl);
  const sources = new Map(
    names.map((name): [string, Source] => {
      const { provider: _provider, ...settings } = entries[name];
      return [name, providers[name].createSource({ name, settings, isSimulated: false, userAgent: 'customer-graph/bench', observer })];
    }),
  );
  const { server } = createConfig([], {});
  const { url } = await startServer({
    server: { ...server, port: 0 },
    auth: { mode: 'none' },
    providers: Object.values(providers),
    sources,
    log,
    metrics,
  });
  return { upstreamUrl, url, sources, agent: new Agent({ connections: 16 }) };
}

/** Takes turns, so that all ways have the same weather. */
async function measure(bench: Bench, ids: readonly string[], rounds: number): Promise<Record<Way, number>> {
  const ways: Record<Way, () => Promise<unknown>> = {
    bare: () => callBare(bench, ids),
    client: () => callClient(bench, ids),
    entities: () => askForEntities(bench, ids),
    customersByIds: () => askByIds(bench, ids),
  };
  const times: Record<Way, number[]> = { bare: [], client: [], entities: [], customersByIds: [] };
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (const way of ['bare', 'client', 'entities', 'customersByIds'] as const) {
      const startMs = performance.now();
      await ways[way]();
      if (round >= 0) times[way].push(performance.now() - startMs);
    }
  }
  return {
    bare: Math.min(...times.bare),
    client: Math.min(...times.client),
    entities: Math.min(...times.entities),
    customersByIds: Math.min(...times.customersByIds),
  };
}

/** The REST calls alone, by the same HTTP library, as many at one time as a source is called at most. */
async function callBare(bench: Bench, ids: readonly string[]): Promise<void> {
  const urls = listUrls(bench, ids);
  const inUse = new Set(ids.map(sourceOf)).size;
  await runMany(urls.length, 16 * inUse, async (index) => {
    const { body } = await request(urls[index] ?? '', { dispatcher: bench.agent });
    JSON.parse(await body.text());
  });
}

/** The REST calls by the product's own client and loaders, without GraphQL and HTTP before them. */
async function callClient({ sources }: Bench, ids: readonly string[]): Promise<void> {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const scope = {
    requestId: 'bench',
    signal,
    deadlineMs: Date.now() + 10_000,
    callerHeader: () => undefined,
    selection: { reads: () => false },
    report: () => {},
  };
  const sessions = new Map([...sources].map(([name, source]) => [name, source.openSession(scope)]));
  await Promise.all(ids.map(async (id) => sessions.get(sourceOf(id))?.loaders.customers.load(nativeIdOf(id))));
}

async function askForEntities(bench: Bench, ids: readonly string[]): Promise<void> {
  const representations = ids.map((id) => ({ __typename: types[sourceOf(id)], id }));
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Customer { ${fields} } } }`;
  await ask(bench, query, { representations });
}

/** As many pages as it takes: customersByIds takes 200 ids. */
async function askByIds(bench: Bench, ids: readonly string[]): Promise<void> {
  const pages = Array.from({ length: Math.ceil(ids.length / 200) }, (_, index) => ids.slice(index * 200, index * 200 + 200));
  const variables = Object.fromEntries(pages.map((page, index) => [`ids${index}`, page]));
  const parameters = pages.map((_page, index) => `$ids${index}: [ID!]!`).join(', ');
  const selections = pages.map((_page, index) => `page${index}: customersByIds(ids: $ids${index}) { ${fields} }`).join(' ');
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
  return Array.from({ length: count }, (_, index) => `${of[index % of.length]}:${Math.floor(index / of.length) + 1}`);
}

function listUrls({ upstreamUrl }: Bench, ids: readonly string[]): string[] {
  const sageIds = ids.filter((id) => sourceOf(id) === 'sage200').map(nativeIdOf);
  const filters = Array.from({ length: Math.ceil(sageIds.length / 20) }, (_, index) => sageIds.slice(index * 20, index * 20 + 20));
  return [
    ...ids.filter((id) => sourceOf(id) === 'elevate').map((id) => `${upstreamUrl}/v1/customers/${nativeIdOf(id)}`),
    ...ids.filter((id) => sourceOf(id) === 'cro').map((id) => `${upstreamUrl}/cro/customers/${nativeIdOf(id)}`),
    ...filters.map((some) => `${upstreamUrl}/sage/customers?$filter=${encodeURIComponent(some.map((id) => `id eq ${id}`).join(' or '))}`),
  ];
}

function sourceOf(id: string): (typeof names)[number] {
  return names.find((name) => id.startsWith(`${name}:`)) ?? 'elevate';
}

function nativeIdOf(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

function writeRow([label = '', ...cells]: readonly string[]): string {
  return label.padEnd(10) + cells.map((cell) => cell.padStart(16)).join('');
}

process.env['NODE_ENV'] ??= 'production';
await main();
