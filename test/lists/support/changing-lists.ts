import fc from 'fast-check';
import type { TestProduct } from '../../support/product.ts';
import { startStubServer, type RecordingServer } from '../../support/recording-server.ts';
import { readPage, type ListPage } from './list-page.ts';
import { answerList, apiNames, apiOf, type ApiName } from './listed-apis.ts';

/** What happens to a list while somebody reads it. */
export type Change =
  /** Rows vanish, from a share of the list on. */
  | { readonly kind: 'DELETE'; readonly api: ApiName; readonly at: number; readonly count: number }
  /** The rows listed last vanish. */
  | { readonly kind: 'DELETE_LISTED'; readonly api: ApiName; readonly count: number }
  /** New rows come: at their places by id, or from a share of the list on where it has no order. */
  | { readonly kind: 'INSERT'; readonly api: ApiName; readonly at: number; readonly count: number };

export interface Walk {
  readonly counts: Readonly<Record<ApiName, number>>;
  /** Whether the lists are by ascending id, in an order of their own, or by id but for those who come later. */
  readonly order: 'BY_ID' | 'OWN' | 'BY_ID_AT_FIRST';
  /** Whether the lists change with every call, rather than between pages. */
  readonly isHasty: boolean;
  readonly pages: readonly {
    readonly first: number;
    readonly changes: readonly Change[];
    /** Sources that fail while the page is made. */
    readonly failing: readonly ApiName[];
  }[];
}

/** A row came more than once, or never though it was there all the time. */
export interface WalkResult {
  readonly repeated: readonly string[];
  readonly missing: readonly string[];
  /** Sources that said why they are not complete. */
  readonly lost: readonly ApiName[];
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
const api = fc.constantFrom(...apiNames);

function arbitraryChange(maxChanged: number): fc.Arbitrary<Change> {
  const count = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: maxChanged }));
  return fc.oneof(
    fc.record({ kind: fc.constant('DELETE'), api, at: share, count }),
    fc.record({ kind: fc.constant('DELETE_LISTED'), api, count }),
    fc.record({ kind: fc.constant('INSERT'), api, at: share, count }),
  );
}

/** @param sources the lists that are walked together; the others are empty */
export function arbitraryWalk(
  sources: readonly ApiName[],
  { maxRows = 40, maxChanged = 9 } = {},
): fc.Arbitrary<Walk> {
  const rows = fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: maxRows }));
  const countOf = (name: ApiName) => (sources.includes(name) ? rows : fc.constant(0));
  return fc.record({
    counts: fc.record({ elevate: countOf('elevate'), sage200: countOf('sage200'), cro: countOf('cro') }),
    order: fc.constantFrom('BY_ID', 'OWN', 'BY_ID_AT_FIRST'),
    isHasty: fc.boolean(),
    pages: fc.array(
      fc.record({
        first: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 7, max: 60 })),
        changes: fc.array(arbitraryChange(maxChanged), { maxLength: 4 }),
        failing: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.subarray([...sources])),
      }),
      { maxLength: 8 },
    ),
  });
}

/** What is wrong with a walk. A source that loses its place has to say so. */
export function findFaults({ repeated, missing, lost }: WalkResult): string[] {
  return [
    ...repeated.map((id) => `${id} is repeated`),
    ...missing.flatMap((id) => (lost.some((name) => id.startsWith(name)) ? [] : [`${id} is missing`])),
  ];
}

/** Three REST APIs whose lists change while they are read. */
export interface ChangingLists {
  readonly stub: RecordingServer;
  walk(product: Pick<TestProduct, 'query'>, walk: Walk): Promise<WalkResult>;
}

export async function startChangingLists(): Promise<ChangingLists> {
  let ids: Record<ApiName, number[]> = { elevate: [], sage200: [], cro: [] };
  let nextIds = 0;
  let order: Walk['order'] = 'BY_ID';
  /** What is to happen after the next calls. */
  let pending: Change[] = [];
  let failing: readonly ApiName[] = [];
  const listed: string[] = [];
  const stub = await startStubServer((url) => {
    const rows = (name: ApiName) => ids[name].map((id) => ({ id, name: 'x', customerName: 'x' }));
    const answer = answerList(url, {
      elevate: rows('elevate'),
      // Its order is documented, and more than a few rows show whether it is heeded.
      sage200: rows('sage200').toSorted((a, b) => a.id - b.id),
      cro: rows('cro'),
    });
    const [due] = pending.splice(0, 1);
    if (due !== undefined) apply(due);
    return failing.includes(apiOf(url)) ? { status: 403 } : answer;
  });

  function apply(due: Change): void {
    const list = ids[due.api];
    if (due.kind === 'DELETE_LISTED') {
      const gone = new Set(listed.filter((id) => id.startsWith(due.api)).slice(-due.count));
      ids[due.api] = list.filter((id) => !gone.has(`${due.api}:${id}`));
      return;
    }
    const at = Math.floor(due.at * list.length);
    if (due.kind === 'DELETE') {
      list.splice(at, due.count);
      return;
    }
    for (let added = 0; added < due.count; added += 1) {
      nextIds += 1;
      // Between two of the first ones, or behind them all: never one that was there before.
      list.splice(at, 0, order === 'BY_ID' ? at * 1_000 + nextIds : 1_000_000 + nextIds);
    }
    if (order === 'BY_ID') list.sort((a, b) => a - b);
  }

  async function walk(product: Pick<TestProduct, 'query'>, plan: Walk): Promise<WalkResult> {
    nextIds = 0;
    ({ order } = plan);
    pending = [];
    listed.length = 0;
    ids = {
      elevate: createIds(plan.counts.elevate, order),
      sage200: createIds(plan.counts.sage200, order),
      cro: createIds(plan.counts.cro, order),
    };
    const atStart = apiNames.flatMap((name) => ids[name].map((id) => `${name}:${id}`));
    const gone = new Set<string>();
    let after: string | null = null;
    let lost: ApiName[] = [];
    for (let pages = 1; pages < 500; pages += 1) {
      const planned = plan.pages[pages - 1] ?? { first: 37, changes: [], failing: [] };
      const { first, changes } = planned;
      ({ failing } = planned);
      if (plan.isHasty) pending.push(...changes);
      const page: ListPage = await readPage(product, { first, after });
      listed.push(...page.ids);
      if (!plan.isHasty) changes.forEach(apply);
      for (const id of atStart) if (!isThere(id)) gone.add(id);
      lost = page.completeness.flatMap(({ source, status, reason }) =>
        status === 'PARTIAL' && reason !== null ? apiNames.filter((name) => name === source.name) : [],
      );
      if (!page.pageInfo.hasNextPage) return { ...judge(), lost };
      after = page.pageInfo.endCursor;
    }
    throw new Error('the walk does not end');

    function judge(): Pick<WalkResult, 'repeated' | 'missing'> {
      const found = new Set(listed);
      return {
        repeated: listed.filter((id, index) => listed.indexOf(id) !== index),
        missing: atStart.filter((id) => !gone.has(id) && !found.has(id)),
      };
    }
  }

  function isThere(id: string): boolean {
    return apiNames.some((name) => ids[name].some((nativeId) => id === `${name}:${nativeId}`));
  }

  return { stub, walk };
}

/** 1000, 2000 … or the same in an order that is none. */
function createIds(length: number, order: Walk['order']): number[] {
  const ids = Array.from({ length }, (_, index) => (index + 1) * 1_000);
  return order === 'OWN' ? ids.toSorted((a, b) => ((a * 7_919) % 10_007) - ((b * 7_919) % 10_007)) : ids;
}
