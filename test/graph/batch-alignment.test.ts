import { afterAll, beforeAll, expect, it } from '@jest/globals';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { idsIn } from './support/endless-apis.ts';

/** A row of a list answer; its name tells it from others of its id. */
interface SageRow {
  readonly id: number | string;
  readonly name: string;
}

/** How the REST API answers: which rows it has of each id, what it adds, and how it orders them. */
interface Plan {
  /** 0 to 3 rows of the id at that position, with numbers or texts for ids. */
  readonly rowsOf: ReadonlyMap<number, readonly ('number' | 'text')[]>;
  readonly foreign: readonly unknown[];
  readonly seed: number;
}

let plan: Plan = { rowsOf: new Map(), foreign: [], seed: 0 };
let sent = new Map<string, string>();
let stub: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  stub = await startStubServer(({ pathname, searchParams }) => {
    const filter = searchParams.get('$filter');
    if (filter !== null) return { body: answerMany(idsIn(filter)) };
    const [row] = rowsOf(Number(pathname.split('/').at(-1)));
    if (row === undefined) return { status: 404 };
    remember(row);
    return { body: row };
  });
  product = await startTestProduct({ sage: entryFor.sage200(stub.url) });
});

afterAll(async () => {
  await product.close();
  await stub.close();
});

function rowsOf(id: number): SageRow[] {
  return (plan.rowsOf.get(id) ?? []).map((form, index) => ({
    id: form === 'number' ? id : String(id),
    name: `${id} as ${index}`,
  }));
}

function answerMany(ids: readonly number[]): unknown[] {
  const rows = shuffle([...ids.flatMap(rowsOf), ...plan.foreign], plan.seed + (ids[0] ?? 0));
  for (const row of rows) if (isSageRow(row) && ids.includes(Number(row.id))) remember(row);
  return rows;
}

/** Of several rows with an id the first counts. */
function remember({ id, name }: SageRow): void {
  if (!sent.has(String(id))) sent.set(String(id), name);
}

function isSageRow(row: unknown): row is SageRow {
  return typeof row === 'object' && row !== null && 'id' in row && 'name' in row;
}

function shuffle<T>(items: readonly T[], seed: number): T[] {
  const keyed = items.map((item, index) => ({ item, key: Math.imul(index + 1 + seed, 2_654_435_761) >>> 0 }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
}

const foreignRow = fc.oneof(
  fc.record({ id: fc.integer({ min: 61, max: 99 }), name: fc.constant('foreign') }),
  fc.constantFrom(
    null,
    'a text',
    7,
    [],
    {},
    { name: 'without id' },
    { id: null, name: 'null' },
    { id: 1.5, name: 'broken' },
    { id: {} },
  ),
);
const plans = fc.record({
  rowsOf: fc
    .array(fc.array(fc.constantFrom('number' as const, 'text' as const), { maxLength: 3 }), {
      minLength: 60,
      maxLength: 60,
    })
    .map((rows) => new Map(rows.map((forms, index) => [index + 1, forms]))),
  foreign: fc.array(foreignRow, { maxLength: 6 }),
  seed: fc.nat(),
});
const idLists = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 70 });

it('gives each position the customer of its id or null, whatever a list answer looks like', async () => {
  const check = fc.assert(
    fc.asyncProperty(idLists, plans, async (ids, nextPlan) => {
      plan = nextPlan;
      sent = new Map();
      const { data, errors } = await product.query(
        'query ($ids: [ID!]!) { customersByIds(ids: $ids) { id nativeId name } }',
        {
          variables: { ids: ids.map((id) => `sage:${id}`) },
        },
      );
      const expected = ids.map((id) => {
        const name = sent.get(String(id));
        return name === undefined ? null : { id: `sage:${id}`, nativeId: String(id), name };
      });
      assert.deepEqual({ customers: data['customersByIds'], errors }, { customers: expected, errors: [] });
      // A customer that was sent is in the answer.
      assert.deepEqual(
        ids.filter((id) => expected[ids.indexOf(id)] === null),
        ids.filter((id) => (plan.rowsOf.get(id) ?? []).length === 0),
      );
    }),
    { numRuns: 1_000 },
  );
  await expect(check).resolves.toBeUndefined();
}, 60_000);
