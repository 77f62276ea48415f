import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { faultNames } from '../../src/sandbox/faults/catalogue.ts';
import { readCounter } from '../support/metrics.ts';
import { startTestProduct, type QueryResult, type TestProduct } from '../support/product.ts';
import {
  ask,
  impatient,
  listSecrets,
  readSection,
  unbreakable,
  usualCalls,
  type Case,
} from './support/fault-cases.ts';
import {
  bodyRows,
  connectionRows,
  listRows,
  pageRows,
  recordRows,
  slowRows,
  statusRows,
  type FaultRow,
} from './support/fault-rows.ts';
import { startFaultySandbox, type FaultySandbox } from './support/faulty-sandbox.ts';
import { providerNames as providers, type ProviderName } from '../support/provider-names.ts';
import { shapes, type Shape } from './support/outcomes.ts';
import { compare } from './support/compare.ts';
import { readFarCursor, readTruth, type Truth } from './support/truth.ts';
import { unreachableRows } from './support/unreachable.ts';

const quickRows = [...connectionRows, ...statusRows, ...bodyRows, ...recordRows, ...listRows, ...pageRows];
const rows = [...quickRows, ...slowRows];
/** Few enough to leave the retries of a source to spare. */
const rowsPerProduct = 4;

const forgotten = quickRows.filter(({ isRemembered }) => isRemembered !== true);
const groups = Array.from({ length: Math.ceil(forgotten.length / rowsPerProduct) }, (_, index) =>
  forgotten.slice(index * rowsPerProduct, (index + 1) * rowsPerProduct),
);

const secondTransportRows = [...connectionRows, ...bodyRows];

let sandbox: FaultySandbox;
let truth: Truth;
/** Cases that were run to their end, and those that this machine cannot run. */
const tally = { passed: 0, impossible: 0 };

beforeAll(async () => {
  sandbox = await startFaultySandbox();
  const product = await startProduct();
  truth = await readTruth(product);
  await product.close();
});

afterEach(() => {
  for (const { faults } of Object.values(sandbox.apis)) faults.clear();
});

afterAll(() => sandbox.close());

/** @param instead replaces settings of a source */
function startProduct(instead: Partial<Record<ProviderName, object>> = {}): Promise<TestProduct> {
  const sourceOf = (provider: ProviderName) => ({
    ...sandbox.apis[provider].source,
    ...unbreakable,
    ...instead[provider],
  });
  return startTestProduct({
    elevate: sourceOf('elevate'),
    sage200: sourceOf('sage200'),
    cro: sourceOf('cro'),
  });
}

function expectAnswer(result: QueryResult, asked: Case): void {
  const { actual, expected } = compare(truth, readSection(result), asked);
  expect(result.status).toBe(200);
  expect(actual).toEqual(expected);
}

/** Nothing is said of how a source is asked, nor of what it sent in place of what was asked for. */
function expectNoLeak({ text }: QueryResult, { logLines }: TestProduct, { provider, outcome }: Case): void {
  const secrets = listSecrets(sandbox);
  const names =
    outcome.kind === 'lost'
      ? [1, 2, 3].map((id) => String(truth.byId.get(`${provider}:${id}`)?.['name']))
      : [];
  expect([...secrets, ...names].filter((secret) => text.includes(secret))).toEqual([]);
  expect(
    secrets.filter(
      (secret) => secret.startsWith('sandbox') && logLines.some((line) => line.includes(secret)),
    ),
  ).toEqual([]);
  expect('isAdmin' in {}).toBe(false);
}

function expectCompleteness({ data }: QueryResult, { provider, outcome }: Case): void {
  const { completeness } = Object(data['customers']);
  const expected = outcome.kind === 'lost' ? { status: 'FAILED', code: outcome.code } : {};
  expect(completeness).toContainEqual(expect.objectContaining({ source: { name: provider }, ...expected }));
}

/** How a fault shows at its source: a call was struck, so many were made. */
interface Trace {
  readonly hasStruck: boolean;
  readonly calls: number;
}

function expectedTrace(row: FaultRow, provider: ProviderName, shape: Shape): Trace {
  const usual = usualCalls(provider, shape);
  return {
    hasStruck: row.canStrike?.(provider, shape) ?? true,
    calls: row.outcome(provider, shape).calls?.(usual) ?? usual,
  };
}

