import DataLoader from 'dataloader';
import type { Customer, Location, User } from '../../generated/cro.ts';
import { isJsonObject } from '../../rest/json.ts';
import type * as provider from '../provider.ts';
import { createRecordLoader, nativeIdOf, readRecords, toRow, type RecordLoader } from '../record-loaders.ts';
import type { Settings } from './config.ts';

type SourceRequest = provider.SourceRequest<Loaders>;

export interface Loaders extends provider.Loaders {
  readonly customers: RecordLoader<Customer, Loaders>;
  readonly locations: RecordLoader<Location, Loaders>;
  /** The customers that belong to a customer, by its id. */
  readonly children: DataLoader<string, provider.Row<Customer, Loaders>[]>;
  /** By `<location id>/<user id>`: users are known at a location only. */
  readonly users: DataLoader<string, provider.Row<User, Loaders> | null>;
  /** Where the source's clock stands, if that is known. */
  readonly timeZone: string | undefined;
}

/** CRO has no way to name several ids in a call: each record is a GET of its own. */
export function connect({ timeZone }: Settings): (request: SourceRequest) => Loaders {
  return (request) => {
    const customers: Loaders['customers'] = createRecordLoader(request, {
      name: 'cro.customers',
      fetchOne: (id) => request.get(`/customers/${id}`),
    });
    return {
      customers,
      locations: createRecordLoader(request, { name: 'cro.locations', fetchOne: (id) => request.get(`/locations/${id}`) }),
      children: createChildrenLoader(request, customers),
      users: createUserLoader(request),
      timeZone,
    };
  };
}

/** The most rows a list answer may have. */
const pageLimit = 1_000;

function createChildrenLoader(request: SourceRequest, customers: Loaders['customers']): Loaders['children'] {
  async function loadChildren(parentId: string) {
    const answer = await request.get('/customers', { parent_id: parentId, page_index: 1, page_limit: pageLimit });
    // The items of this list are documented only as "customers": what they hold beside the id is read by id.
    const ids = readResults(request, answer).map(nativeIdOf);
    const children = await customers.loadMany(ids.filter((id) => id !== undefined));
    return children.flatMap((child) => {
      if (child instanceof Error) throw child;
      return child === null ? [] : [child];
    });
  }
  return createPerKeyLoader('cro.children', loadChildren);
}

function createUserLoader(request: SourceRequest): Loaders['users'] {
  return createPerKeyLoader('cro.users', async (key) => {
    const [locationId, userId] = key.split('/');
    const record = await request.get(`/locations/${locationId}/users/${userId}`);
    if (record === null) return null;
    const [user] = readRecords<User, Loaders>(request, [record]);
    return user === undefined ? null : toRow(request, user);
  });
}

/** A loader whose every key takes a call of its own, and fails alone. */
function createPerKeyLoader<T>(name: string, load: (key: string) => Promise<T>): DataLoader<string, T> {
  const loadSettled = (key: string) =>
    load(key).catch((error: unknown) => (error instanceof Error ? error : new Error('unknown failure', { cause: error })));
  return new DataLoader((keys) => Promise.all(keys.map(loadSettled)), { name });
}

/** The rows of CRO's list envelope. */
function readResults(request: SourceRequest, answer: unknown): Customer[] {
  if (answer === null) return [];
  if (!isJsonObject(answer)) throw request.error('UPSTREAM_BAD_RESPONSE', { reason: 'the answer is no list envelope' });
  return readRecords<Customer, Loaders>(request, answer['results']);
}
