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
};
