import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCounter } from '../support/metrics.ts';
import { startTestProduct, type QueryResult, type TestProduct } from '../support/product.ts';
import {
  ask,
  expectedSection,
  impatient,
  listSecrets,
  readSection,
  readTruth,
  unbreakable,
  usualCalls,
  type Section,
  type Truth,
} from './support/fault-cases.ts';
import { bodyRows, connectionRows, listRows, recordRows, slowRows, statusRows, type FaultRow } from './support/fault-rows.ts';
import { providers, startFaultySandbox, type FaultySandbox, type ProviderName } from './support/faulty-sandbox.ts';
import { shapes, type Outcome, type Shape } from './support/outcomes.ts';
import { unreachableRows } from './support/unreachable.ts';

const quickRows = [...connectionRows, ...statusRows, ...bodyRows, ...recordRows, ...listRows];
const rows = [...quickRows, ...slowRows];
/** Few enough to leave the retries of a source to spare. */
const rowsPerProduct = 4;

const forgotten = quickRows.filter(({ isRemembered }) => isRemembered !== true);
const groups = Array.from({ length: Math.ceil(forgotten.length / rowsPerProduct) }, (_, index) =>
  forgotten.slice(index * rowsPerProduct, (index + 1) * rowsPerProduct),
);

let sandbox: FaultySandbox;
let truth: Truth;
let passed = 0;

beforeAll(async () => {
  sandbox = await startFaultySandbox();
  const product = await startProduct();
  truth = await readTruth(product);
  await product.close();
});

afterAll(async () => {
  await sandbox.close();
  const cases = (rows.length + unreachableRows.length) * providers.length * shapes.length;
  process.stdout.write(`fault table: ${passed} of ${cases} cases passed\n`);
});

/** @param instead replaces settings of a source */
function startProduct(instead: Partial<Record<ProviderName, object>> = {}): Promise<TestProduct> {
  const sourceOf = (provider: ProviderName) => ({ ...sandbox.apis[provider].source, ...unbreakable, ...instead[provider] });
  return startTestProduct({ elevate: sourceOf('elevate'), sage200: sourceOf('sage200'), cro: sourceOf('cro') });
}

/** Customers that are shown are as they are. */
function findLies({ customers }: Section): unknown[] {
  return customers.filter((customer) => customer !== null && JSON.stringify(customer) !== JSON.stringify(truth.byId.get(customer.id)));
}

/** Waits are counted in seconds and told in whole ones. */
function roundWaits({ customers, errors }: Section): Section {
  const round = (value: unknown) => (typeof value === 'number' ? Math.ceil(value / 60) * 60 : value);
  const rounded = errors.map(({ path, extensions: { requestId: _requestId, retryAfterSeconds, ...extensions } }) => ({
    path,
    extensions: { ...extensions, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds: round(retryAfterSeconds) }) },
  }));
  return { customers, errors: rounded };
}

/** What is not as it has to be. */
function compare(section: Section, provider: ProviderName, shape: Shape, outcome: Outcome): { actual: unknown; expected: unknown } {
  const expected = expectedSection(truth, provider, shape, outcome);
  if (outcome.kind !== 'thinned' && outcome.kind !== 'unknown') return { actual: section, expected };
  const shown = new Set(section.customers.map((customer) => customer?.id));
  const isOfOthers = (id: string) => !id.startsWith(provider);
  const actual = {
    lies: outcome.kind === 'unknown' ? [] : findLies(section),
    missing: expected.customers.flatMap((customer) =>
      customer !== null && isOfOthers(customer.id) && !shown.has(customer.id) ? [customer.id] : [],
    ),
    errors: section.errors.filter(({ extensions }) => outcome.kind === 'unknown' || extensions['code'] !== outcome.code),
  };
  return { actual, expected: { lies: [], missing: [], errors: [] } };
}

