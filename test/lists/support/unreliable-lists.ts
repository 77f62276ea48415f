import fc from 'fast-check';
import { pageOf } from '../../support/page-of.ts';
import { startTestProduct, type SourceEntry, type TestProduct } from '../../support/product.ts';
import { startStubServer, type RecordingServer, type StubAnswer } from '../../support/recording-server.ts';
import { entryFor } from '../../support/sources.ts';
import { readPage, type ListPage } from './list-page.ts';
import { apiOf, createCustomers, type ApiName } from './listed-apis.ts';

/** What a list of customers does while it is walked through. */
export interface UnreliableWalk {
  readonly api: ApiName;
  /** Customers at the start. */
  readonly count: number;
  /** Rows that a page has at most; null where as many are sent as are asked for. */
  readonly cap: number | null;
  /** What its answers say of the limit and of what follows: nothing, the limit, the total, or a link. */
  readonly says: 'NOTHING' | 'LIMIT' | 'TOTAL' | 'LIMIT_AND_TOTAL' | 'LINKS';
  /** The call, from 1, that is answered with the page sent before it, and whether all later ones are. */
  readonly repeat: { readonly call: number; readonly isForever: boolean } | null;
  /** What happens behind a call, from 1. */
  readonly changes: readonly {
    readonly call: number;
    readonly kind: 'DELETE' | 'INSERT';
    /** A share of the list. */
    readonly at: number;
    readonly rows: number;
  }[];
  /** Sizes of the pages that a client asks for, in turn. */
  readonly firsts: readonly number[];
}

/** How a walk ended. */
export interface UnreliableResult {
  /** Whether the last page called the list complete, rather than saying why it is not. */
  readonly isComplete: boolean;
  readonly repeated: readonly string[];
  /** Customers that were there all the time and were not listed. */
  readonly missing: readonly string[];
}

export interface UnreliableLists {
  /** Walks through a list of a source that nothing is known of yet. */
  walk(plan: UnreliableWalk): Promise<UnreliableResult>;
  close(): Promise<void>;
}

const call = fc.integer({ min: 1, max: 12 });

/**
 * A walk with its list. Narrower than what may happen: with smaller pages, with more changes, or with pages that come again
 * and do not say which they are, customers can be lost without a word.
 */
export function arbitraryUnreliableWalk(api: ApiName): fc.Arbitrary<UnreliableWalk> {
  const walk: fc.Arbitrary<UnreliableWalk> = fc.record({
    api: fc.constant(api),
    count: fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: 90 })),
    // Pages of two rows cannot overlap, and a place remembers five.
    cap: fc.oneof(fc.constant(null), fc.integer({ min: 5, max: 12 }), fc.integer({ min: 5, max: 60 })),
    says: fc.constantFrom('NOTHING', 'LIMIT', 'TOTAL', 'LIMIT_AND_TOTAL', 'LINKS'),
    repeat: fc.oneof(
      fc.constant(null),
      fc.record({ call: fc.integer({ min: 2, max: 6 }), isForever: fc.boolean() }),
    ),
    changes: fc.oneof(
      fc.constant([]),
      fc.array(
        fc.record({
          call,
          kind: fc.constantFrom('DELETE', 'INSERT'),
          at: fc.double({ min: 0, max: 1, noNaN: true }),
          rows: fc.integer({ min: 1, max: 2 }),
        }),
        // Fewer rows than a place remembers: if all that marks it vanish, what follows a short page is past telling.
        { maxLength: 2 },
      ),
    ),
    firsts: fc.array(fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 4, max: 30 })), {
      minLength: 1,
      maxLength: 4,
    }),
  });
  return walk.map((plan) => (canTellRepeats(plan) ? plan : { ...plan, repeat: null }));
}

/** Whether a page sent again can be told from the one asked for: by the number that it says. */
function canTellRepeats({ api, says }: UnreliableWalk): boolean {
  return api !== 'sage200' && (says === 'LIMIT' || says === 'LIMIT_AND_TOTAL');
}