async function runCase(
  product: TestProduct,
  row: FaultRow,
  provider: ProviderName,
  shape: Shape,
): Promise<Trace> {
  const { faults, calls } = sandbox.apis[provider];
  const asked = { provider, shape, outcome: row.outcome(provider, shape), isFarPage: row.isFarPage === true };
  if (row.isSecond) await ask(product, provider, shape);
  const after = asked.isFarPage ? await readFarCursor(product) : undefined;
  faults.set([row.fault(provider)]);
  const before = calls.length;
  const result = await ask(product, provider, shape, after);
  const made = calls.length - before;
  const struck = faults.list().reduce((sum, fault) => sum + fault.struck, 0);
  expectAnswer(result, asked);
  expectNoLeak(result, product, asked);
  if (shape === 'list') expectCompleteness(result, asked);
  tally.passed += 1;
  return { hasStruck: struck > 0, calls: made };
}

/** A product of its own, for what a source remembers. */
async function runAlone(row: FaultRow, provider: ProviderName, shape: Shape, settings = {}): Promise<Trace> {
  const product = await startProduct({ [provider]: settings });
  try {
    return await runCase(product, row, provider, shape);
  } finally {
    await product.close();
  }
}

describe.each(providers)('%s:', (provider) => {
  describe.each([...groups, slowRows])('group %#', (...group) => {
    let product: TestProduct;
    beforeAll(async () => {
      product = await startProduct(
        slowRows.some((row) => group.includes(row)) ? { [provider]: impatient } : {},
      );
    });
    afterAll(() => product.close());

    describe.each(group)('$name', (row) => {
      it.each(shapes)('%s', async (shape) => {
        expect(await runCase(product, row, provider, shape)).toEqual(expectedTrace(row, provider, shape));
      });
    });
  });

  describe.each(quickRows.filter(({ isRemembered }) => isRemembered === true))('$name', (row) => {
    it.each(shapes)('%s', async (shape) => {
      expect(await runAlone(row, provider, shape)).toEqual(expectedTrace(row, provider, shape));
    });
  });

  it.each(unreachableRows)('$name', async ({ start }) => {
    const place = await start();
    if (place === undefined) return void (tally.impossible += shapes.length);
    const { origin, outcome, requests, settings } = place;
    const { pathname } = new URL(sandbox.apis[provider].source.baseUrl);
    const product = await startProduct({
      [provider]: { baseUrl: `${origin}${pathname.replace(/\/$/, '')}`, ...settings },
    });
    for (const shape of shapes) {
      const before = await readCounter(product.url, 'upstream_calls_total', { source: provider });
      const result = await ask(product, provider, shape);
      const made = (await readCounter(product.url, 'upstream_calls_total', { source: provider })) - before;
      const asked = { provider, shape, outcome };
      expectAnswer(result, asked);
      expectNoLeak(result, product, asked);
      expect({ shape, made }).toEqual({
        shape,
        made: outcome.calls?.(usualCalls(provider, shape)) ?? usualCalls(provider, shape),
      });
      tally.passed += 1;
    }
    expect(requests).toEqual([]);
    await product.close();
    await place.close();
  });
});

describe('by the second transport', () => {
  describe.each(secondTransportRows)('$name', (row) => {
    it.each(shapes)('%s', async (shape) => {
      expect(await runAlone(row, 'cro', shape, { transport: 'fetch' })).toEqual(
        expectedTrace(row, 'cro', shape),
      );
    });
  });
});

describe('the table', () => {
  it('has every fault of the sandbox', () => {
    const named = rows.flatMap((row) => providers.map((provider) => row.fault(provider).name));
    expect([...new Set<string>(named)].toSorted()).toEqual(faultNames.toSorted());
  });

  // The last test of this file: by then all others have been run.
  it('was run in full', () => {
    const cases =
      ((rows.length + unreachableRows.length) * providers.length + secondTransportRows.length) *
      shapes.length;
    process.stdout.write(
      `fault table: ${tally.passed} of ${cases} cases passed, ${tally.impossible} cannot be run on this machine\n`,
    );
    expect(tally.passed + tally.impossible).toBe(cases);
  });
});
