import type { Customer, Sage200CustomerRow } from '../../generated/sage200.ts';
import type { Query } from '../../rest/client.ts';
import type { PagedList } from '../kit/list-pages.ts';
import {
  cutBehind,
  isAscending,
  listStart,
  toListPage,
  type PlacedRow,
  type RowsBehind,
} from '../kit/list-places.ts';
import { readBehind } from '../kit/list-walk.ts';
import { nativeIdOf } from '../kit/native-ids.ts';
import { collectObjects, collectTexts, objectOf } from '../kit/payload.ts';
import type {
  CustomerFilter,
  CustomerListing,
  CustomerTexts,
  ListRange,
  SourceRequest,
} from '../provider.ts';
import type { Expansion } from './expansions.ts';
import type { Settings } from './config.ts';
import { primeCustomers, type Loaders } from './loaders.ts';
import { isBehind, maxTop, quoteText } from './odata.ts';
import { askBehind } from './site.ts';

/** Sage 200's list of customers: from an id on, counted by a call of its own, each row a whole record. */
export function createListing({ maxPageSize = maxTop }: Settings): CustomerListing<Loaders> {
  return {
    // One row more than is wanted tells whether there are more.
    maxPageSize: Math.max(1, Math.min(maxPageSize, maxTop) - 1),
    canCount: true,
    unsupportedFilters: {},
    async fetchPage(request, loaders, range) {
      const { after, limit, wantsTotal } = range;
      const total = wantsTotal ? loaders.countCustomers(describeFilter(range.filter)) : null;
      if (limit === 0) return { rows: [], end: after, hasMore: false, total: await total };
      const [found, counted] = await Promise.all([fetchRows(request, loaders, range), total]);
      const { customers } = loaders;
      const toWhole = (row: Sage200CustomerRow) => (primeCustomers(customers, [row]), row);
      return { ...toListPage(after, found, readTexts, toWhole), total: counted };
    },
  };
}

async function fetchRows(
  request: SourceRequest,
  loaders: Loaders,
  range: ListRange,
): Promise<RowsBehind<Sage200CustomerRow> | undefined> {
  const { after, limit, filter } = range;
  const [latest] = after.ids;
  const isMarkedById = after.isAscending && limit + after.unusable < maxTop;
  const found =
    latest !== undefined && isMarkedById ? await fetchBehindId(request, loaders, range, latest) : undefined;
  return (
    found ?? readBehind(listOf(loaders, range, { $filter: describeFilter(filter), $skip: 0 }), after, limit)
  );
}

/**
 * The rows behind an id, whatever came or went before them.
 *
 * @returns undefined where the site cannot be asked so, or says that there are none though some were seen
 */
async function fetchBehindId(
  request: SourceRequest,
  loaders: Loaders,
  range: ListRange,
  id: string,
): Promise<RowsBehind<Sage200CustomerRow> | undefined> {
  const { after, limit, filter } = range;
  const list = listOf(loaders, range, { $filter: describeFilter(filter, isBehind(id)) });
  const found = await askBehind(
    request,
    loaders.site,
    () => readBehind(list, listStart, limit + after.unusable),
    (answer) => isBehindInOrder(answer?.rows ?? [], id),
  );
  if (found === undefined || (found.rows.length === 0 && after.seenBehind > 0)) return undefined;
  const stretch = { ...found, start: after.offset - after.unusable, rows: found.rows.map(({ row }) => row) };
  const behind = cutBehind(after, stretch, 0, limit);
  // What was seen and not taken: an answer without it, to the next page, is not believed.
  const seenBehind = Math.max(behind.end.seenBehind, found.end.seenBehind);
  return { ...behind, end: { ...behind.end, seenBehind }, isPlaceLost: found.isPlaceLost === true };
}

function isBehindInOrder(rows: readonly PlacedRow<Sage200CustomerRow>[], id: string): boolean {
  const ids = rows.flatMap(({ row }) => (row && nativeIdOf(row)) ?? []);
  return ids[0] !== id && isAscending([id, ...ids]);
}

function listOf(
  { customerList }: Loaders,
  { wantsTexts = false }: ListRange,
  query: Query,
): PagedList<Customer> {
  return customerList(query, wantsTexts ? expansionsOfTexts : []);
}

function describeFilter(
  { name, reference, updatedSince, activeOnly }: CustomerFilter,
  ...more: readonly string[]
): string | undefined {
  const clauses = [
    ...(name === undefined ? [] : [`contains(name,${quoteText(name)})`]),
    ...(reference === undefined ? [] : [`reference eq ${quoteText(reference)}`]),
    // Times are taken in UTC with a `Z` only.
    ...(updatedSince === undefined ? [] : [`date_time_updated ge ${new Date(updatedSince).toISOString()}`]),
    ...(activeOnly === undefined ? [] : [`account_status_type eq 'AccountStatusActive'`]),
    ...more,
  ];
  return clauses.length === 0 ? undefined : clauses.join(' and ');
}

/** What `readTexts` reads and a row does not have by itself. */
const expansionsOfTexts = ['main_address', 'contacts'] as const satisfies readonly Expansion[];

function readTexts({ data }: Sage200CustomerRow): CustomerTexts {
  const contacts = collectObjects(data.contacts);
  return {
    names: collectTexts([data.name, data.short_name]),
    references: collectTexts([data.reference]),
    postcodes: collectTexts([objectOf(data.main_address)?.postcode]),
    emails: collectTexts(contacts.map((contact) => contact.default_email)),
    phones: collectTexts(contacts.map((contact) => contact.default_telephone)),
  };
}
