import type { Example, SampledSource } from './example.ts';

/** The first query of a visitor: needs nothing to be known of any customer. */
export const firstExample: Example = {
  name: 'FirstCustomers',
  title: 'The first customers of all sources',
  query: `# The first customers of all sources, side by side.
# Press the play button or Ctrl+Enter to run it.
# "Examples" on the left has more.
query FirstCustomers {
  customers(first: 6) {
    nodes {
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
      }
      contacts {
        name
        emailAddresses
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
};

/** Customers that are not known by their ids yet. */
export const createListExamples = (sources: readonly SampledSource[]): readonly Example[] => [
  firstExample,
  {
    name: 'Customers',
    title: 'Page by page, by a part of the name',
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
    variables: { first: 9, after: null, filter: nameFilter(sources) },
  },
  {
    name: 'Filters',
    title: 'Active customers changed lately',
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
    title: 'Search by a name, however it is spelt',
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
    variables: { text: nameOf(sources) ?? 'Harbour & Sons' },
  },
];

function nameOf(sources: readonly SampledSource[]): string | undefined {
  return sources.flatMap(({ customerNames }) => customerNames).find((name) => name.length >= 3);
}

/** By the longest word of a customer's name. */
function nameFilter(sources: readonly SampledSource[]): { readonly name: string } | null {
  const words = nameOf(sources)?.match(/\p{L}{3,}/gu) ?? [];
  const [longest] = words.toSorted((a, b) => b.length - a.length);
  return longest === undefined ? null : { name: longest.toLowerCase() };
}