/** Whether all that a list says is true, and it stays as it is. */
export function isHonest({ cap, says, repeat, changes }: UnreliableWalk): boolean {
  return repeat === null && changes.length === 0 && (cap === null || says !== 'NOTHING');
}

/** What is wrong with a walk: a customer is repeated, or lost without a word, or a list is not read to its end. */
export function findSilentLosses(plan: UnreliableWalk, result: UnreliableResult): string[] {
  const { isComplete, repeated, missing } = result;
  return [
    ...repeated.map((id) => `${id} is repeated`),
    ...(isComplete ? missing.map((id) => `${id} is lost silently`) : []),
    ...(isHonest(plan) && !isComplete ? ['an honest list is not complete'] : []),
  ];
}

/** Sources of each provider that a server is started with: what it learns of a source is of use to no other walk. */
const sourcesAtOnce = 100;

/** Pages of a walk at most. */
const mostPages = 200;

/** Pages without anything new after which a client gives up. */
const patience = 3;

export async function startUnreliableLists(settings: Record<string, unknown> = {}): Promise<UnreliableLists> {
  let answer: (url: URL) => StubAnswer = () => ({ status: 404 });
  const stub = await startStubServer((url) => answer(url));
  let product: TestProduct | undefined;
  let walks = 0;

  async function prepare(): Promise<{ readonly product: TestProduct; readonly index: number }> {
    const index = walks % sourcesAtOnce;
    walks += 1;
    if (index === 0) {
      await product?.close();
      product = undefined;
      stub.calls.length = 0;
      stub.requests.length = 0;
    }
    product ??= await startTestProduct(createSources(stub, settings));
    return { product, index };
  }

  return {
    async walk(plan) {
      const ready = await prepare();
      const list = createList(plan);
      answer = (url) => list.answer(url);
      const { ids, isComplete } = await walkThrough(ready.product, `${plan.api}${ready.index}`, plan.firsts);
      const found = new Set(ids);
      return {
        isComplete,
        repeated: ids.filter((id, index) => ids.indexOf(id) !== index),
        missing: list.findStaying().filter((id) => !found.has(id)),
      };
    },
    async close() {
      await product?.close();
      await stub.close();
    },
  };
}

function createSources({ url }: RecordingServer, settings: Record<string, unknown>) {
  const sources: Record<string, SourceEntry> = {};
  for (let index = 0; index < sourcesAtOnce; index += 1) {
    sources[`elevate${index}`] = entryFor.elevate(url, settings);
    sources[`sage200${index}`] = entryFor.sage200(url, settings);
    sources[`cro${index}`] = entryFor.cro(`${url}/cro`, settings);
  }
  return sources;
}

/** Reads page after page until there are no more, or nothing new comes. Ids are without their source. */
async function walkThrough(
  product: TestProduct,
  source: string,
  firsts: readonly number[],
): Promise<{ readonly ids: readonly string[]; readonly isComplete: boolean }> {
  const ids: string[] = [];
  let after: string | null = null;
  let idle = 0;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const first = firsts[pages % firsts.length] ?? 20;
    const page: ListPage = await readPage(product, { first, after, filter: { sources: [source] } });
    ids.push(...page.ids.map((id) => id.slice(source.length + 1)));
    if (new Set(ids).size < ids.length) return { ids, isComplete: false };
    const isComplete = page.completeness[0]?.status === 'COMPLETE';
    idle = page.ids.length > 0 ? 0 : idle + 1;
    if (!page.pageInfo.hasNextPage || idle === patience) {
      if (!isComplete && page.errors.length === 0 && page.completeness[0]?.reason === null)
        throw new Error('a walk ends incomplete without a word');
      return { ids, isComplete };
    }
    after = page.pageInfo.endCursor;
  }
  throw new Error('the walk does not end');
}

