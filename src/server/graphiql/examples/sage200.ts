import type { Example, SampledSource } from './example.ts';

/** What only customers in Sage 200 have. */
export const createSage200Examples = ({ ids }: SampledSource): readonly Example[] => [
  {
    name: 'SageLedger',
    title: 'Balance, credit and terms',
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
      memos {
        note
        createdAt
      }
    }
  }
}
`,
    variables: { id: ids[0] },
  },
  {
    name: 'SageRelated',
    title: 'Lookups, delivery addresses, head office',
    query: `# What Sage 200 keeps in other collections. Currencies, tax
# codes and the like are read once and kept for an hour;
# delivery addresses of many customers are one call.
query SageRelated($ids: [ID!]!) {
  customersByIds(ids: $ids) {
    name
    ... on Sage200Customer {
      currency {
        name
        isoCode {
          code
        }
      }
      tax {
        country {
          code
          name
        }
        defaultCode {
          name
          rate
        }
      }
      priceBand {
        name
      }
      defaultNominalAccount {
        nominalCode {
          reference
          name
        }
      }
      deliveryAddresses {
        description
        lines
        postcode
        isDefault
      }
      headOffice {
        id
        name
        branches {
          id
          name
        }
      }
    }
  }
}
`,
    // The seventh: a branch in the sandbox.
    variables: { ids: [0, 1, 6].flatMap((index) => ids[index] ?? []) },
  },
];
