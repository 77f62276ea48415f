import DataLoader from 'dataloader';
import type { Customer, DeliveryAddress, TraderContactRole } from '../../generated/sage200.ts';
import { UpstreamError } from '../../rest/errors.ts';
import type * as provider from '../provider.ts';
import { createBatchRecordLoader, nativeIdOf, readRecords, toRow, type RecordLoader } from '../record-loaders.ts';
import type { Settings } from './config.ts';
import { chooseExpansions } from './expansions.ts';

type SourceRequest = provider.SourceRequest<Loaders>;

export interface Loaders extends provider.Loaders {
  readonly customers: RecordLoader<Customer, Loaders>;
  /** The delivery addresses of a customer, by its id. */
  readonly deliveryAddresses: DataLoader<string, provider.Row<DeliveryAddress, Loaders>[]>;
  readonly traderContactRoles: RecordLoader<TraderContactRole, Loaders>;
}

/** Ids in one `$filter`: its limit is not documented, and servers of its kind take about 25 clauses. */
export const idsPerFilter = 20;

/** The most rows a list answer may have. */
const maxTop = 5_000;

export function connect(_settings: Settings): (request: SourceRequest) => Loaders {
  // Some sites refuse `or` in a filter. That is learnt once, and each customer is a call of its own from then on.
  const site = { takesOrFilters: true };
  return (request) => ({
    customers: createCustomerLoader(request, site),
    deliveryAddresses: createDeliveryAddressLoader(request),
    traderContactRoles: createCollectionLoader(request, 'trader_contact_roles'),
  });
}

function createCustomerLoader(request: SourceRequest, site: { takesOrFilters: boolean }): Loaders['customers'] {
  const $expand = () => chooseExpansions(request.selection);
  const fetchOne = (id: string) => request.get(`/customers/${id}`, { $expand: $expand() });
  const fetchEach = (ids: readonly string[]) => Promise.all(ids.map(fetchOne));

  async function fetchMany(ids: readonly string[]): Promise<unknown> {
    if (!site.takesOrFilters) return fetchEach(ids);
    try {
      return unwrapList(await request.get('/customers', { $filter: anyOf('id', ids), $expand: $expand() }));
    } catch (error) {
      if (!(error instanceof UpstreamError) || error.status !== 400) throw error;
      const records = await fetchEach(ids);
      site.takesOrFilters = false;
      return records;
    }
  }

  return createBatchRecordLoader(request, { name: 'sage200.customers', maxBatchSize: idsPerFilter, fetchOne, fetchMany });
}

function createDeliveryAddressLoader(request: SourceRequest): Loaders['deliveryAddresses'] {
  return new DataLoader(
    async (customerIds) => {
      const query = { $filter: anyOf('customer_id', customerIds), $orderby: 'id asc', $top: maxTop };
      const records = readRecords<DeliveryAddress, Loaders>(request, unwrapList(await request.get('/customer_delivery_addresses', query)));
      return customerIds.map((customerId) =>
        records.filter((record) => nativeIdOf({ id: record.customer_id }) === customerId).map((record) => toRow(request, record)),
      );
    },
    { name: 'sage200.deliveryAddresses', maxBatchSize: idsPerFilter },
  );
}

/** A small collection that is read whole: one call serves all rows. */
function createCollectionLoader<T extends object>(request: SourceRequest, collection: string): RecordLoader<T, Loaders> {
  return new DataLoader(
    async (ids) => {
      const rows = readRecords<T, Loaders>(request, unwrapList(await request.get(`/${collection}`, { $orderby: 'id asc', $top: maxTop })));
      const byId = new Map(rows.map((row) => [nativeIdOf(row), row]));
      return ids.map((id) => {
        const row = byId.get(id);
        return row === undefined ? null : toRow(request, row);
      });
    },
    { name: `sage200.${collection}` },
  );
}

function anyOf(property: string, ids: readonly string[]): string {
  return ids.map((id) => `${property} eq ${id}`).join(' or ');
}

/** Lists are bare arrays; some versions wrap them. */
function unwrapList(answer: unknown): unknown {
  return typeof answer === 'object' && answer !== null && 'value' in answer ? answer.value : answer;
}
