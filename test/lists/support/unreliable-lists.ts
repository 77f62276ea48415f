import { z } from 'zod';
import { startTestProduct, type SourceEntry, type TestProduct } from '../../support/product.ts';
import { startStubServer, type RecordingServer, type StubAnswer } from '../../support/recording-server.ts';
import { entryFor } from '../../support/sources.ts';
import { apiOf } from './listed-apis.ts';
import { readPage, type ListPage } from './list-page.ts';
import { search } from './search-page.ts';
import { readers, type Reader, type UnreliablePlan, type UnreliableResult } from './unreliable-plans.ts';
import { createUpstream, type ListedRow, type UnreliableUpstream } from './unreliable-upstream.ts';

export interface UnreliableLists {
  /** Reads a list of a source that nothing is known of yet. */
  read(plan: UnreliablePlan): Promise<UnreliableResult>;
  /** Calls made for the list that was read last. */
  readonly calls: readonly string[];
  close(): Promise<void>;
}

/** What of a list came, without repeats being left out, and whether that was said to be all. */
interface ReadRows {
  readonly ids: readonly string[];
  readonly isComplete: boolean;
}

/** Sources of each provider that a server is started with: what it learns of a source is of use to no other reading. */
const sourcesAtOnce = 100;

/** Pages of a walk at most. */
const mostPages = 200;

/** Pages without anything new after which a client gives up. */
const patience = 3;

