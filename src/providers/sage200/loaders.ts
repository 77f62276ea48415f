import DataLoader from 'dataloader';
import type * as wire from '../../generated/sage200.ts';
import type { GetOptions, Query } from '../../rest/client.ts';
import type * as provider from '../provider.ts';
import {
  createBatchRecordLoader,
  createCollectionLoader,
  nativeIdOf,
  readListedRows,
  readRows,
  readToEnd,
  toError,
  type RecordLoader,
} from '../record-loaders.ts';
import type { Settings } from './config.ts';
import { getExpanded } from './expansions.ts';
import { anyOf, idsPerFilter, maxTop, unwrapList } from './odata.ts';
import { askForAny, createSite, type Site } from './site.ts';

type SourceRequest = provider.SourceRequest<Loaders>;
type Row<T extends object> = provider.Row<T, Loaders>;

export interface Loaders extends provider.Loaders {
  readonly customers: RecordLoader<wire.Customer, Loaders>;
  /** The branches of a head office, by its id. */
  readonly branches: DataLoader<string, Row<wire.Customer>[]>;
  /** The delivery addresses of a customer, by its id. */
  readonly deliveryAddresses: DataLoader<string, Row<wire.DeliveryAddress>[]>;
  readonly nominalCodes: RecordLoader<wire.NominalCode, Loaders>;
  readonly countryCodes: RecordLoader<wire.CountryCode, Loaders>;
  readonly creditBureaus: RecordLoader<wire.CreditBureau, Loaders>;
  readonly creditPositions: RecordLoader<wire.CreditPosition, Loaders>;
  readonly currencies: RecordLoader<wire.Currency, Loaders>;
  readonly currencyIsoCodes: RecordLoader<wire.CurrencyIsoCode, Loaders>;
  readonly discountGroups: RecordLoader<wire.DiscountGroup, Loaders>;
  readonly financeCharges: RecordLoader<wire.FinanceCharge, Loaders>;
  readonly orderValueDiscounts: RecordLoader<wire.OrderValueDiscount, Loaders>;
  readonly priceBands: RecordLoader<wire.PriceBand, Loaders>;
  readonly salutations: RecordLoader<wire.Salutation, Loaders>;
  readonly taxCodes: RecordLoader<wire.TaxCode, Loaders>;
  readonly traderContactRoles: RecordLoader<wire.TraderContactRole, Loaders>;
  /** A stretch of the list of customers: whole records, undefined for one that cannot be used. */
  fetchCustomers(query: Query): Promise<(Row<wire.Customer> | undefined)[]>;
  countCustomers(filter: string | undefined): Promise<number | null>;
}

export function connect(_settings: Settings): (request: SourceRequest) => Loaders {
  const site = createSite();
  return (request) => {
    const customers = createCustomerLoader(request, site);
    const fetchCustomers = createCustomerList(request, site, customers);
    return {
      customers,
      fetchCustomers,
      countCustomers: ($filter) => countCustomers(request, $filter),
      branches: createChildLoader(request, site, 'branches', 'associated_head_office_id', (ids) =>
        readToEnd(request, maxTop, (page) => fetchCustomers({ $filter: anyOf('associated_head_office_id', ids), ...stretchOf(page) })),
      ),
      deliveryAddresses: createChildLoader(request, site, 'deliveryAddresses', 'customer_id', (ids) =>
        fetchAll(request, '/customer_delivery_addresses', { $filter: anyOf('customer_id', ids) }),
      ),
      nominalCodes: createNominalCodeLoader(request, site),
      countryCodes: createLookupLoader(request, 'country_codes'),
      creditBureaus: createLookupLoader(request, 'credit_bureaus'),
      creditPositions: createLookupLoader(request, 'credit_positions'),
      currencies: createLookupLoader(request, 'currencies'),
      currencyIsoCodes: createLookupLoader(request, 'currency_iso_codes'),
      discountGroups: createLookupLoader(request, 'customer_discount_groups'),
      financeCharges: createLookupLoader(request, 'finance_charges'),
      orderValueDiscounts: createLookupLoader(request, 'order_value_discounts'),
      priceBands: createLookupLoader(request, 'price_bands'),
      salutations: createLookupLoader(request, 'salutations'),
      taxCodes: createLookupLoader(request, 'tax_codes'),
      traderContactRoles: createLookupLoader(request, 'trader_contact_roles'),
    };
  };
}

