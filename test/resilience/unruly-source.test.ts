import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { readCounter } from '../support/metrics.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startRecordingServer, type RecordingServer } from '../support/recording-server.ts';
import { startFaultySandbox, type FaultySandbox } from './support/faulty-sandbox.ts';
import { providerNames as providers } from '../support/provider-names.ts';

let sandbox: FaultySandbox;
let product: TestProduct;
let trap: RecordingServer;

beforeAll(async () => {
  sandbox = await startFaultySandbox();
  trap = await startRecordingServer((_request, response) => response.end());
});

afterAll(async () => {
  await trap.close();
  await sandbox.close();
});

afterEach(async () => {
  for (const { faults } of Object.values(sandbox.apis)) faults.clear();
  await product.close();
});

function startProduct(settings = {}): Promise<TestProduct> {
  const { elevate, sage200, cro } = sandbox.apis;
  const sources = { elevate: elevate.source, sage200: sage200.source, cro: cro.source };
  return startTestProduct(
    Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, { ...source, ...settings }])),
  );
}

it.each(providers)(
  '%s, of whose answers every other one fails, is there most of the time, and is not left alone',
  async (provider) => {
    product = await startProduct();
    const { faults, calls } = sandbox.apis[provider];
    faults.set([{ name: 'status', status: 503, probability: 0.5 }]);
    calls.length = 0;
    const startMs = performance.now();
    let found = 0;
    for (let turn = 0; turn < 100; turn += 1) {
      const { data } = await product.query(`{ customer(id: "${provider}:${turn + 1}") { id } }`);
      if (data['customer'] !== null) found += 1;
    }
    const seconds = (performance.now() - startMs) / 1_000;
    expect(found).toBeGreaterThanOrEqual(70);
    expect(calls.length).toBeLessThanOrEqual(100 * 1.2 + 10 * seconds + 10);
    expect(await readCounter(product.url, 'upstream_refusals_total')).toBe(0);
  },
);

it.each(providers)('%s cannot lead a call elsewhere', async (provider) => {
  product = await startProduct();
  const { faults, calls } = sandbox.apis[provider];
  calls.length = 0;
  for (const name of ['redirect-other-origin', 'redirect-same-origin'] as const) {
    faults.set([name === 'redirect-other-origin' ? { name, location: trap.url } : { name }]);
    const { errors } = await product.query(`{ customer(id: "${provider}:1") { id } }`);
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['UPSTREAM_BAD_RESPONSE']);
  }
  expect(calls).toHaveLength(2);
  expect(trap.calls).toEqual([]);
});

it.each(providers)(
  '%s tells in its status what went wrong last, how long calls take and since when it is left alone',
  async (provider) => {
    product = await startProduct({ breaker: { minCalls: 2, failureRatio: 0.5 } });
    const readStatus = async () => {
      const { data } = await product.query(
        '{ sources { name status { state since lastErrorCode lastErrorAt latency { calls p50Ms p99Ms } } } }',
      );
      const known: { name: string; status: Record<string, string | null> }[] = JSON.parse(
        JSON.stringify(data['sources']),
      );
      return known.find(({ name }) => name === provider)?.status;
    };
    const startedAt = new Date().toISOString();
    await expect(readStatus()).resolves.toMatchObject({
      state: 'AVAILABLE',
      lastErrorCode: null,
      lastErrorAt: null,
      latency: null,
    });
    sandbox.apis[provider].faults.set([{ name: 'status', status: 500, delayMs: 50 }]);
    await product.query(`{ customer(id: "${provider}:1") { id } }`);
    const status = await readStatus();
    expect(status).toMatchObject({
      state: 'UNAVAILABLE',
      lastErrorCode: 'UPSTREAM_UNAVAILABLE',
      latency: { calls: 2 },
    });
    const times = [startedAt, status?.['lastErrorAt'], status?.['since']].map((time) =>
      Date.parse(String(time)),
    );
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  },
);

/** Goes through a list page by page, up to a number of pages. */
async function walk(maxPages: number): Promise<{ readonly ids: string[]; readonly statuses: Set<string> }> {
  const ids: string[] = [];
  const statuses = new Set<string>();
  let after: unknown = null;
  for (let page = 0; page < maxPages; page += 1) {
    const { data } = await product.query(
      `query ($after: String) {
        customers(first: 90, after: $after) { nodes { id } pageInfo { endCursor } completeness { source { name } status code } }
      }`,
      { variables: { after } },
    );
    const { nodes, pageInfo, completeness } = Object(data['customers']);
    for (const { id } of nodes) ids.push(String(id));
    for (const { source, status, code } of completeness) statuses.add(`${source.name} ${status} ${code}`);
    after = pageInfo.endCursor;
  }
  return { ids, statuses };
}

it.each(providers)(
  '%s, which always sends its first page, is found out, and the others are listed',
  async (provider) => {
    product = await startProduct();
    sandbox.apis[provider].faults.set([{ name: 'pagination-loop' }]);
    // Far enough for each source to be asked for a page that is not its first.
    const { ids, statuses } = await walk(6);
    expect(new Set(ids).size).toBe(ids.length);
    expect(statuses).toContain(`${provider} FAILED UPSTREAM_BAD_RESPONSE`);
    for (const other of providers.filter((name) => name !== provider)) {
      const found = ids.filter((id) => id.startsWith(`${other}:`));
      expect(found.length).toBeGreaterThan(30);
      expect(found).toEqual(found.map((_id, index) => `${other}:${index + 1}`));
    }
  },
);