export async function startUnreliableLists(settings: Record<string, unknown> = {}): Promise<UnreliableLists> {
  let answer: (url: URL) => StubAnswer = () => ({ status: 404 });
  const stub = await startStubServer((url) => answer(url));
  let product: TestProduct | undefined;
  let readings = 0;

  async function prepare(): Promise<{ readonly product: TestProduct; readonly index: number }> {
    const index = readings % sourcesAtOnce;
    readings += 1;
    if (index === 0) {
      await product?.close();
      product = undefined;
    }
    stub.calls.length = 0;
    stub.requests.length = 0;
    product ??= await startTestProduct(createSources(stub, settings));
    return { product, index };
  }

  return {
    calls: stub.calls,
    async read(plan) {
      const ready = await prepare();
      const { path, createRow, read } = readingOf(plan.reader);
      const list = createUpstream(plan, createRow);
      answer = (url) => (isList(url, path) ? list.answer(url) : answerRecord(url));
      const source = `${readers[plan.reader]}${ready.index}`;
      const { ids, isComplete } = await read({ product: ready.product, source, plan, list });
      const found = new Set(ids);
      const staying = list.findStaying();
      return {
        isComplete,
        isEndSaid: list.isEndSaid(),
        repeated: staying.filter((id) => ids.indexOf(id) !== ids.lastIndexOf(id)),
        missing: staying.filter((id) => !found.has(id)),
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
  const more = { ...settings, breaker: { minCalls: 1_000 }, cache: { lookupsSeconds: 0 } };
  for (let index = 0; index < sourcesAtOnce; index += 1) {
    sources[`elevate${index}`] = entryFor.elevate(url, more);
    sources[`sage200${index}`] = entryFor.sage200(url, more);
    sources[`cro${index}`] = entryFor.cro(`${url}/cro`, more);
  }
  return sources;
}

function isList({ pathname, searchParams }: URL, path: string): boolean {
  const isRecords = searchParams.get('$filter')?.startsWith('id eq ') === true;
  return pathname === path && !isRecords;
}

/** A customer of any id, who refers to a row of each collection by it. */
function answerRecord(url: URL): StubAnswer {
  const create = (id: number) => ({
    id,
    contractOwnerId: id,
    billingCycleId: id,
    currency_id: id,
    price_band_id: id,
  });
  const filter = url.searchParams.get('$filter');
  if (apiOf(url) === 'sage200' && filter !== null)
    return { body: [...filter.matchAll(/id eq (\d+)/g)].map(([, id]) => create(Number(id))) };
  const id = Number(url.pathname.split('/').at(-1));
  return Number.isNaN(id) ? { status: 404 } : { body: create(id) };
}

interface Reading {
  readonly product: TestProduct;
  readonly source: string;
  readonly plan: UnreliablePlan;
  readonly list: UnreliableUpstream;
}

interface ReadingKind {
  readonly path: string;
  readonly createRow: (id: number) => ListedRow;
  readonly read: (reading: Reading) => Promise<ReadRows>;
}

const customerPaths = {
  elevate: '/v1/customers',
  sage200: '/sage/customers',
  cro: '/cro/customers',
} as const;

function readingOf(reader: Reader): ReadingKind {
  const api = readers[reader];
  const createRow = (id: number) => ({ id, name: 'harbour', customerName: 'harbour' });
  switch (reader) {
    case 'customers of Elevate':
    case 'customers of Sage 200':
    case 'customers of CRO':
      return { path: customerPaths[api], createRow, read: walkThrough };
    case 'search of Elevate':
    case 'search of Sage 200':
    case 'search of CRO':
      return { path: customerPaths[api], createRow, read: searchFor };
    case 'sites':
      return readChildren('ElevateCustomer', 'sites', '/v1/sites', { customerId: 1 });
    case 'branches':
      return readChildren('Sage200Customer', 'branches', '/sage/customers', { associated_head_office_id: 1 });
    case 'delivery addresses':
      return readChildren('Sage200Customer', 'deliveryAddresses', '/sage/customer_delivery_addresses', {
        customer_id: 1,
      });
    case 'children':
      return readChildren('CroCustomer', 'children', '/cro/customers', { parent_id: 1 });
    case 'contract owners':
      return readLookups('ElevateCustomer', 'contractOwner', '/v1/contract-owners');
    case 'billing cycles':
      return readLookups('ElevateCustomer', 'billingCycle', '/v1/billing-cycles');
    case 'currencies':
      return readLookups('Sage200Customer', 'currency', '/sage/currencies');
    case 'price bands':
      return readLookups('Sage200Customer', 'priceBand', '/sage/price_bands');
  }
}

/** Reads page after page until there are no more, or nothing new comes. */
async function walkThrough({ product, source, plan: { firsts } }: Reading): Promise<ReadRows> {
  const ids: string[] = [];
  let after: string | null = null;
  let idle = 0;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const first = firsts[pages % firsts.length] ?? 20;
    const page: ListPage = await readPage(product, { first, after, filter: { sources: [source] } });
    ids.push(...page.ids.map((id) => id.slice(source.length + 1)));
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

async function searchFor({ product, source }: Reading): Promise<ReadRows> {
  const { ids, completeness } = await search(product, { text: 'harbour', first: 50, sources: [source] });
  const isComplete = completeness[0]?.status === 'COMPLETE';
  return { ids: ids.map((id) => id.slice(source.length + 1)), isComplete };
}

const childrenForm = z.object({
  customer: z.object({ rows: z.array(z.object({ nativeId: z.string() })).nullable() }),
});

function readChildren(type: string, field: string, path: string, owner: object): ReadingKind {
  return {
    path,
    createRow: (id) => ({ id, ...owner }),
    async read({ product, source }) {
      const { data, errors } = await product.query(
        `{ customer(id: "${source}:1") { ... on ${type} { rows: ${field} { nativeId } } } }`,
      );
      const { rows } = childrenForm.parse(data).customer;
      if (rows === null && errors.length === 0) throw new Error(`${field} is null without a word`);
      return { ids: (rows ?? []).map(({ nativeId }) => nativeId), isComplete: errors.length === 0 };
    },
  };
}

const lookupsForm = z.object({
  customersByIds: z.array(
    z.object({ lookup: z.object({ name: z.string().nullable(), nativeId: z.string() }).nullable() }),
  ),
});

/** Reads what customers refer to, each to another row of a collection. */
function readLookups(type: string, field: string, path: string): ReadingKind {
  return {
    path,
    createRow: (id) => ({ id, name: `row ${id}` }),
    async read({ product, source, plan }) {
      const ids = Array.from({ length: plan.count }, (_, index) => `${source}:${(index + 1) * 1_000}`);
      if (ids.length === 0) return { ids: [], isComplete: true };
      const { data, errors } = await product.query(
        `query ($ids: [ID!]!) { customersByIds(ids: $ids) { ... on ${type} { lookup: ${field} { nativeId name } } } }`,
        { variables: { ids } },
      );
      const found = lookupsForm
        .parse(data)
        .customersByIds.flatMap(({ lookup }) =>
          lookup !== null && lookup.name === `row ${lookup.nativeId}` ? [lookup.nativeId] : [],
        );
      return { ids: found, isComplete: errors.length === 0 };
    },
  };
}
