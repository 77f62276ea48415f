import type { AcmeCustomerRow } from '../../generated/acme.ts';
import { toListPage } from '../kit/list-places.ts';
import { fetchByToken, toTokenList, type TokenPaging } from '../kit/list-tokens.ts';
import { collectObjects, collectTexts, objectOf } from '../kit/payload.ts';
import type { CustomerListing, CustomerTexts } from '../provider.ts';
import type { Loaders } from './loaders.ts';

const paging: TokenPaging = {
  path: '/clients',
  token: 'cursor',
  size: 'limit',
  next: 'next_cursor',
  maxPageSize: 100,
};

/** Acme's list of clients: by tokens, counted, each row a whole record. */
export function createListing(): CustomerListing<Loaders> {
  return {
    maxPageSize: paging.maxPageSize,
    canCount: true,
    unsupportedFilters: {
      reference: 'Acme documents no filter for account codes.',
      updatedSince: 'Acme documents no filter for times.',
      activeOnly: 'Acme documents no filter for live clients.',
    },
    async fetchPage(request, _loaders, { after, limit, filter }) {
      const list = toTokenList<AcmeCustomerRow['data']>(request, paging, { name: filter.name });
      if (limit > 0) return toListPage(after, await fetchByToken(request, list, after, limit), readTexts);
      const { total } = await list.fetchPage(undefined, 1);
      return { rows: [], end: after, hasMore: false, total };
    },
  };
}

function readTexts({ data }: AcmeCustomerRow): CustomerTexts {
  const people = collectObjects(data.people);
  return {
    names: collectTexts([data.company_name]),
    references: collectTexts([data.account_code]),
    postcodes: collectTexts([objectOf(data.registered_office)?.post_code]),
    emails: collectTexts(people.map(({ mail }) => mail)),
    phones: collectTexts(people.map(({ phone }) => phone)),
  };
}
