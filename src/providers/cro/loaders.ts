import type DataLoader from 'dataloader';
import type { Customer, Location, User } from '../../generated/cro.ts';
import type { Query, RestAnswer } from '../../rest/client.ts';
import { isJsonObject } from '../../rest/json.ts';
import type * as provider from '../provider.ts';
import {
  createKeyLoader,
  createRecordLoader,
  readListedRows,
  readRows,
  readToEnd,
  toPartialRow,
  type RecordLoader,
} from '../record-loaders.ts';
import type { Settings } from './config.ts';

type SourceRequest = provider.SourceRequest<Loaders>;

export interface Loaders extends provider.Loaders {
  readonly customers: RecordLoader<Customer, Loaders>;
  readonly locations: RecordLoader<Location, Loaders>;
  /** The customers that belong to a customer; see `childrenKey`. */
  readonly children: DataLoader<string, provider.Row<Customer, Loaders>[]>;
  /** By `<location id>/<user id>`: users are known at a location only. */
  readonly users: DataLoader<string, provider.Row<User, Loaders> | null>;
  /** Where the source's clock stands, if that is known. */
  readonly timeZone: string | undefined;
  fetchCustomers(query: Query): Promise<CustomerPage>;
}

/** A page of a list of customers; its rows are parts of records, undefined for one that cannot be used. */
export interface CustomerPage {
  readonly rows: readonly (provider.Row<Customer, Loaders> | undefined)[];
  readonly total: number | null;
}

/** Rows that a page may hold. */
export const maxPageSize = 1_000;

/** CRO has no way to name several ids in a call: each record is a GET of its own. */
export function connect({ timeZone }: Settings): (request: SourceRequest) => Loaders {
  return (request) => {
    const customers: Loaders['customers'] = createRecordLoader(request, {
      name: 'cro.customers',
      fetchOne: (id, options) => request.get(`/customers/${id}`, {}, options),
    });
    const fetchCustomers = async (query: Query) => readPage(request, customers, await request.get('/customers', query));
    return {
      customers,
      locations: createRecordLoader(request, {
        name: 'cro.locations',
        fetchOne: (id, options) => request.get(`/locations/${id}`, {}, { ...options, resource: 'lookups' }),
      }),
      children: createChildrenLoader(request, fetchCustomers),
      users: createUserLoader(request),
      timeZone,
      fetchCustomers,
    };
  };
}

/** The key of a customer's children: all of them, or those in use. */
export function childrenKey(customerId: string, activeOnly: boolean): string {
  return activeOnly ? `${customerId}/active` : customerId;
}

function createChildrenLoader(request: SourceRequest, fetchCustomers: Loaders['fetchCustomers']): Loaders['children'] {
  return createKeyLoader('cro.children', async (key) => {
    const [parentId, active] = key.split('/');
    const query = { page_limit: maxPageSize, parent_id: parentId, active: active === undefined ? undefined : true };
    return readToEnd(request, maxPageSize, async (page) => (await fetchCustomers({ page_index: page + 1, ...query })).rows);
  });
}

function createUserLoader(request: SourceRequest): Loaders['users'] {
  return createKeyLoader('cro.users', async (key) => {
    const [locationId, userId] = key.split('/');
    const answer = await request.get(`/locations/${locationId}/users/${userId}`, {}, { resource: 'lookups' });
    const [user] = readRows<User, Loaders>(request, { ...answer, body: answer.body === null ? [] : [answer.body] });
    return user ?? null;
  });
}

/** Lists come in an envelope; what their items hold beside the id is not documented, so they count as parts. */
function readPage(request: SourceRequest, customers: Loaders['customers'], answer: RestAnswer): CustomerPage {
  const { body } = answer;
  if (!isJsonObject(body)) throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'the answer is no list envelope' });
  const { results = null, total_count: total } = body;
  const rows = readListedRows<Customer, Loaders>(request, { ...answer, body: results });
  return { rows: rows.map((row) => row && toPartialRow(row, customers)), total: typeof total === 'number' ? total : null };
}
