import type { Address, DeliveryAddress, RequiredResolvers } from '../../generated/sage200.ts';
import { childRows, idOf, loadOne, objectOf, objectsOf, textsOf } from '../payload.ts';

export const resolvers: RequiredResolvers = {
  Sage200Customer: {
    references: ({ data }) => textsOf([data.reference]),
    isActive: ({ data }) => (typeof data.account_status_type === 'string' ? data.account_status_type === 'AccountStatusActive' : null),
    addresses(row) {
      const address = objectOf(row.data.main_address);
      return address === null ? [] : childRows(row, [address]);
    },
    deliveryAddresses({ data, session }) {
      const id = idOf(data.id);
      return id === null ? null : session.loaders.deliveryAddresses.load(id);
    },
  },
  Sage200Contact: {
    emailAddresses: ({ data }) => textsOf([data.default_email, ...defaultFirst(data.emails).map(({ email }) => email)]),
    phoneNumbers: ({ data }) =>
      textsOf([
        data.default_telephone,
        ...[...defaultFirst(data.telephones), ...defaultFirst(data.mobiles)].map((number) => number.full_number),
      ]),
  },
  Sage200ContactRole: {
    role: ({ data, session }) => loadOne(session.loaders.traderContactRoles, data.trader_contact_role_id),
  },
  Sage200Address: {
    lines: ({ data }) => streetLines(data),
    countryCode: ({ data }) => objectOf(data.address_country_code)?.code ?? null,
    purposes: () => ['MAIN'],
  },
  Sage200DeliveryAddress: {
    lines: ({ data }) => streetLines(data),
    countryCode: ({ data }) => objectOf(data.address_country_code)?.code ?? null,
    purposes: () => ['SHIPPING'],
  },
};

function streetLines({ address_1, address_2, address_3, address_4 }: Address | DeliveryAddress): string[] {
  return textsOf([address_1, address_2, address_3, address_4]);
}

/** Entries in their order, the one that is marked as the default before the others. */
function defaultFirst<T extends { is_default?: boolean | null }>(entries: readonly T[] | undefined): T[] {
  return objectsOf(entries).toSorted((a, b) => Number(b.is_default === true) - Number(a.is_default === true));
}
