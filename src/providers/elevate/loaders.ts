import type DataLoader from 'dataloader';
import type {
  BillingCycle,
  CommissionAgent,
  ContractOwner,
  ContractOwnerSubBrand,
  Customer,
  Site,
  TripwirePlan,
} from '../../generated/elevate.ts';
import type { Query } from '../../rest/client.ts';
import type { Resource } from '../../rest/settings.ts';
import { idOf } from '../kit/native-ids.ts';
import type * as provider from '../provider.ts';
import {
  createCollectionLoader,
  createKeyLoader,
  createRecordLoader,
  toPartialRow,
  type RecordLoader,
} from '../kit/record-loaders.ts';
import { checkOwner, decodeItems, readListedRows, readRows, readToEnd } from '../kit/rows.ts';
import type { Settings } from './config.ts';

type SourceRequest = provider.SourceRequest<Loaders>;

export interface Loaders extends provider.Loaders {
  readonly customers: RecordLoader<Customer, Loaders>;
  readonly sites: RecordLoader<Site, Loaders>;
  /** The sites of a customer, by its id. */
  readonly sitesOfCustomers: DataLoader<string, provider.Row<Site, Loaders>[]>;
  readonly contractOwners: RecordLoader<ContractOwner, Loaders>;
  readonly contractOwnerSubBrands: RecordLoader<ContractOwnerSubBrand, Loaders>;
  readonly billingCycles: RecordLoader<BillingCycle, Loaders>;
  readonly tripwirePlans: RecordLoader<TripwirePlan, Loaders>;
  readonly commissionAgents: RecordLoader<CommissionAgent, Loaders>;
  /** A page of the list of customers; its rows are parts of records, undefined for one that cannot be used. */
  fetchCustomers(query: Query): Promise<(provider.Row<Customer, Loaders> | undefined)[]>;
}

/** Rows that a page may hold. */
export const maxPageSize = 1_000;

/** Elevate has no way to name several ids in a call: each customer and each site is a GET of its own. */
export function connect(_settings: Settings): (request: SourceRequest) => Loaders {
  return (request) => {
    const customers: Loaders['customers'] = createRecordLoader(request, {
      name: 'elevate.customers',
      fetchOne: (id, decoding) => request.get(`/customers/${id}`, {}, decoding),
    });
    const sites: Loaders['sites'] = createRecordLoader(request, {
      name: 'elevate.sites',
      fetchOne: (id, decoding) => request.get(`/sites/${id}`, {}, decoding),
    });
    return {
      customers,
      sites,
      sitesOfCustomers: createSitesLoader(request, sites),
      // Some of these have no route by id, and all are small.
      contractOwners: createLookupLoader(request, 'contract-owners'),
      contractOwnerSubBrands: createLookupLoader(request, 'contract-owner-sub-brands'),
      billingCycles: createLookupLoader(request, 'billing-cycles'),
      tripwirePlans: createLookupLoader(request, 'tripwire-plans'),
      commissionAgents: createLookupLoader(request, 'commission-agents'),
      async fetchCustomers(query) {
        const answer = await request.get('/customers', query, {
          decode: (body) => decodeItems<Customer, Loaders>(request, body),
          resource: 'customers',
        });
        const rows = readListedRows(request, answer);
        return rows.map((row) => row && toPartialRow(row, customers));
      },
    };
  };
}

function createSitesLoader(request: SourceRequest, sites: Loaders['sites']): Loaders['sitesOfCustomers'] {
  return createKeyLoader('elevate.sitesOfCustomers', async (customerId) => {
    const rows = await readToEnd(request, maxPageSize, async (page) => {
      const found = await fetchPage<Site>(request, '/sites', page, { customerId });
      checkOwner(request, found, 'customerId', customerId);
      return found;
    });
    primeSites(sites, rows);
    return rows;
  });
}

/** A site that came in a list or within its customer is at hand when it is needed by its id. */
export function primeSites(sites: Loaders['sites'], rows: readonly provider.Row<Site, Loaders>[]): void {
  for (const row of rows) {
    const id = idOf(row.data.id);
    if (id !== null) sites.prime(id, row);
  }
}

function createLookupLoader<T extends object>(
  request: SourceRequest,
  collection: string,
): RecordLoader<T, Loaders> {
  return createCollectionLoader({
    name: `elevate.${collection}`,
    fetchAll: () =>
      readToEnd(request, maxPageSize, (page) => fetchPage<T>(request, `/${collection}`, page, {}, 'lookups')),
  });
}

/** A page of the largest size, counted from 0. Every list demands its page, and has an order only when one is asked for. */
async function fetchPage<T extends object>(
  request: SourceRequest,
  path: string,
  page: number,
  query: Query,
  resource: Resource = 'customers',
): Promise<(provider.Row<T, Loaders> | undefined)[]> {
  const answer = await request.get(
    path,
    { page: page + 1, pageSize: maxPageSize, sort: 'id', ...query },
    { decode: (body) => decodeItems<T, Loaders>(request, body), resource },
  );
  return readRows(request, answer);
}
