import type DataLoader from 'dataloader';
import type { Customer, Location, User } from '../../generated/cro.ts';
import type { Answer, Query } from '../../rest/client.ts';
import { isJsonObject } from '../../rest/json.ts';
import type * as provider from '../provider.ts';
import {
  createKeyLoader,
  createRecordLoader,
  fetchRecord,
  toPartialRow,
  type RecordLoader,
} from '../kit/record-loaders.ts';
import { checkOwner, decodeItems, readListedRows, readToEnd, type Items } from '../kit/rows.ts';
import type { Settings } from './config.ts';

type SourceRequest = provider.SourceRequest<Loaders>;

export interface Loaders extends provider.Loaders {
  readonly customers: RecordLoader<Customer, Loaders>;
  readonly locations: RecordLoader<Location, Loaders>;
  /** The customers that belong to a customer. */
  readonly children: DataLoader<ChildrenKey, provider.Row<Customer, Loaders>[], string>;
  readonly users: DataLoader<UserKey, provider.Row<User, Loaders> | null, string>;
  /** Where the source's clock stands, if that is known. */
  readonly timeZone: string | undefined;
  fetchCustomers(query: Query): Promise<CustomerPage>;
}

export interface ChildrenKey {
  readonly parentId: string;
  /** Whether those out of use are left out. */
  readonly activeOnly: boolean;
}

/** Users are known at a location only. */
export interface UserKey {
  readonly locationId: string;
  readonly userId: string;
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
      fetchOne: (id, decoding) => request.get(`/customers/${id}`, {}, decoding),
    });
    const fetchCustomers = async (query: Query) =>
      readPage(
        request,
        customers,
        await request.get('/customers', query, {
          decode: (body) => decodeEnvelope(request, body),
          resource: 'customers',
        }),
      );
    return {
      customers,
      locations: createRecordLoader(request, {
        name: 'cro.locations',
        fetchOne: (id, decoding) => request.get(`/locations/${id}`, {}, { ...decoding, resource: 'lookups' }),
      }),
      children: createChildrenLoader(request, fetchCustomers),
      users: createUserLoader(request),
      timeZone,
      fetchCustomers,
    };
  };
}

function createChildrenLoader(
  request: SourceRequest,
  fetchCustomers: Loaders['fetchCustomers'],
): Loaders['children'] {
  return createKeyLoader('cro.children', async ({ parentId, activeOnly }) => {
    request.expect('children');
    const query = { page_limit: maxPageSize, parent_id: parentId, active: activeOnly ? true : undefined };
    return readToEnd(request, maxPageSize, async (page) => {
      const { rows } = await fetchCustomers({ page_index: page + 1, ...query });
      checkOwner(request, rows, 'parent_id', parentId);
      return rows;
    });
  });
}

function createUserLoader(request: SourceRequest): Loaders['users'] {
  return createKeyLoader('cro.users', async ({ locationId, userId }) => {
    return fetchRecord<User, Loaders>(
      request,
      (id, decoding) =>
        request.get(`/locations/${locationId}/users/${id}`, {}, { ...decoding, resource: 'lookups' }),
      userId,
    );
  });
}

/** Lists come in an envelope. */
interface Envelope {
  readonly items: Items<Customer>;
  readonly total: number | null;
}

/** What the items of a list hold beside the id is not documented, so they count as parts. */
function readPage(
  request: SourceRequest,
  customers: Loaders['customers'],
  answer: Answer<Envelope>,
): CustomerPage {
  const rows = readListedRows(request, { ...answer, body: answer.body && answer.body.items });
  return {
    rows: rows.map((row) => row && toPartialRow(row, customers)),
    total: answer.body?.total ?? null,
  };
}

function decodeEnvelope(request: SourceRequest, body: unknown): Envelope {
  if (body === null) return { items: [], total: 0 };
  if (isJsonObject(body) && (Array.isArray(body['results']) || body['results'] === null)) {
    const total = body['total_count'];
    return {
      items: decodeItems(request, body['results']),
      total: typeof total === 'number' ? total : null,
    };
  }
  throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'the answer is no list envelope' });
}
