import type { CroCustomerRow } from '../../generated/cro.ts';
import { toListPage } from '../kit/list-places.ts';
import { readTotal } from '../kit/list-pages.ts';
import { readBehind } from '../kit/list-walk.ts';
import { collectObjects, collectTexts } from '../kit/payload.ts';
import { toPartialRow } from '../kit/record-loaders.ts';
import type { CustomerFilter, CustomerListing, CustomerTexts } from '../provider.ts';
import type { Settings } from './config.ts';
import { readEmails } from './emails.ts';
import { maxPageSize, type Loaders } from './loaders.ts';
import { toLeastLocalTime } from './local-time.ts';

/** CRO's list of customers: by page number, counted, each row without contacts and locations. */
export function createListing({
  timeZone,
  maxPageSize: limit = maxPageSize,
}: Settings): CustomerListing<Loaders> {
  return {
    maxPageSize: Math.min(limit, maxPageSize),
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
    async fetchPage(_request, loaders, { after, limit: count, filter }) {
      // Nothing is left to narrow the list by: CRO would list everybody.
      if (filter.name !== undefined && removeWildcards(filter.name) === '')
        return { rows: [], end: after, hasMore: false, total: 0 };
      const { customerList, customers } = loaders;
      const customersAsked = customerList(describeFilter(filter, timeZone));
      if (count === 0)
        return { rows: [], end: after, hasMore: false, total: await readTotal(customersAsked) };
      const found = await readBehind(customersAsked, after, count);
      return toListPage(after, found, readTexts, (row) => toPartialRow(row, customers));
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
