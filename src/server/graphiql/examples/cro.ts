import type { Example, SampledSource } from './example.ts';

/** What only customers in CRO Software have. */
export const createCroExamples = ({ ids: [id] }: SampledSource): readonly Example[] => [
  {
    name: 'CroFamily',
    title: 'A customer, its parent and its branches',
    query: `# CRO Software, dispatch of containers: the customer this one
# belongs to with all that do, and the haulier's branches that
# serve it. Each record is asked for once.
query CroFamily($id: ID!) {
  customer(id: $id) {
    name
    ... on CroCustomer {
      createdAtLocal
      parent {
        id
        name
        children(activeOnly: true) {
          id
          name
          addresses(activeOnly: true) {
            city
            purposes
          }
        }
      }
      locations(activeOnly: true) {
        isCommercial
        referenceNumber
        note
        salesRepUser {
          username
          roles
        }
        location {
          id
          name
          address {
            city
            region
          }
        }
      }
    }
  }
}
`,
    variables: { id },
  },
];
