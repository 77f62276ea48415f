import type { ElevateCustomerRow } from '../../generated/elevate.ts';
import { toListPage } from '../kit/list-places.ts';
import { readBehind } from '../kit/list-walk.ts';
import { collectTexts } from '../kit/payload.ts';
import { toPartialRow } from '../kit/record-loaders.ts';
import type { CustomerFilter, CustomerListing, CustomerTexts } from '../provider.ts';
import type { Settings } from './config.ts';
import { maxPageSize, type Loaders } from './loaders.ts';

/** Elevate's list of customers: by page number, without a total, each row without sites and contacts. */
export function createListing({ maxPageSize: limit = maxPageSize }: Settings): CustomerListing<Loaders> {
  return {
    // One row more than is wanted tells whether there are more.
    maxPageSize: Math.max(1, Math.min(limit, maxPageSize) - 1),
    canCount: false,
    unsupportedFilters: {
      activeOnly: 'Elevate documents no filter for customers whose end date has not passed.',
    },
    async fetchPage(_request, loaders, { after, limit: count, filter }) {
      if (count === 0) return { rows: [], end: after, hasMore: false, total: null };
      const { customerList, customers } = loaders;
      const found = await readBehind(customerList(describeFilter(filter)), after, count);
      return toListPage(after, found, readTexts, (row) => toPartialRow(row, customers));
    },
  };
}

function describeFilter({ name, reference, updatedSince }: CustomerFilter): Record<string, string> {
  return {
    ...(name === undefined ? {} : { customerName: `like:${name}` }),
    ...(reference === undefined ? {} : { customerAccountNumber: exactly(reference) }),
    ...(updatedSince === undefined ? {} : { updatedDate: `gt:${justBefore(updatedSince)}` }),
  };
}

/** A text that begins like an operator would be taken for one. As the only entry of a list it stands for itself; commas part entries. */
function exactly(text: string): string {
  return /^(in|like):/i.test(text) ? `in:${text.replaceAll(',', ' ')}` : text;
}

/** Elevate has "after" but no "since", and takes whole seconds in UTC. */
function justBefore(instant: string): string {
  const seconds = Math.ceil(Date.parse(instant) / 1_000) - 1;
  return new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');
}

function readTexts({ data }: ElevateCustomerRow): CustomerTexts {
  return {
    names: collectTexts([data.customerName]),
    references: collectTexts([data.customerAccountNumber]),
    postcodes: [],
    emails: collectTexts([data.onlineEmailAddress]),
    phones: [],
  };
}
