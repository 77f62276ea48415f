import type { ElevateCustomerRow } from '../../generated/elevate.ts';
import { toListPage } from '../kit/list-places.ts';
import { fetchBehind, type CountedList } from '../kit/list-search.ts';
import { coverRange } from '../kit/paging.ts';
import { collectTexts } from '../kit/payload.ts';
import type { CustomerFilter, CustomerListing, CustomerTexts } from '../provider.ts';
import { maxPageSize, type Loaders } from './loaders.ts';

/** Elevate's list of customers: by page number, without a total, each row without sites and contacts. */
export function createListing(): CustomerListing<Loaders> {
  return {
    // One row more than is wanted tells whether there are more.
    maxPageSize: maxPageSize - 1,
    canCount: false,
    unsupportedFilters: {
      activeOnly: 'Elevate documents no filter for customers whose end date has not passed.',
    },
    async fetchPage(request, { after, limit, filter }) {
      if (limit === 0) return { rows: [], end: after, hasMore: false, total: null };
      const list = listOf(request.session.loaders, filter);
      return toListPage(after, await fetchBehind(request, list, after, limit), readTexts);
    },
  };
}

function listOf(loaders: Loaders, filter: CustomerFilter): CountedList<ElevateCustomerRow> {
  return {
    isSorted: true,
    maxCount: maxPageSize - 1,
    async fetchStretch(offset, count) {
      const { page, pageSize } = coverRange(offset, count + 1, { maxPageSize });
      const rows = await loaders.fetchCustomers({ page, pageSize, sort: 'id', ...describeFilter(filter) });
      // A full page may be the last one: that is found out when the next is asked for.
      return { start: (page - 1) * pageSize, rows, hasMore: rows.length >= pageSize, total: null };
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
