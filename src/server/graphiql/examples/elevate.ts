import type { Example, SampledSource } from './example.ts';

/** What only customers in Elevate have. */
export const createElevateExamples = ({ ids: [id] }: SampledSource): readonly Example[] => [
  {
    name: 'ElevateSites',
    title: 'Sites, billing and contract',
    query: `# Elevate, a billing system: the sites a customer is served
# at, how they are invoiced, and the contract behind them.
query ElevateSites($id: ID!) {
  customer(id: $id) {
    name
    ... on ElevateCustomer {
      type
      startOn
      contractOwner {
        name
      }
      billingCycle {
        name
        currencyCode
        period {
          unit
          length
        }
      }
      sites {
        id
        name
        address {
          lines
          postcode
        }
        invoicing {
          paymentMethod
          paymentTermsInDays
          invoiceAddress {
            lines
            postcode
          }
        }
        siteReceivingInvoice {
          id
          name
        }
      }
    }
  }
}
`,
    variables: { id },
  },
];
