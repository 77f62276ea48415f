import type { Example } from './example.ts';

/** What works alike for the customers of all providers. */
export const commonExamples: readonly Example[] = [
  {
    name: 'ThreeSources',
    query: `# Three customers from three back offices in one request,
# by what all of them have in common.
# Press the play button or Ctrl+Enter to run it.
query ThreeSources {
  customersByIds(ids: ["elevate:1", "sage200:1", "cro:1"]) {
    __typename
    id
    name
    source {
      name
      title
    }
    addresses {
      lines
      city
      postcode
      countryCode
    }
    contacts {
      name
      emailAddresses
      phoneNumbers
    }
  }
}
`,
  },
  {
    name: 'OneCustomer',
    query: `# One customer. The id is a variable: change it below,
# to "sage200:2" or "cro:3" for example.
query OneCustomer($id: ID!) {
  customer(id: $id) {
    __typename
    id
    nativeId
    source {
      name
    }
    name
    references
    isActive
    createdAt
    updatedAt
    addresses {
      purposes
      lines
      city
      region
      postcode
      countryCode
    }
  }
}
`,
    variables: { id: 'elevate:1' },
  },
  {
    name: 'OwnFields',
    query: `# What only one provider has is on its own type:
# fragments ask each customer for what its kind can tell.
query OwnFields($ids: [ID!]!) {
  customersByIds(ids: $ids) {
    id
    name
    ... on ElevateCustomer {
      accountNumber
      sites {
        name
      }
    }
    ... on Sage200Customer {
      balance
      creditLimit
      isOnHold
    }
    ... on CroCustomer {
      locations(activeOnly: true) {
        location {
          name
        }
        salesRep
      }
    }
  }
}
`,
    variables: { ids: ['elevate:1', 'sage200:1', 'cro:1'] },
  },
  {
    name: 'Sources',
    query: `# The configured sources, and what can be asked of each. The
# name of a source is the first part of its customers' ids.
query Sources {
  sources {
    name
    provider
    title
    isSimulated
    capabilities {
      customersPerCall
      isListable
      canCount
      maxPageSize
      filters
      unsupportedFilters {
        name
        reason
      }
    }
  }
}
`,
  },
];
