import type { RequiredResolvers } from '../../generated/acme.ts';
import { childRows, objectsOf, textsOf } from '../kit/payload.ts';
import { loadReference } from '../kit/references.ts';

export const resolvers: RequiredResolvers = {
  AcmeCustomer: {
    references: (row, _args, _context, info) => textsOf(row, [row.data.account_code], info),
    addresses: (row, _args, _context, info) =>
      childRows(row, objectsOf(row, [row.data.registered_office], info)),
    depot: ({ data, session }, _args, _context, info) =>
      loadReference(session, session.loaders.depots, { id: data.depot_id }, info),
  },
  AcmeAddress: {
    lines: (row, _args, _context, info) => textsOf(row, [row.data.street, row.data.building], info),
    purposes: () => ['MAIN'],
  },
  AcmeContact: {
    emailAddresses: (row, _args, _context, info) => textsOf(row, [row.data.mail], info),
    phoneNumbers: (row, _args, _context, info) => textsOf(row, [row.data.phone], info),
  },
};