/** A list by its provider's protocol, that does as planned. */
function createList(plan: UnreliableWalk) {
  let rows = createCustomers(plan.api, plan.count).map((row, index) => ({ ...row, id: (index + 1) * 1_000 }));
  const staying = new Set(rows.map(({ id }) => id));
  let calls = 0;
  let inserted = 0;
  let latest: StubAnswer | undefined;

  function change({ kind, at, rows: count }: UnreliableWalk['changes'][number]): void {
    const start = Math.floor(at * rows.length);
    if (kind === 'DELETE') {
      for (const { id } of rows.splice(start, count)) staying.delete(id);
      return;
    }
    const before = rows[start - 1]?.id ?? 0;
    const added = Array.from({ length: count }, (_, index) => ({
      id: before + inserted + index + 1,
      name: 'x',
    }));
    inserted += count;
    rows = [...rows, ...added].toSorted((a, b) => a.id - b.id);
  }

  return {
    answer(url: URL): StubAnswer {
      if (!url.pathname.endsWith('/customers') || apiOf(url) !== plan.api) return { status: 404 };
      calls += 1;
      const { repeat } = plan;
      const isRepeated = repeat !== null && (repeat.isForever ? calls >= repeat.call : calls === repeat.call);
      if (latest === undefined || !isRepeated) latest = answerPage(url, rows, plan);
      for (const due of plan.changes) if (due.call === calls) change(due);
      return latest;
    },
    findStaying: () => [...staying].map(String),
  };
}

/** Marks in a link where the next page begins, by the id before it. */
const tokenName = '$skiptoken';

/** The page that is asked for, and what is said of it. */
function answerPage(url: URL, all: readonly { readonly id: number }[], plan: UnreliableWalk): StubAnswer {
  const { api, says } = plan;
  const { searchParams } = url;
  const [, behind] = /\bid gt (\d+)/.exec(searchParams.get('$filter') ?? '') ?? [];
  const rows = behind === undefined ? all : all.filter(({ id }) => id > Number(behind));
  const asked = Number(searchParams.get({ elevate: 'pageSize', sage200: '$top', cro: 'page_limit' }[api]));
  const limit = Math.min(asked, plan.cap ?? asked);
  const token = searchParams.get(tokenName);
  const page =
    token === null ? pageOf(url, rows, limit) : rows.filter(({ id }) => id > Number(token)).slice(0, limit);
  const last = page.at(-1);
  const next =
    says === 'LINKS' && last !== undefined && last !== rows.at(-1) ? linkBehind(url, last.id) : undefined;
  return envelop(api, page, {
    says,
    limit,
    index: Number(searchParams.get(api === 'cro' ? 'page_index' : 'page')),
    total: rows.length,
    next,
  });
}

interface Said extends Pick<UnreliableWalk, 'says'> {
  readonly limit: number;
  /** The number of the page. */
  readonly index: number;
  readonly total: number;
  readonly next: string | undefined;
}

function envelop(
  api: ApiName,
  page: readonly object[],
  { says, limit, index, total, next }: Said,
): StubAnswer {
  const saysLimit = says === 'LIMIT' || says === 'LIMIT_AND_TOTAL';
  const saysTotal = says === 'TOTAL' || says === 'LIMIT_AND_TOTAL';
  if (api === 'cro') {
    const limits = saysLimit ? { current_page: index, current_limit: limit } : {};
    return { body: { results: page, ...limits, ...(saysTotal ? { total_count: total } : {}), next } };
  }
  if (says === 'NOTHING') return { body: page };
  if (api === 'elevate') {
    if (says === 'LINKS')
      return { body: page, headers: next === undefined ? {} : { link: `<${next}>; rel="next"` } };
    const limits = saysLimit ? { page: index, pageSize: limit } : {};
    return { body: { items: page, ...limits, ...(saysTotal ? { total } : {}) } };
  }
  // OData has no word for the limit alone, and its envelope without a link says that nothing follows.
  if (says === 'LIMIT') return { body: { items: page, limit } };
  return { body: { value: page, ...(saysTotal ? { '@odata.count': total } : {}), '@odata.nextLink': next } };
}

/** The URL of the rows behind an id, relative. */
function linkBehind({ searchParams }: URL, id: number): string {
  const query = new URLSearchParams(searchParams);
  query.set(tokenName, String(id));
  return `?${query.toString()}`;
}
