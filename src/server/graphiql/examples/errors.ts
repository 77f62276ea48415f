import type { Example } from './example.ts';

/** What comes back when something is not there, or not right. */
export const errorExamples: readonly Example[] = [
  {
    name: 'UnknownIds',
    query: `# No such customer: null and no error, so the others in the
# list still arrive, each in its own place.
query UnknownIds {
  customer(id: "cro:999999999") {
    name
  }
  customersByIds(ids: ["elevate:1", "elevate:999999999", "elevate:2"]) {
    id
    name
  }
}
`,
  },
  {
    name: 'WrongIds',
    query: `# Ids that cannot be right: each is answered with an error
# that names its place by "path"; the rest is still answered.
query WrongIds {
  right: customer(id: "elevate:1") {
    name
  }
  withoutSource: customer(id: "1") {
    name
  }
  ofUnknownSource: customer(id: "nowhere:1") {
    name
  }
}
`,
    hasErrors: true,
  },
];
