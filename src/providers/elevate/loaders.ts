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
import { nativeIdOf } from '../kit/native-ids.ts';
import type * as provider from '../provider.ts';
import type { Row, SourceRequest } from '../provider.ts';
import {
  createCollectionLoader,
  createKeyLoader,
  createRecordLoader,
  type RecordLoader,
} from '../kit/record-loaders.ts';
import { decodeList } from '../kit/list-answer.ts';
import type { PagedList } from '../kit/list-pages.ts';
import { readAll, readWhole } from '../kit/list-whole.ts';
import { createPageMemory, type PageMemory } from '../kit/page-memory.ts';
import { pageByNumber } from '../kit/paging.ts';
import { checkOwner, type Items } from '../kit/rows.ts';
import type { Settings } from './config.ts';

export interface Loaders extends provider.Loaders {
  readonly customers: RecordLoader<Customer>;
  readonly sites: RecordLoader<Site>;
  /** The sites of a customer, by its id. */
  readonly sitesOfCustomers: provider.Loader<string, Row<Site>[]>;
  readonly contractOwners: RecordLoader<ContractOwner>;
  readonly contractOwnerSubBrands: RecordLoader<ContractOwnerSubBrand>;
  readonly billingCycles: RecordLoader<BillingCycle>;
  readonly tripwirePlans: RecordLoader<TripwirePlan>;
  readonly commissionAgents: RecordLoader<CommissionAgent>;
  /** The list of customers; its rows are parts of records. */
  readonly customerList: (query: Query) => PagedList<Customer>;
}

/** Rows that a page may hold. */
export const maxPageSize = 1_000;

const paging = pageByNumber({ page: 'page', size: 'pageSize' }, { maxPageSize });

/** Elevate has no way to name several ids in a call: each customer and each site is a GET of its own. */
export function connect(settings: Settings): (request: SourceRequest) => Loaders {
  const memory = createPageMemory(settings.maxPageSize);
  return (request) => {
    const customers: Loaders['customers'] = createRecordLoader(request, {
      fetchOne: (id, decoding) => request.get(`/customers/${id}`, {}, decoding),
    });
    const sites: Loaders['sites'] = createRecordLoader(request, {
      fetchOne: (id, decoding) => request.get(`/sites/${id}`, {}, decoding),
    });
    return {
      customers,
      sites,
      sitesOfCustomers: createSitesLoader(request, memory, sites),
      // Some of these have no route by id, and all are small.
      contractOwners: createLookupLoader(request, memory, 'contract-owners'),
      contractOwnerSubBrands: createLookupLoader(request, memory, 'contract-owner-sub-brands'),
      billingCycles: createLookupLoader(request, memory, 'billing-cycles'),
      tripwirePlans: createLookupLoader(request, memory, 'tripwire-plans'),
      commissionAgents: createLookupLoader(request, memory, 'commission-agents'),
      customerList: (query) => createList<Customer>(request, memory, '/customers', { query }),
    };
  };
}

function createSitesLoader(
  request: SourceRequest,
  memory: PageMemory,
  sites: Loaders['sites'],
): Loaders['sitesOfCustomers'] {
  return createKeyLoader(async (customerId) => {
    const rows = await readAll(
      createList<Site>(request, memory, '/sites', {
        query: { customerId },
        check: (items) => checkOwner(request, items, 'customerId', customerId),
      }),
    );
    primeSites(sites, rows);
    return rows;
  });
}

/** A site that came in a list or within its customer is at hand when it is needed by its id. */
export function primeSites(sites: Loaders['sites'], rows: readonly Row<Site>[]): void {
  for (const row of rows) {
    const id = nativeIdOf(row);
    if (id !== undefined) sites.prime(id, row);
  }
}

function createLookupLoader<T extends object>(
  request: SourceRequest,
  memory: PageMemory,
  collection: string,
): RecordLoader<T> {
  return createCollectionLoader({
    name: `elevate.${collection}`,
    fetchAll: () => readWhole(createList<T>(request, memory, `/${collection}`, { resource: 'lookups' })),
  });
}

interface ListOptions<T> {
  readonly query?: Query;
  readonly resource?: Resource;
  /** Throws UpstreamError for items that were not asked for. */
  readonly check?: (items: Items<T>) => void;
}

/** A list that does not say how long it is. It demands its page, and has an order only when one is asked for. */
function createList<T extends object>(
  request: SourceRequest,
  memory: PageMemory,
  path: string,
  { query = {}, resource = 'customers', check }: ListOptions<T>,
): PagedList<T> {
  return {
    request,
    memory,
    path,
    paging,
    isCounted: false,
    isSorted: true,
    decoding: {
      decode(body, header) {
        const answer = decodeList<T>(request, body, header);
        check?.(answer.items);
        return answer;
      },
      resource,
    },
    getPage: (page, decoding) => request.get(path, { ...page, sort: 'id', ...query }, decoding),
  };
}
