import type { Example } from './example.ts';

/** Customers that are not known by their ids yet. */
export const listExamples: readonly Example[] = [
  {
    name: 'Customers',
    query: `# Customers of all sources, page by page: put "endCursor" into
# "after" for the next page. "completeness" tells whether
# all of a source is here, more follows, or it failed.
query Customers($first: Int, $after: String, $filter: CustomerFilter) {
  customers(first: $first, after: $after, filter: $filter) {
    nodes {
      __typename
      id
      name
      references
      updatedAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    completeness {
      source {
        name
      }
      status
      code
      reason
      totalCount
      fetchedAt
    }
  }
}
`,
    variables: { first: 9, after: null, filter: { name: 'roofing' } },
  },
  {
    name: 'Filters',
    query: `# Customers with which business is done, changed in 2026 or
# later. A source that cannot be narrowed by a filter is left
# out and says why; "Sources" shows it beforehand.
query Filters($filter: CustomerFilter) {
  customers(first: 6, filter: $filter) {
    nodes {
      id
      name
      isActive
      updatedAt
    }
    completeness {
      source {
        name
      }
      status
      reason
      totalCount
    }
  }
}
`,
    variables: { filter: { activeOnly: true, updatedSince: '2026-01-01T00:00:00Z' } },
  },
  {
    name: 'Search',
    query: `# One party, three spellings: the likeliest customers first,
# with what speaks for each. 1 is the same text.
query Search($text: String!) {
  search(text: $text, first: 5) {
    edges {
      score
      matchedField
      node {
        __typename
        id
        name
        addresses {
          postcode
        }
      }
    }
    completeness {
      source {
        name
      }
      status
    }
  }
}
`,
    variables: { text: 'Harbour & Sons' },
  },
];
