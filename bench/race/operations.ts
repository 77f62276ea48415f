import { apis, type Api } from './records.ts';

/** A GraphQL request as it is posted. */
export interface GraphqlRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** How a contestant is asked in its own schema; ids are `elevate:1`. */
export interface Operations {
  /** One customer with all that the race asks for. */
  customer(id: string): GraphqlRequest;
  /** As much of many. */
  customers(ids: readonly string[]): GraphqlRequest;
  /** Names of references in a supergraph. */
  entities?(ids: readonly string[]): GraphqlRequest;
  /** Customers of Sage 200 with the names of their currency, price band, country and tax code. */
  lookups?(ids: readonly string[]): GraphqlRequest;
  /** Ids and names of the first 100 customers of all APIs. */
  list?(): GraphqlRequest;
}

const typeNames: Readonly<Record<Api, string>> = {
  elevate: 'ElevateCustomer',
  sage200: 'Sage200Customer',
  cro: 'CroCustomer',
};

function apiOf(id: string): Api {
  return apis.find((api) => id.startsWith(`${api}:`)) ?? 'elevate';
}

function entities(ids: readonly string[]): GraphqlRequest {
  return {
    query: `query Q($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on Customer { id name } }
    }`,
    variables: { representations: ids.map((id) => ({ __typename: typeNames[apiOf(id)], id })) },
  };
}

const graphFields = `__typename id name createdAt
  contacts { id name emailAddresses phoneNumbers }
  addresses { lines city postcode }
  ... on ElevateCustomer {
    accountNumber
    sites { id name address { lines city postcode } contacts { name emailAddresses } }
  }
  ... on Sage200Customer { reference balance }
  ... on CroCustomer { locations { locationId note isActive } }`;

export const customerGraph: Operations = {
  customer: (id) => ({
    query: `query Q($id: ID!) { customer(id: $id) { ${graphFields} } }`,
    variables: { id },
  }),
  customers: (ids) => ({
    query: `query Q($ids: [ID!]!) { customersByIds(ids: $ids) { ${graphFields} } }`,
    variables: { ids },
  }),
  entities,
  lookups: (ids) => ({
    query: `query Q($ids: [ID!]!) {
      customersByIds(ids: $ids) {
        id name
        ... on Sage200Customer {
          currency { name } priceBand { name } tax { country { name } defaultCode { name } }
        }
      }
    }`,
    variables: { ids },
  }),
  list: () => ({ query: 'query Q { customers(first: 100) { nodes { id name } } }', variables: {} }),
};

const normalizedFields = `__typename id name createdAt
  contacts { id name email phone }
  addresses { line1 city postcode }
  ... on ElevateCustomer {
    accountNumber
    sites { id name address { line1 city postcode } contacts { name email } }
  }
  ... on Sage200Customer { reference balance }
  ... on CroCustomer { locations { id note isActive } }`;

/** Of the limit, which reads the variables alone, and plain Apollo. */
export const normalized: Operations = {
  customer: (id) => ({
    query: `query Q($id: ID!) { customer(id: $id) { ${normalizedFields} } }`,
    variables: { id },
  }),
  customers: (ids) => ({
    query: `query Q($ids: [ID!]!) { customers(ids: $ids) { ${normalizedFields} } }`,
    variables: { ids },
  }),
  entities,
  lookups: (ids) => ({
    query: `query Q($sageIds: [ID!]!) {
      sageCustomers(ids: $sageIds) {
        id name currency { name } priceBand { name } country { name } taxCode { name }
      }
    }`,
    variables: { sageIds: ids },
  }),
  list: () => ({
    query: 'query Q($first: Int!) { list(first: $first) { id name } }',
    variables: { first: 100 },
  }),
};

/** Of those that give the records of the APIs as they are: of each API by its own keys. */
const rawFields: Readonly<Record<Api, string>> = {
  elevate: `__typename id customerName createdDate customerAccountNumber
    customerContacts { id contactName contactEmailAddress contactTelephoneNumber }
    sites {
      id siteName
      siteAddress { address1 town postcode }
      siteContacts { contactName contactEmailAddress }
    }`,
  sage200: `__typename id name date_time_created reference balance
    contacts { id name default_email default_telephone }
    main_address { address_1 city postcode }`,
  cro: `__typename id name created_on
    contacts { id name email number }
    addresses { line_1 locality postcode }
    locations { location_id note is_active }`,
};

const rawLookups = 'id name currency { name } priceBand { name } country { name } taxCode { name }';

/**
 * Of those that have a field for each API, and none for many customers: each is asked for under an alias, in one
 * operation.
 */
export function createRawOperations(fieldOf: (api: Api) => string): Operations {
  const ask = (ids: readonly string[], fields: Readonly<Record<Api, string>> = rawFields): GraphqlRequest => {
    const variables = ids.map((id, index) => [`id${index}`, Number(id.slice(id.indexOf(':') + 1))] as const);
    const declared = variables.map(([name]) => `$${name}: Int!`).join(', ');
    const selected = ids.map((id, index) => {
      const api = apiOf(id);
      return `customer${index}: ${fieldOf(api)}(id: $id${index}) { ${fields[api]} }`;
    });
    return {
      query: `query Q(${declared}) { ${selected.join('\n')} }`,
      variables: Object.fromEntries(variables),
    };
  };
  return {
    customer: (id) => ask([id]),
    customers: (ids) => ask(ids),
    lookups: (ids) => ask(ids, { ...rawFields, sage200: rawLookups }),
  };
}
