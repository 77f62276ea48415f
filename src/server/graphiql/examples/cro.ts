import type { Example } from './example.ts';

/** What only customers in CRO Software have. */
export const croExamples: readonly Example[] = [
  {
    name: 'CroBranches',
    query: `# CRO Software, dispatch of containers: the haulier's branches
# that serve a customer, and the customers that belong to it.
query CroBranches($id: ID!) {
  customer(id: $id) {
    name
    ... on CroCustomer {
      createdAtLocal
      locations {
        isActive
        isCommercial
        referenceNumber
        note
        location {
          id
          name
          address {
            city
            region
          }
        }
      }
      parent {
        id
        name
      }
      children {
        id
        name
      }
    }
  }
}
`,
    variables: { id: 'cro:1' },
  },
];
