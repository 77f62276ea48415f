import type { Example, SampledSource } from './example.ts';

/** What comes back when something is not there, or not right. */
export function createErrorExamples(sources: readonly SampledSource[]): readonly Example[] {
  const [first] = sources;
  if (first === undefined) return [];
  const [known, next = known] = first.ids;
  const missing = `${first.name}:999999999`;
  return [
    {
      name: 'UnknownIds',
      title: 'A customer that does not exist',
      query: `# No such customer: null and no error, so the others in the
# list still arrive, each in its own place.
query UnknownIds($unknown: ID!, $ids: [ID!]!) {
  customer(id: $unknown) {
    name
  }
  customersByIds(ids: $ids) {
    id
    name
  }
}
`,
      variables: { unknown: missing, ids: [known, missing, next] },
    },
    {
      name: 'WrongIds',
      title: 'Ids that cannot be right',
      query: `# Ids that cannot be right: each is answered with an error
# that names its place by "path"; the rest is still answered.
query WrongIds($right: ID!, $withoutSource: ID!, $ofUnknownSource: ID!) {
  right: customer(id: $right) {
    name
  }
  withoutSource: customer(id: $withoutSource) {
    name
  }
  ofUnknownSource: customer(id: $ofUnknownSource) {
    name
  }
}
`,
      variables: { right: known, withoutSource: '1', ofUnknownSource: `${nameOfNone(sources)}:1` },
      hasErrors: true,
    },
  ];
}

function nameOfNone(sources: readonly SampledSource[]): string {
  const longest = Math.max(...sources.map(({ name }) => name.length));
  return 'nowhere'.padEnd(longest + 1, '-else').slice(0, 32);
}
