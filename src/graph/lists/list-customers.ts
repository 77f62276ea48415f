import { nativeIdOf } from '../../providers/kit/native-ids.ts';
import type {
  CustomerFilter,
  ListedCustomer,
  ListedRow,
  ListPlace,
  Source,
  SourceSession,
} from '../../providers/provider.ts';
import { UpstreamError } from '../../rest/errors.ts';
import { sessionOf, type GraphContext } from '../context.ts';
import type { Access } from '../guards/access.ts';
import {
  answeredAt,
  describeFailed,
  describeLoss,
  describeUnlisted,
  forbiddenErrors,
  type Completeness,
} from './completeness.ts';
import type { CheckedFilter } from './filter.ts';
import { copyPosition, placeIn, type ListPosition } from './position.ts';

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
  readonly rows: ListedRow[];
  /** The place behind the rows. */
  end: ListPlace;
  hasMore: boolean;
  isLost: boolean;
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
      .toSorted((a, b) => a.end.offset - b.end.offset);
    if (open.length === 0) break;
    const shares = divide(missing, open.length);
    await Promise.all(open.map((strand, index) => extendStrand(strand, shares[index] ?? 0, filter)));
    missing = size - strands.reduce((count, { rows }) => count + rows.length, 0);
  }
  return finishPage({ sources, filter, start, strands, access: context.access });
}

function openStrand(
  source: Source,
  filter: CustomerFilter,
  start: ListPosition,
  context: GraphContext,
): Strand | undefined {
  if (describeUnlisted(source, filter, context.access) !== undefined) return undefined;
  const hasMore = !start.finished.has(source.name);
  return {
    source,
    session: sessionOf(source, context),
    rows: [],
    end: placeIn(start, source.name),
    hasMore,
    isLost: start.lost.has(source.name),
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
    const page = await session.fetchPage({ after: strand.end, limit, filter, wantsTotal: false });
    const isStanding = page.rows.length === 0 && page.end.page?.token === strand.end.page?.token;
    if (page.hasMore && isStanding && page.failure === undefined) {
      throw new UpstreamError('UPSTREAM_BAD_RESPONSE', source, { reason: 'a list goes on without rows' });
    }
    strand.rows.push(...page.rows);
    strand.end = page.end;
    strand.hasMore = page.hasMore;
    strand.isLost = page.isPlaceLost === true;
    strand.failure = page.failure;
    strand.total = page.total ?? undefined;
    strand.fetchedAt = answeredAt(strand.rows.map(({ customer }) => customer?.row));
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    strand.failure = error;
  }
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
  readonly access: Access;
}

function finishPage({ sources, filter, start, strands, access }: Finishing): CustomerPage {
  const rows: { customer: ListedCustomer; position: ListPosition }[] = [];
  const failures: Error[] = strands.flatMap(({ failure }) => failure ?? []);
  const reached = new Map(start.reached);
  const finished = new Set(start.finished);
  const lost = new Set(start.lost);
  const finish = ({ source, hasMore, failure, isLost }: Strand) => {
    if (hasMore || failure !== undefined) return;
    finished.add(source.name);
    if (isLost) lost.add(source.name);
  };
  const seen = new Set<string>();
  for (const { strand, listed, isLast } of interleave(strands)) {
    const { source } = strand;
    const { customer, after } = listed;
    reached.set(source.name, isLast ? strand.end : after);
    if (isLast) finish(strand);
    if (customer === undefined) {
      failures.push(
        new UpstreamError('UPSTREAM_BAD_RESPONSE', source, {
          reason: 'a row of a list is no record with an id',
        }),
      );
      continue;
    }
    // A source that sends a row twice is no reason to show a customer twice.
    const key = `${source.name}:${nativeIdOf(customer.row)}`;
    if (!seen.has(key)) rows.push({ customer, position: copyPosition({ reached, finished, lost }) });
    seen.add(key);
  }
  for (const strand of strands) {
    if (strand.end !== placeIn(start, strand.source.name)) reached.set(strand.source.name, strand.end);
    finish(strand);
  }
  const described = new Map(
    strands.map((strand) => [strand.source, describeStrand(strand, filter, finished)]),
  );
  const completeness = sources.flatMap(
    (source) => described.get(source) ?? describeUnlisted(source, filter, access) ?? [],
  );
  return {
    rows,
    end: { reached, finished, lost },
    hasNextPage: strands.some(({ source }) => !finished.has(source.name)),
    completeness,
    failures: [...failures, ...forbiddenErrors(completeness)],
  };
}

/** One row of each strand in turn. */
function* interleave(
  strands: readonly Strand[],
): Generator<{ readonly strand: Strand; readonly listed: ListedRow; readonly isLast: boolean }> {
  const longest = Math.max(0, ...strands.map(({ rows }) => rows.length));
  for (let index = 0; index < longest; index += 1) {
    for (const strand of strands) {
      const listed = strand.rows[index];
      if (listed !== undefined) yield { strand, listed, isLast: index === strand.rows.length - 1 };
    }
  }
}

function describeStrand(
  { source, failure, fetchedAt, total, isLost }: Strand,
  filter: CustomerFilter,
  finished: ReadonlySet<string>,
): Completeness {
  const listed = { source, filter, code: null, reason: null, fetchedAt, total };
  if (failure !== undefined) return describeFailed(listed, failure);
  if (isLost) return { ...listed, status: 'PARTIAL', reason: describeLoss(source) };
  return { ...listed, status: finished.has(source.name) ? 'COMPLETE' : 'PARTIAL' };
}
