import type DataLoader from 'dataloader';
import type * as wire from '../../generated/sage200.ts';
import type { Answer, Decoding, Query } from '../../rest/client.ts';
import { nativeIdOf } from '../kit/native-ids.ts';
import type * as provider from '../provider.ts';
import type { Row, SourceRequest } from '../provider.ts';
import { createBatchRecordLoader, type RecordLoader } from '../kit/record-loaders.ts';
import { isJsonObject } from '../../rest/json.ts';
import { readCount } from '../kit/list-answer.ts';
import { readBatch } from '../kit/list-batches.ts';
import type { PagedList } from '../kit/list-pages.ts';
import { readAll } from '../kit/list-whole.ts';
import { createPageMemory, type PageMemory } from '../kit/page-memory.ts';
import { createChildLoader } from './children.ts';
import type { Settings } from './config.ts';
import { getExpanded, type Expansion } from './expansions.ts';
import { callWithKnownNames } from './known-names.ts';
import { createLookupLoaders, type LookupLoaders } from './lookups.ts';
import { createList, type GetList } from './odata-lists.ts';
import { anyOf, idsPerFilter } from './odata.ts';
import { askForAny, createSite, type Site } from './site.ts';

export interface Loaders extends provider.Loaders, LookupLoaders {
  readonly customers: RecordLoader<wire.Customer>;
  /** The branches of a head office, by its id. */
  readonly branches: DataLoader<string, Row<wire.Customer>[]>;
  /** The delivery addresses of a customer, by its id. */
  readonly deliveryAddresses: DataLoader<string, Row<wire.DeliveryAddress>[]>;
  readonly nominalCodes: RecordLoader<wire.NominalCode>;
  /** The list of customers: whole records. */
  readonly customerList: (query: Query, needed?: readonly Expansion[]) => PagedList<wire.Customer>;
  countCustomers(filter: string | undefined): Promise<number | null>;
  /** What has been learnt of the site. */
  readonly site: Site;
}

export function connect(settings: Settings): (request: SourceRequest) => Loaders {
  const site = createSite();
  const memory = createPageMemory(settings.maxPageSize);
  return (request) => {
    const customers = createCustomerLoader(request, site, memory);
    return {
      site,
      customers,
      customerList: (query, needed) =>
        createList(request, memory, '/customers', { query, get: createCustomerGet(request, site, needed) }),
      countCustomers: ($filter) => countCustomers(request, $filter),
      branches: createChildLoader(request, site, {
        name: 'branches',
        collection: '/customers',
        ownerKey: 'associated_head_office_id',
        async fetchOf(ids) {
          request.expect('branches');
          const query = { $filter: anyOf('associated_head_office_id', ids) };
          const rows = await readAll(
            createList<wire.Customer>(request, memory, '/customers', {
              query,
              get: createCustomerGet(request, site),
            }),
          );
          primeCustomers(customers, rows);
          return rows;
        },
      }),
      deliveryAddresses: createChildLoader(request, site, {
        name: 'deliveryAddresses',
        collection: '/customer_delivery_addresses',
        ownerKey: 'customer_id',
        fetchOf: (ids) => {
          const query = { $filter: anyOf('customer_id', ids) };
          return readAll(createList(request, memory, '/customer_delivery_addresses', { query }));
        },
      }),
      nominalCodes: createNominalCodeLoader(request, site, memory),
      ...createLookupLoaders(request, memory),
    };
  };
}

/** Makes calls for a list of customers, with what the operation selects of them and what is needed besides. */
function createCustomerGet(
  request: SourceRequest,
  site: Site,
  needed?: readonly Expansion[],
): GetList<wire.Customer> {
  return (query, decoding) =>
    getExpanded(
      request,
      site,
      ($expand) => request.get('/customers', { ...query, $expand }, decoding),
      needed,
    );
}

function createCustomerLoader(request: SourceRequest, site: Site, memory: PageMemory): Loaders['customers'] {
  const getPage = createCustomerGet(request, site);
  const list = { ...createList<wire.Customer>(request, memory, '/customers'), getPage };
  return createBatchRecordLoader(request, {
    name: 'sage200.customers',
    maxBatchSize: idsPerFilter,
    fetchOne: (id, decoding) =>
      getExpanded(request, site, ($expand) => request.get(`/customers/${id}`, { $expand }, decoding)),
    fetchMany: (ids) =>
      askForAny(request, site, ids, () => readBatch(list, { $filter: anyOf('id', ids) }, ids.length)),
  });
}

/** Listed customers are whole records: each is at hand when it is needed by its id. */
export function primeCustomers(customers: Loaders['customers'], rows: readonly Row<wire.Customer>[]): void {
  for (const row of rows) {
    const id = nativeIdOf(row);
    if (id !== undefined) customers.prime(id, row);
  }
}

/** `$count` replaces the body by a bare number. Not kept: a site that cannot count sends something else. */
async function countCustomers(request: SourceRequest, $filter: string | undefined): Promise<number | null> {
  const { body } = await request.get(
    '/customers',
    { $filter, $count: true },
    { decode: (count) => ({ count: decodeCount(request, count) }) },
  );
  if (body === null) throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'there is no such list' });
  return body.count;
}

/** Null where a list came instead of its count. */
function decodeCount(request: SourceRequest, body: unknown): number | null {
  const said = isJsonObject(body) ? (body['@odata.count'] ?? body['value']) : body;
  if (said === null) return 0;
  if (said === undefined || Array.isArray(said)) return null;
  const count = readCount(said);
  if (count === null)
    throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'a count is no number of rows' });
  return count;
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
function createNominalCodeLoader(
  request: SourceRequest,
  site: Site,
  memory: PageMemory,
): Loaders['nominalCodes'] {
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
  const path = '/nominal_codes';
  const list: PagedList<wire.NominalCode> = {
    ...createList<wire.NominalCode>(request, memory, path, { resource: 'lookups' }),
    getPage: (query, decoding) => get(path, query, decoding),
  };
  return createBatchRecordLoader(request, {
    name: 'sage200.nominalCodes',
    maxBatchSize: idsPerFilter,
    fetchOne: (id, decoding) => get(`${path}/${id}`, {}, decoding),
    fetchMany: (ids) =>
      askForAny(request, site, ids, () => readBatch(list, { $filter: anyOf('id', ids) }, ids.length)),
  });
}
