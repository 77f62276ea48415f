import type { Example, SampledSource } from './example.ts';

/** What customers of a provider have on their own type, at the indentation of its place in the query. */
const ownFields: Readonly<Record<string, string>> = {
  elevate: `    ... on ElevateCustomer {
      accountNumber
      sites {
        name
      }
    }
`,
  sage200: `    ... on Sage200Customer {
      balance
      creditLimit
      isOnHold
    }
`,
  cro: `    ... on CroCustomer {
      locations(activeOnly: true) {
        location {
          name
        }
        salesRep
      }
    }
`,
};

/** Ids of several sources in turn, at most so many of each. */
function mixIds(sources: readonly SampledSource[], each: number): string[] {
  return sources.flatMap(({ ids }) => ids.slice(0, each));
}

/** What works alike for the customers of all providers. */
export function createCommonExamples(sources: readonly SampledSource[]): readonly Example[] {
  const [first] = sources;
  if (first === undefined) return [sourcesExample];
  const oneOfEach = mixIds(sources, 1);
  const mostOfEach = Math.floor(60 / sources.length);
  return [
    {
      name: 'Together',
      title: 'Customers of all sources together',
      query: `# Customers from several back offices in one request,
# by what all of them have in common.
# Press the play button or Ctrl+Enter to run it.
query Together($ids: [ID!]!) {
  customersByIds(ids: $ids) {
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
      variables: { ids: oneOfEach },
    },
    {
      name: 'OneCustomer',
      title: 'One customer by its id',
      query: `# One customer. The id is a variable: change it below to that
# of any other customer, of any source.
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
      variables: { id: first.ids[0] },
    },
    ...createOwnFields(sources, oneOfEach),
    {
      name: 'ManyCustomers',
      title: 'Many customers at once',
      query: `# Many customers in one request, in the order of the ids.
# Where a REST API can send many in one call, they are asked
# for in as few calls as it allows.
query ManyCustomers($ids: [ID!]!) {
  customersByIds(ids: $ids) {
    id
    name
    isActive
  }
}
`,
      variables: { ids: mixIds(sources, mostOfEach).slice(0, 60) },
    },
    sourcesExample,
  ];
}

function createOwnFields(sources: readonly SampledSource[], ids: readonly string[]): readonly Example[] {
  const providers = new Set(sources.map(({ provider }) => provider));
  const fragments = Object.entries(ownFields).flatMap(([provider, fragment]) =>
    providers.has(provider) ? [fragment] : [],
  );
  if (fragments.length === 0) return [];
  return [
    {
      name: 'OwnFields',
      title: 'What only one provider has',
      query: `# What only one provider has is on its own type:
# fragments ask each customer for what its kind can tell.
query OwnFields($ids: [ID!]!) {
  customersByIds(ids: $ids) {
    id
    name
${fragments.join('')}  }
}
`,
      variables: { ids },
    },
  ];
}

const sourcesExample: Example = {
  name: 'Sources',
  title: 'The sources and what each can do',
  query: `# The configured sources, how each is doing, and what can be
# asked of it. The name of a source is the first part of its
# customers' ids.
query Sources {
  sources {
    name
    provider
    title
    isSimulated
    status {
      state
      since
      latency {
        calls
        p50Ms
        p95Ms
      }
    }
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
};
