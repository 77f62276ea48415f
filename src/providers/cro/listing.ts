import type { CroCustomerRow } from '../../generated/cro.ts';
import { toListPage } from '../kit/list-places.ts';
import { fetchBehind, type CountedList } from '../kit/list-search.ts';
import { coverRange } from '../kit/paging.ts';
import { collectObjects, collectTexts } from '../kit/payload.ts';
import type { CustomerFilter, CustomerListing, CustomerTexts } from '../provider.ts';
import type { Settings } from './config.ts';
import { readEmails } from './emails.ts';
import { maxPage, maxPageSize, minPageSize, type Loaders } from './loaders.ts';
import { toLeastLocalTime } from './local-time.ts';

/** CRO's list of customers: by page number, counted, each row without contacts and locations. */
export function createListing({ timeZone }: Settings): CustomerListing<Loaders> {
  return {
    maxPageSize,
    canCount: true,
    unsupportedFilters: {
      reference: "CRO documents no filter for a customer's reference numbers.",
      ...(timeZone === undefined
        ? {
            updatedSince:
              "CRO compares times without zone: set the source's `timeZone` to turn an instant into one.",
          }
        : {}),
    },
    async fetchPage(request, { after, limit, filter }) {
      // Nothing is left to narrow the list by: CRO would list everybody.
      if (filter.name !== undefined && removeWildcards(filter.name) === '')
        return { rows: [], end: after, hasMore: false, total: 0 };
      const list = listOf(request.session.loaders, filter, timeZone);
      if (limit > 0) return toListPage(after, await fetchBehind(request, list, after, limit), readTexts);
      const { total } = await list.fetchStretch(0, 1);
      return { rows: [], end: after, hasMore: false, total };
    },
  };
}

function listOf(
  loaders: Loaders,
  filter: CustomerFilter,
  timeZone: string | undefined,
): CountedList<CroCustomerRow> {
  return {
    // CRO takes no order, and documents none.
    isSorted: false,
    maxCount: maxPageSize,
    async fetchStretch(offset, count) {
      const { page, pageSize } = coverRange(offset, count, { maxPageSize, minPageSize, maxPage });
      const { rows, total } = await loaders.fetchCustomers({
        page_index: page,
        page_limit: pageSize,
        ...describeFilter(filter, timeZone),
      });
      const start = (page - 1) * pageSize;
      // Without a total a full page may be the last one: that is found out when the next is asked for.
      const hasMore =
        total === null ? rows.length >= pageSize : rows.length > 0 && start + rows.length < total;
      return { start, rows, hasMore, total };
    },
  };
}

function describeFilter({ name, updatedSince, activeOnly }: CustomerFilter, timeZone: string | undefined) {
  return {
    name: name === undefined ? undefined : `*${removeWildcards(name)}*`,
    last_updated_gte: updatedSince === undefined ? undefined : toLeastLocalTime(updatedSince, timeZone),
    active: activeOnly,
  };
}

/** `*` stands for any text and cannot be escaped. */
function removeWildcards(name: string): string {
  return name.replaceAll('*', '').trim();
}

/** Whatever of a customer the rows of this list hold. */
function readTexts({ data }: CroCustomerRow): CustomerTexts {
  const contacts = collectObjects(data.contacts);
  return {
    names: collectTexts([data.name]),
    references: collectTexts(collectObjects(data.locations).map((location) => location.reference_number)),
    postcodes: collectTexts(collectObjects(data.addresses).map(({ postcode }) => postcode)),
    emails: collectTexts(contacts.map(({ email }) => email)).flatMap(readEmails),
    phones: collectTexts(contacts.map(({ number }) => number)),
  };
}
