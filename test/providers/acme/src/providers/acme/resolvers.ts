import type { RequiredResolvers } from '../../generated/acme-resolvers.ts';
import { childRows, objectsOf, textsOf } from '../kit/payload.ts';
import { loadReference } from '../kit/references.ts';
import type { Loaders } from './loaders.ts';

export const resolvers: RequiredResolvers<Loaders> = {
  AcmeCustomer: {
    references: ({ data }, field) => textsOf(field, [data.account_code]),
    addresses: ({ data }, field) => childRows(field, objectsOf(field, [data.registered_office])),
    depot: ({ data }, field) => loadReference(field, field.loaders.depots, { code: data.depot_code }, 'code'),
  },
  AcmeAddress: {
    id: () => null,
    nativeId: () => null,
    lines: ({ data }, field) => textsOf(field, [data.street, data.building]),
    purposes: () => ['MAIN'],
  },
  AcmeContact: {
    emailAddresses: ({ data }, field) => textsOf(field, [data.mail]),
    phoneNumbers: ({ data }, field) => textsOf(field, [data.phone]),
  },
};
