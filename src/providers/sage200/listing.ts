import type { Sage200CustomerRow } from '../../generated/sage200.ts';
import { idOfFirst } from '../kit/native-ids.ts';
import { collectObjects, collectTexts, objectOf } from '../kit/payload.ts';
import type { CustomerFilter, CustomerListing, CustomerTexts } from '../provider.ts';
import type { Expansion } from './expansions.ts';
import type { Loaders } from './loaders.ts';
import { maxTop, quoteText } from './odata.ts';

/** Sage 200's list of customers: by offset, counted by a call of its own, each row a whole record. */
export function createListing(): CustomerListing<Loaders> {
  return {
    // One row more than is wanted tells whether there are more.
    maxPageSize: maxTop - 1,
    canCount: true,
    unsupportedFilters: {},
    async fetchPage(loaders, { offset, limit, filter, wantsTotal, wantsTexts = false }) {
      const $filter = describeFilter(filter);
      const [rows, total] = await Promise.all([
        // `$skip` is refused without an order.
        limit === 0
          ? []
          : loaders.fetchCustomers(
              { $filter, $orderby: 'id asc', $skip: offset, $top: limit + 1 },
              wantsTexts ? expansionsOfTexts : [],
            ),
        wantsTotal ? loaders.countCustomers($filter) : null,
      ]);
      return {
        rows: rows.slice(0, limit).map((row) => row && { row, texts: readTexts(row) }),
        hasMore: rows.length > limit,
        beginsWith: offset === 0 ? undefined : idOfFirst(rows),
        total,
      };
    },
  };
}

function describeFilter({ name, reference, updatedSince, activeOnly }: CustomerFilter): string | undefined {
  const clauses = [
    ...(name === undefined ? [] : [`contains(name,${quoteText(name)})`]),
    ...(reference === undefined ? [] : [`reference eq ${quoteText(reference)}`]),
    // Times are taken in UTC with a `Z` only.
    ...(updatedSince === undefined ? [] : [`date_time_updated ge ${new Date(updatedSince).toISOString()}`]),
    ...(activeOnly === undefined ? [] : [`account_status_type eq 'AccountStatusActive'`]),
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
