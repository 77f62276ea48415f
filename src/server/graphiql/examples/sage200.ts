import type { Example } from './example.ts';

/** What only customers in Sage 200 have. */
export const sage200Examples: readonly Example[] = [
  {
    name: 'SageLedger',
    query: `# Sage 200, the accounts: what a customer owes and may owe,
# on which terms. Decimals are strings: no digit is lost.
query SageLedger($id: ID!) {
  customer(id: $id) {
    name
    ... on Sage200Customer {
      reference
      currency {
        name
        symbol
      }
      balance
      creditLimit
      openOrdersValue
      account {
        status
        openedOn
      }
      paymentTerms {
        days
        basis
      }
      credit {
        averageDaysToPay
        nextReviewOn
      }
      mainAddress {
        lines
        postcode
      }
      deliveryAddresses {
        description
        lines
        postcode
        isDefault
      }
      memos {
        note
        createdAt
      }
    }
  }
}
`,
    variables: { id: 'sage200:1' },
  },
];