function createCustomerLoader(request: SourceRequest, site: Site): Loaders['customers'] {
  return createBatchRecordLoader(request, {
    name: 'sage200.customers',
    maxBatchSize: idsPerFilter,
    fetchOne: (id, options) => getExpanded(request, site, ($expand) => request.get(`/customers/${id}`, { $expand }, options)),
    fetchMany: (ids) =>
      askForAny(request, site, ids, async () =>
        unwrapList(await getExpanded(request, site, ($expand) => request.get('/customers', { $filter: anyOf('id', ids), $expand }))),
      ),
  });
}

/** Listed customers are whole records: each is at hand when it is needed by its id. */
function createCustomerList(request: SourceRequest, site: Site, customers: Loaders['customers']): Loaders['fetchCustomers'] {
  return async (query) => {
    const answer = await getExpanded(request, site, ($expand) => request.get('/customers', { ...query, $expand }));
    const rows = readListedRows<wire.Customer, Loaders>(request, unwrapList(answer));
    for (const row of rows) if (row !== undefined) customers.prime(nativeIdOf(row.data) ?? '', row);
    return rows;
  };
}

/** `$count` replaces the body by a bare number. */
async function countCustomers(request: SourceRequest, $filter: string | undefined): Promise<number | null> {
  const { body } = await request.get('/customers', { $filter, $count: true });
  return typeof body === 'number' ? body : null;
}

/** Rows that belong to other rows, by the id of the owner: several owners in one call where the site takes that. */
function createChildLoader<K extends string, T extends { readonly [key in K]?: unknown }>(
  request: SourceRequest,
  site: Site,
  name: string,
  ownerKey: K,
  fetchOf: (ownerIds: readonly string[]) => Promise<Row<T>[]>,
): DataLoader<string, Row<T>[]> {
  async function loadMany(ownerIds: readonly string[]): Promise<(Row<T>[] | Error)[]> {
    const rows = await askForAny(request, site, ownerIds, () => fetchOf(ownerIds));
    if (rows === undefined) return Promise.all(ownerIds.map((id) => fetchOf([id]).catch(toError)));
    return ownerIds.map((id) => rows.filter(({ data }) => nativeIdOf({ id: data[ownerKey] }) === id));
  }
  return new DataLoader(loadMany, { name: `sage200.${name}`, maxBatchSize: idsPerFilter });
}

/** There can be thousands of nominal codes: only those that are needed are read. */
function createNominalCodeLoader(request: SourceRequest, site: Site): Loaders['nominalCodes'] {
  const lookup = { resource: 'lookups' } as const;
  return createBatchRecordLoader(request, {
    name: 'sage200.nominalCodes',
    maxBatchSize: idsPerFilter,
    fetchOne: (id, options) => request.get(`/nominal_codes/${id}`, { $select: nominalCodeFields }, { ...options, ...lookup }),
    fetchMany: (ids) =>
      askForAny(request, site, ids, async () =>
        unwrapList(await request.get('/nominal_codes', { $filter: anyOf('id', ids), $select: nominalCodeFields }, lookup)),
      ),
  });
}

/** Without a selection each code comes with its balances of several years. */
const nominalCodeFields = 'id,reference,name,cost_centre_code,department_code,nominal_account_type,account_status_type';

function createLookupLoader<T extends object>(request: SourceRequest, collection: string): RecordLoader<T, Loaders> {
  return createCollectionLoader({
    name: `sage200.${collection}`,
    fetchAll: () => fetchAll(request, `/${collection}`, {}, { resource: 'lookups' }),
  });
}

function fetchAll<T extends object>(request: SourceRequest, path: string, query: Query, options?: GetOptions): Promise<Row<T>[]> {
  return readToEnd(request, maxTop, async (page) =>
    readRows<T, Loaders>(request, unwrapList(await request.get(path, { ...query, ...stretchOf(page) }, options))),
  );
}

/** A page of the largest size, counted from 0. `$skip` is refused without an order. */
function stretchOf(page: number): Query {
  return { $orderby: 'id asc', $skip: page === 0 ? undefined : page * maxTop, $top: maxTop };
}
