import type { RequiredResolvers } from '../../generated/acme.ts';
import { childRows, loadOne, objectOf, textsOf } from '../payload.ts';

export const resolvers: RequiredResolvers = {
  AcmeCustomer: {
    references: ({ data }) => textsOf([data.account_code]),
    addresses(row) {
      const office = objectOf(row.data.registered_office);
      return office === null ? [] : childRows(row, [office]);
    },
    depot: ({ data, session }) => loadOne(session.loaders.depots, data.depot_id),
  },
  AcmeAddress: {
    lines: ({ data }) => textsOf([data.street, data.building]),
    purposes: () => ['MAIN'],
  },
  AcmeContact: {
    emailAddresses: ({ data }) => textsOf([data.mail]),
    phoneNumbers: ({ data }) => textsOf([data.phone]),
  },
};
