import DataLoader from 'dataloader';
import type {
  BillingCycle,
  CommissionAgent,
  ContractOwner,
  ContractOwnerSubBrand,
  Customer,
  Site,
  TripwirePlan,
} from '../../generated/elevate.ts';
import type * as provider from '../provider.ts';
import { createRecordLoader, nativeIdOf, readRecords, toRow, type RecordLoader } from '../record-loaders.ts';
import type { Settings } from './config.ts';

type SourceRequest = provider.SourceRequest<Loaders>;

export interface Loaders extends provider.Loaders {
  readonly customers: RecordLoader<Customer, Loaders>;
  readonly sites: RecordLoader<Site, Loaders>;
  readonly contractOwners: RecordLoader<ContractOwner, Loaders>;
  readonly contractOwnerSubBrands: RecordLoader<ContractOwnerSubBrand, Loaders>;
  readonly billingCycles: RecordLoader<BillingCycle, Loaders>;
  readonly tripwirePlans: RecordLoader<TripwirePlan, Loaders>;
  readonly commissionAgents: RecordLoader<CommissionAgent, Loaders>;
}

/** Elevate has no way to name several ids in a call: each customer and each site is a GET of its own. */
export function connect(_settings: Settings): (request: SourceRequest) => Loaders {
  return (request) => ({
    customers: createRecordLoader(request, { name: 'elevate.customers', fetchOne: (id) => request.get(`/customers/${id}`) }),
    sites: createRecordLoader(request, { name: 'elevate.sites', fetchOne: (id) => request.get(`/sites/${id}`) }),
    contractOwners: createCollectionLoader(request, 'contract-owners'),
    contractOwnerSubBrands: createCollectionLoader(request, 'contract-owner-sub-brands'),
    billingCycles: createCollectionLoader(request, 'billing-cycles'),
    tripwirePlans: createCollectionLoader(request, 'tripwire-plans'),
    commissionAgents: createCollectionLoader(request, 'commission-agents'),
  });
}

/** Every list demands its page; 1000 rows is the most one may have. */
const wholeCollection = { page: 1, pageSize: 1_000, sort: 'id' } as const;

/** A small collection that is read whole: some of these have no route by id, and one call serves all rows. */
function createCollectionLoader<T extends object>(request: SourceRequest, collection: string): RecordLoader<T, Loaders> {
  return new DataLoader(
    async (ids) => {
      const rows = readRecords<T, Loaders>(request, await request.get(`/${collection}`, wholeCollection));
      const byId = new Map(rows.map((row) => [nativeIdOf(row), row]));
      return ids.map((id) => {
        const row = byId.get(id);
        return row === undefined ? null : toRow(request, row);
      });
    },
    { name: `elevate.${collection}` },
  );
}
