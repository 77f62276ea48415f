import type { Customer, Location, User } from '../../generated/cro.ts';
import type { Decoding, Query } from '../../rest/client.ts';
import type * as provider from '../provider.ts';
import type { Row, SourceRequest } from '../provider.ts';
import {
  createKeyLoader,
  createRecordLoader,
  fetchRecord,
  toPartialRow,
  type RecordLoader,
} from '../kit/record-loaders.ts';
import { decodeList, type ListAnswer } from '../kit/list-answer.ts';
import type { PagedList } from '../kit/list-pages.ts';
import { readAll } from '../kit/list-whole.ts';
import { createPageMemory, type PageMemory } from '../kit/page-memory.ts';
import { pageByNumber } from '../kit/paging.ts';
import { checkOwner } from '../kit/rows.ts';
import type { Settings } from './config.ts';

export interface Loaders extends provider.Loaders {
  readonly customers: RecordLoader<Customer>;
  readonly locations: RecordLoader<Location>;
  /** The customers that belong to a customer. */
  readonly children: provider.Loader<ChildrenKey, Row<Customer>[]>;
  readonly users: provider.Loader<UserKey, Row<User> | null>;
  /** Where the source's clock stands, if that is known. */
  readonly timeZone: string | undefined;
  /** The list of customers. What its rows hold beside the id is not documented, so they count as parts of records. */
  readonly customerList: (query: Query) => PagedList<Customer>;
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

/** Rows that a page may hold. */
export const maxPageSize = 1_000;

/** The highest `page_index` that CRO takes. */
const maxPage = 10_000;

/** A list's envelope is documented for at most 1000 pages: smaller ones could pass that. */
const minPageSize = 100;

/** A list's envelope is documented to count to this: so many may be more. */
const largestTotal = 100_000;

const paging = pageByNumber(
  { page: 'page_index', size: 'page_limit' },
  { maxPageSize, minPageSize, maxPage },
);

/** CRO has no way to name several ids in a call: each record is a GET of its own. */
export function connect({ timeZone, maxPageSize: limit }: Settings): (request: SourceRequest) => Loaders {
  const memory = createPageMemory(limit);
  return (request) => {
    const customers: Loaders['customers'] = createRecordLoader(request, {
      fetchOne: (id, decoding) => request.get(`/customers/${id}`, {}, decoding),
    });
    return {
      customers,
      locations: createRecordLoader(request, {
        fetchOne: (id, decoding) => request.get(`/locations/${id}`, {}, { ...decoding, resource: 'lookups' }),
      }),
      children: createChildrenLoader(request, memory, customers),
      users: createUserLoader(request),
      timeZone,
      customerList: (query) => createCustomerList(request, memory, query),
    };
  };
}

function createChildrenLoader(
  request: SourceRequest,
  memory: PageMemory,
  customers: Loaders['customers'],
): Loaders['children'] {
  return createKeyLoader(async ({ parentId, activeOnly }) => {
    request.expect('children');
    const query = { parent_id: parentId, active: activeOnly ? true : undefined };
    const rows = await readAll(createCustomerList(request, memory, query, parentId));
    return rows.map((row) => toPartialRow(row, customers));
  });
}

function createUserLoader(request: SourceRequest): Loaders['users'] {
  return createKeyLoader(async ({ locationId, userId }) => {
    return fetchRecord<User>(
      request,
      (id, decoding) =>
        request.get(`/locations/${locationId}/users/${id}`, {}, { ...decoding, resource: 'lookups' }),
      userId,
    );
  });
}

/** A list that says how long it is. @param parentId whom the customers have to belong to */
function createCustomerList(
  request: SourceRequest,
  memory: PageMemory,
  query: Query,
  parentId?: string,
): PagedList<Customer> {
  const path = '/customers';
  return {
    request,
    memory,
    path,
    paging,
    isCounted: true,
    // CRO takes no order, and documents none.
    isSorted: false,
    decoding: createDecoding(request, parentId),
    getPage: (page, decoding) => request.get(path, { ...page, ...query }, decoding),
  };
}

function createDecoding(request: SourceRequest, parentId?: string): Decoding<ListAnswer<Customer>> {
  return {
    decode(body, header) {
      const answer = decodeList<Customer>(request, body, header);
      if (parentId !== undefined) checkOwner(request, answer.items, 'parent_id', parentId);
      return answer.total === largestTotal ? { ...answer, total: undefined } : answer;
    },
    resource: 'customers',
  };
}