function expectAnswer(result: QueryResult, provider: ProviderName, shape: Shape, outcome: Outcome): void {
  const { actual, expected } = compare(roundWaits(readSection(result)), provider, shape, outcome);
  expect(result.status).toBe(200);
  expect(actual).toEqual(expected);
}

/** Nothing is said of how a source is asked, nor of what it sent in place of what was asked for. */
function expectNoLeak({ text }: QueryResult, { logLines }: TestProduct, provider: ProviderName, outcome: Outcome): void {
  const secrets = listSecrets(sandbox);
  const names = outcome.kind === 'lost' ? [1, 2, 3].map((id) => String(truth.byId.get(`${provider}:${id}`)?.['name'])) : [];
  expect([...secrets, ...names].filter((secret) => text.includes(secret))).toEqual([]);
  expect(secrets.filter((secret) => secret.startsWith('sandbox') && logLines.some((line) => line.includes(secret)))).toEqual([]);
  expect('isAdmin' in {}).toBe(false);
}

function expectCompleteness({ data }: QueryResult, provider: ProviderName, outcome: Outcome): void {
  const { completeness } = Object(data['customers']);
  const expected = outcome.kind === 'lost' ? { status: 'FAILED', code: outcome.code } : {};
  expect(completeness).toContainEqual(expect.objectContaining({ source: { name: provider }, ...expected }));
}

async function runCase(product: TestProduct, row: FaultRow, provider: ProviderName, shape: Shape): Promise<void> {
  const { faults, calls } = sandbox.apis[provider];
  const outcome = row.outcome(provider, shape);
  if (row.isSecond) await ask(product, provider, shape);
  faults.set([row.fault(provider)]);
  const before = calls.length;
  const result = await ask(product, provider, shape).finally(() => faults.clear());
  const made = calls.length - before;
  expectAnswer(result, provider, shape, outcome);
  expectNoLeak(result, product, provider, outcome);
  if (shape === 'list') expectCompleteness(result, provider, outcome);
  const usual = usualCalls(provider, shape);
  expect(made).toBe(outcome.calls?.(usual) ?? usual);
  passed += 1;
}

describe.each(providers)('%s:', (provider) => {
  describe.each([...groups, slowRows])('group %#', (...group) => {
    let product: TestProduct;
    beforeAll(async () => {
      product = await startProduct(slowRows.some((row) => group.includes(row)) ? { [provider]: impatient } : {});
    });
    afterAll(() => product.close());

    describe.each(group)('$name', (row) => {
      it.each(shapes)('%s', async (shape) => {
        await runCase(product, row, provider, shape);
        expect(sandbox.apis[provider].faults.list()).toEqual([]);
      });
    });
  });

  describe.each(quickRows.filter(({ isRemembered }) => isRemembered === true))('$name', (row) => {
    it.each(shapes)('%s', async (shape) => {
      const product = await startProduct();
      try {
        await runCase(product, row, provider, shape);
      } finally {
        await product.close();
      }
      expect(sandbox.apis[provider].faults.list()).toEqual([]);
    });
  });

  it.each(unreachableRows)('$name', async ({ start }) => {
    const place = await start();
    if (place === undefined) return;
    const { origin, outcome, requests, settings } = place;
    const { pathname } = new URL(sandbox.apis[provider].source.baseUrl);
    const product = await startProduct({ [provider]: { baseUrl: `${origin}${pathname.replace(/\/$/, '')}`, ...settings } });
    for (const shape of shapes) {
      const before = await readCounter(product.url, 'upstream_calls_total', { source: provider });
      const result = await ask(product, provider, shape);
      const made = (await readCounter(product.url, 'upstream_calls_total', { source: provider })) - before;
      expectAnswer(result, provider, shape, outcome);
      expectNoLeak(result, product, provider, outcome);
      expect({ shape, made }).toEqual({ shape, made: outcome.calls?.(usualCalls(provider, shape)) ?? usualCalls(provider, shape) });
      passed += 1;
    }
    expect(requests).toEqual([]);
    await product.close();
    await place.close();
  });
});
