import type DataLoader from 'dataloader';
import type * as wire from '../../generated/sage200.ts';
import type { Answer, Decoding, Query } from '../../rest/client.ts';
import { nativeIdOf } from '../kit/native-ids.ts';
import type * as provider from '../provider.ts';
import { createBatchRecordLoader, type RecordLoader } from '../kit/record-loaders.ts';
import { readListedRows, readToEnd } from '../kit/rows.ts';
import { createChildLoader } from './children.ts';
import type { Settings } from './config.ts';
import { getExpanded, type Expansion } from './expansions.ts';
import { callWithKnownNames } from './known-names.ts';
import { createLookupLoaders, type LookupLoaders } from './lookups.ts';
import { createListDecoding, fetchAll, stretchOf } from './odata-lists.ts';
import { anyOf, idsPerFilter, maxTop } from './odata.ts';
import { askForAny, createSite, type Site } from './site.ts';

type SourceRequest = provider.SourceRequest<Loaders>;
type Row<T extends object> = provider.Row<T, Loaders>;

export interface Loaders extends provider.Loaders, LookupLoaders {
  readonly customers: RecordLoader<wire.Customer, Loaders>;
  /** The branches of a head office, by its id. */
  readonly branches: DataLoader<string, Row<wire.Customer>[]>;
  /** The delivery addresses of a customer, by its id. */
  readonly deliveryAddresses: DataLoader<string, Row<wire.DeliveryAddress>[]>;
  readonly nominalCodes: RecordLoader<wire.NominalCode, Loaders>;
  /** A stretch of the list of customers: whole records, undefined for one that cannot be used. */
  fetchCustomers(query: Query, needed?: readonly Expansion[]): Promise<(Row<wire.Customer> | undefined)[]>;
  countCustomers(filter: string | undefined): Promise<number | null>;
  /** What has been learnt of the site. */
  readonly site: Site;
}

export function connect(_settings: Settings): (request: SourceRequest) => Loaders {
  const site = createSite();
  return (request) => {
    const customers = createCustomerLoader(request, site);
    const fetchCustomers = createCustomerList(request, site, customers);
    return {
      site,
      customers,
      fetchCustomers,
      countCustomers: ($filter) => countCustomers(request, $filter),
      branches: createChildLoader(request, site, {
        name: 'branches',
        collection: '/customers',
        ownerKey: 'associated_head_office_id',
        async fetchOf(ids) {
          request.expect('branches');
          const $filter = anyOf('associated_head_office_id', ids);
          return readToEnd(request, maxTop, (page) => fetchCustomers({ $filter, ...stretchOf(page) }));
        },
      }),
      deliveryAddresses: createChildLoader(request, site, {
        name: 'deliveryAddresses',
        collection: '/customer_delivery_addresses',
        ownerKey: 'customer_id',
        fetchOf: (ids) =>
          fetchAll(request, '/customer_delivery_addresses', { $filter: anyOf('customer_id', ids) }),
      }),
      nominalCodes: createNominalCodeLoader(request, site),
      ...createLookupLoaders(request),
    };
  };
}

function createCustomerLoader(request: SourceRequest, site: Site): Loaders['customers'] {
  const list = createListDecoding<wire.Customer>(request);
  return createBatchRecordLoader(request, {
    name: 'sage200.customers',
    maxBatchSize: idsPerFilter,
    fetchOne: (id, decoding) =>
      getExpanded(request, site, ($expand) => request.get(`/customers/${id}`, { $expand }, decoding)),
    fetchMany: (ids) =>
      askForAny(request, site, ids, () =>
        getExpanded(request, site, ($expand) =>
          request.get('/customers', { $filter: anyOf('id', ids), $expand }, list),
        ),
      ),
  });
}

/** Listed customers are whole records: each is at hand when it is needed by its id. */
function createCustomerList(
  request: SourceRequest,
  site: Site,
  customers: Loaders['customers'],
): Loaders['fetchCustomers'] {
  const list = createListDecoding<wire.Customer>(request);
  return async (query, needed) => {
    const answer = await getExpanded(
      request,
      site,
      ($expand) => request.get('/customers', { ...query, $expand }, list),
      needed,
    );
    const rows = readListedRows(request, answer);
    for (const row of rows) {
      const id = row && nativeIdOf(row.data);
      if (row !== undefined && id !== undefined) customers.prime(id, row);
    }
    return rows;
  };
}

/** `$count` replaces the body by a bare number. Not kept: a site that cannot count sends something else. */
async function countCustomers(request: SourceRequest, $filter: string | undefined): Promise<number | null> {
  const { body } = await request.get(
    '/customers',
    { $filter, $count: true },
    { decode: (count) => (typeof count === 'number' ? count : null) },
  );
  return body;
}

/** What is read of a nominal code where it is selected; without a selection each comes with its balances of several years. */
const nominalCodeKeys = [
  'reference',
  'name',
  'cost_centre_code',
  'department_code',
  'nominal_account_type',
  'account_status_type',
] as const satisfies readonly (keyof wire.NominalCode)[];

/** There can be thousands of nominal codes: only those that are needed are read. */
function createNominalCodeLoader(request: SourceRequest, site: Site): Loaders['nominalCodes'] {
  const get = <T>(path: string, query: Query, decoding: Decoding<T>): Promise<Answer<T>> => {
    const names = nominalCodeKeys.filter((key) => request.selection.reads('sage200', 'NominalCode', key));
    return callWithKnownNames(
      request,
      site,
      { collection: '/nominal_codes', option: '$select', names },
      (known) =>
        request.get(
          path,
          { ...query, $select: ['id', ...known].join(',') },
          { ...decoding, resource: 'lookups' },
        ),
    );
  };
  const list = createListDecoding<wire.NominalCode>(request, 'lookups');
  return createBatchRecordLoader(request, {
    name: 'sage200.nominalCodes',
    maxBatchSize: idsPerFilter,
    fetchOne: (id, decoding) => get(`/nominal_codes/${id}`, {}, decoding),
    fetchMany: (ids) =>
      askForAny(request, site, ids, () => get('/nominal_codes', { $filter: anyOf('id', ids) }, list)),
  });
}
