import type { Row } from '../records/row.ts';
import type { CroCustomer, CroData } from './data.ts';
import { isSince } from './headers.ts';
import type { CroSettings } from './parts.ts';
import {
  customerParameters,
  locationCustomerParameters,
  matchesName,
  pageParameters,
  type Parameters,
} from './query.ts';

/** A request whose headers, path and query have been checked. */
export interface CroCall {
  readonly version: string;
  /** Integers in the path, by name. */
  readonly ids: Readonly<Record<string, number>>;
  readonly values: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** One GET of the API. `find` returns undefined where there is nothing; an array is sent in the envelope of lists. */
export interface CroEndpoint {
  readonly path: string;
  /** Name of the model that faults in path and query are reported for. */
  readonly model: string;
  readonly parameters?: Parameters;
  readonly isTenantFree?: boolean;
  readonly find: (call: CroCall) => Row | readonly Row[] | undefined;
}

/** All endpoints over `data`. */
export function createCroEndpoints(data: CroData): readonly CroEndpoint[] {
  return [
    ...createCustomerEndpoints(data),
    ...createCustomerPartEndpoints(data),
    ...createLocationEndpoints(data),
  ];
}

function createCustomerEndpoints(data: CroData): readonly CroEndpoint[] {
  return [
    {
      path: '/customers',
      model: 'ListCustomersQueryParamsModel',
      parameters: customerParameters,
      find: ({ values }) => findCustomers(data, values).map(toProfile),
    },
    {
      path: '/customers/:customer_id',
      model: 'GetCustomerPathParamsModel',
      find: (call) => findCustomer(data, call),
    },
    {
      path: '/customers/:customer_id/locations',
      model: 'ListCustomerLocationsPathParamsModel',
      find: (call) => {
        const customer = findCustomer(data, call);
        return customer?.locations.map((settings) => toCustomerLocation(customer, settings, call.version));
      },
    },
    {
      path: '/customers/:customer_id/locations/:customer_location_id',
      model: 'GetCustomerLocationPathParamsModel',
      find: (call) =>
        findCustomerLocation(findCustomer(data, call), call.ids['customer_location_id'], call.version),
    },
  ];
}

function createCustomerPartEndpoints(data: CroData): readonly CroEndpoint[] {
  const customerOf = (call: CroCall): CroCustomer | undefined => findCustomer(data, call);
  return [
    {
      path: '/customers/:customer_id/addresses',
      model: 'ListCustomerAddressesPathParamsModel',
      find: (call) => customerOf(call)?.addresses,
    },
    {
      path: '/customers/:customer_id/addresses/:customer_address_id',
      model: 'GetCustomerAddressPathParamsModel',
      find: (call) => customerOf(call)?.addresses.find(({ id }) => id === call.ids['customer_address_id']),
    },
    {
      path: '/customers/:customer_id/contacts',
      model: 'ListCustomerContactsPathParamsModel',
      find: (call) => customerOf(call)?.contacts,
    },
    {
      path: '/customers/:customer_id/contacts/:customer_contact_id',
      model: 'GetCustomerContactPathParamsModel',
      find: (call) => customerOf(call)?.contacts.find(({ id }) => id === call.ids['customer_contact_id']),
    },
  ];
}

function createLocationEndpoints(data: CroData): readonly CroEndpoint[] {
  const branchOf = ({ ids }: CroCall): CroData['branches'][number] | undefined =>
    data.branches.find(({ location }) => location.id === ids['location_id']);
  return [
    {
      path: '/locations',
      model: 'ListLocationsQueryParamsModel',
      parameters: pageParameters,
      find: () => data.branches.map(({ location }) => location),
    },
    {
      path: '/locations/:location_id',
      model: 'GetLocationPathParamsModel',
      find: (call) => branchOf(call)?.location,
    },
    {
      path: '/locations/:location_id/customers',
      model: 'ListLocationCustomersQueryParamsModel',
      parameters: locationCustomerParameters,
      find: (call) => findLocationCustomers(data, branchOf(call)?.location.id, call),
    },
    {
      path: '/locations/:location_id/customers/:customer_id',
      model: 'GetLocationCustomerPathParamsModel',
      find: (call) => findCustomerLocation(findCustomer(data, call), call.ids['location_id'], call.version),
    },
    {
      path: '/locations/:location_id/users',
      model: 'ListUsersPathParamsModel',
      find: (call) => branchOf(call)?.users,
    },
    {
      path: '/locations/:location_id/users/:user_id',
      model: 'GetUserPathParamsModel',
      find: (call) => branchOf(call)?.users.find(({ id }) => id === call.ids['user_id']),
    },
    // The one call without x-tenant-id: it tells which ids there are.
    {
      path: '/tenants',
      model: 'ListTenantsQueryParamsModel',
      parameters: pageParameters,
      isTenantFree: true,
      find: () => data.tenants,
    },
  ];
}

function findCustomer(data: CroData, { ids }: CroCall): CroCustomer | undefined {
  return data.customers.get(ids['customer_id'] ?? 0);
}

function findCustomers(data: CroData, values: CroCall['values']): readonly CroCustomer[] {
  const tests: Readonly<
    Record<string, (customer: CroCustomer, value: string | number | boolean) => boolean>
  > = {
    active: ({ locations }, value) => locations.some(({ is_active }) => is_active) === value,
    created_on_gte: ({ created_on }, value) => created_on >= String(value),
    is_parent: ({ id }, value) => data.isParent(id) === value,
    last_updated_gte: ({ last_updated_on }, value) => last_updated_on >= String(value),
    location_id: ({ locations }, value) => locations.some(({ location_id }) => location_id === value),
    name: ({ name }, value) => matchesName(name, String(value)),
    parent_id: ({ parent_id }, value) => parent_id === value,
  };
  return data.customers
    .all()
    .filter((customer) =>
      Object.entries(values).every(
        ([field, value]) => value === undefined || (tests[field]?.(customer, value) ?? true),
      ),
    );
}

function findLocationCustomers(
  data: CroData,
  id: number | undefined,
  { values, version }: CroCall,
): readonly Row[] | undefined {
  if (id === undefined) return undefined;
  const customers = findCustomers(data, { ...values, location_id: id });
  return customers
    .map((customer) => findCustomerLocation(customer, id, version))
    .filter((row) => row !== undefined);
}

/** Lists of customers have less than the customer by its id: no contacts and no locations. */
function toProfile({ addresses, created_on, id, last_updated_on, name, parent_id }: CroCustomer): Row {
  return { addresses, created_on, id, last_updated_on, name, parent_id };
}

function findCustomerLocation(
  customer: CroCustomer | undefined,
  locationId: number | undefined,
  version: string,
): Row | undefined {
  const settings = customer?.locations.find(({ location_id }) => location_id === locationId);
  return customer === undefined || settings === undefined
    ? undefined
    : toCustomerLocation(customer, settings, version);
}

function toCustomerLocation(
  customer: CroCustomer,
  { customer_id, ...settings }: CroSettings,
  version: string,
): Row {
  const { addresses, contacts, name, parent_id } = customer;
  return {
    account_number_1: settings.reference_number,
    // Second numbers are for haulers that merged two books; this one did not.
    account_number_2: null,
    addresses,
    contacts,
    ...settings,
    // Version 2021/04/07 renamed the key.
    [isSince(version, '2021/04/07') ? 'id' : 'customer_id']: customer_id,
    name,
    parent_id,
  };
}
