import { nativeIdOf } from '../../providers/kit/native-ids.ts';
import type {
  CustomerFilter,
  ListedCustomer,
  ListPage,
  Source,
  SourceSession,
} from '../../providers/provider.ts';
import { UpstreamError } from '../../rest/errors.ts';
import { sessionOf, type GraphContext } from '../context.ts';
import { answeredAt, describeFailed, describeUnlisted, type Completeness } from './completeness.ts';
import type { CheckedFilter } from './filter.ts';
import { advance, sourceStart, type ListPosition, type SourcePosition } from './position.ts';

export interface CustomerPage {
  readonly rows: readonly { readonly customer: ListedCustomer; readonly position: ListPosition }[];
  /** Where the next page begins. */
  readonly end: ListPosition;
  readonly hasNextPage: boolean;
  readonly completeness: readonly Completeness[];
  /** What went wrong, for the answer's errors. */
  readonly failures: readonly Error[];
}

/** One source while a page is put together. */
interface Strand {
  readonly source: Source;
  readonly session: SourceSession;
  /** Where the page begins. */
  readonly start: SourcePosition;
  readonly rows: ListPage['rows'][number][];
  hasMore: boolean;
  failure: UpstreamError | undefined;
  fetchedAt: string | null;
  total: number | null | undefined;
}

/**
 * Puts a page together from several sources, all asked at once. Each is asked for its share; where some have less
 * than that, the others are asked for the rest.
 */
export async function listCustomers(
  { sources, filter }: CheckedFilter,
  start: ListPosition,
  size: number,
  context: GraphContext,
): Promise<CustomerPage> {
  const strands = sources.flatMap((source) => openStrand(source, filter, start, context) ?? []);
  let missing = size;
  while (missing > 0) {
    // What cannot be shared evenly goes to those of whom there is least so far: a small page begins where the last one ended.
    const open = strands
      .filter(({ hasMore, failure }) => hasMore && failure === undefined)
      .toSorted((a, b) => reach(a) - reach(b));
    if (open.length === 0) break;
    const shares = divide(missing, open.length);
    await Promise.all(open.map((strand, index) => extendStrand(strand, shares[index] ?? 0, filter)));
    missing = size - strands.reduce((count, { rows }) => count + rows.length, 0);
  }
  return finishPage({ sources, filter, start, strands });
}

function openStrand(
  source: Source,
  filter: CustomerFilter,
  start: ListPosition,
  context: GraphContext,
): Strand | undefined {
  if (describeUnlisted(source, filter) !== undefined) return undefined;
  const hasMore = !start.finished.has(source.name);
  return {
    source,
    session: sessionOf(source, context),
    start: start.reached.get(source.name) ?? sourceStart,
    rows: [],
    hasMore,
    failure: undefined,
    fetchedAt: null,
    total: undefined,
  };
}

async function extendStrand(strand: Strand, share: number, filter: CustomerFilter): Promise<void> {
  const { source, session } = strand;
  const limit = Math.min(share, source.listing?.maxPageSize ?? share);
  if (limit === 0) return;
  try {
    const reached = advance(strand.start, strand.rows);
    const { rows, hasMore, beginsWith, total } = await session.fetchPage({
      offset: reached.offset,
      limit,
      filter,
      wantsTotal: false,
    });
    if (beginsWith !== undefined && beginsWith === reached.firstId) {
      throw new UpstreamError('UPSTREAM_BAD_RESPONSE', source, {
        reason: 'a later page of a list is its first one again',
      });
    }
    strand.rows.push(...rows);
    strand.hasMore = hasMore && rows.length > 0;
    strand.total = total ?? undefined;
    strand.fetchedAt = answeredAt(strand.rows);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    strand.failure = error;
  }
}

/** Rows of the source up to the end of the page. */
function reach({ start, rows }: Strand): number {
  return start.offset + rows.length;
}

/** 7 among 3: 3, 2, 2. */
function divide(count: number, parts: number): number[] {
  return Array.from(
    { length: parts },
    (_, index) => Math.floor(count / parts) + (index < count % parts ? 1 : 0),
  );
}

interface Finishing {
  readonly sources: readonly Source[];
  readonly filter: CustomerFilter;
  readonly start: ListPosition;
  readonly strands: readonly Strand[];
}

function finishPage({ sources, filter, start, strands }: Finishing): CustomerPage {
  const rows: { customer: ListedCustomer; position: ListPosition }[] = [];
  const failures: Error[] = strands.flatMap(({ failure }) => failure ?? []);
  const reached = new Map(start.reached);
  const finished = new Set(start.finished);
  const seen = new Set<string>();
  for (const { strand, customer, isLast } of interleave(strands)) {
    const { source } = strand;
    reached.set(source.name, advance(reached.get(source.name) ?? sourceStart, [customer]));
    if (isLast && !strand.hasMore && strand.failure === undefined) finished.add(source.name);
    if (customer === undefined) {
      failures.push(
        new UpstreamError('UPSTREAM_BAD_RESPONSE', source, {
          reason: 'a row of a list is no record with an id',
        }),
      );
      continue;
    }
    // A source that sends a row twice is no reason to show a customer twice.
    const key = `${source.name}:${nativeIdOf(customer.row.data)}`;
    if (!seen.has(key))
      rows.push({ customer, position: { reached: new Map(reached), finished: new Set(finished) } });
    seen.add(key);
  }
  for (const { source, hasMore, failure } of strands)
    if (!hasMore && failure === undefined) finished.add(source.name);
  const described = new Map(
    strands.map((strand) => [strand.source, describeStrand(strand, filter, finished)]),
  );
  return {
    rows,
    end: { reached, finished },
    hasNextPage: strands.some(({ source }) => !finished.has(source.name)),
    completeness: sources.flatMap(
      (source) => described.get(source) ?? describeUnlisted(source, filter) ?? [],
    ),
    failures,
  };
}

/** One row of each strand in turn. */
function* interleave(strands: readonly Strand[]) {
  const longest = Math.max(0, ...strands.map(({ rows }) => rows.length));
  for (let index = 0; index < longest; index += 1) {
    for (const strand of strands) {
      if (index < strand.rows.length)
        yield { strand, customer: strand.rows[index], isLast: index === strand.rows.length - 1 };
    }
  }
}

function describeStrand(
  { source, failure, fetchedAt, total }: Strand,
  filter: CustomerFilter,
  finished: ReadonlySet<string>,
): Completeness {
  const listed = { source, filter, code: null, reason: null, fetchedAt, total };
  if (failure !== undefined) return describeFailed(listed, failure);
  return { ...listed, status: finished.has(source.name) ? 'COMPLETE' : 'PARTIAL' };
}
