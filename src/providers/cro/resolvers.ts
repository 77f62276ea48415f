import type { Address, CroCustomerLocationRow, LocationAddress } from '../../generated/cro.ts';
import type { RequiredResolvers } from '../../generated/cro-resolvers.ts';
import type { FieldCall } from '../kit/fields.ts';
import { nativeIdOf } from '../kit/native-ids.ts';
import { childRows, listOf, readAs, textsOf } from '../kit/payload.ts';
import { loadReference } from '../kit/references.ts';
import { scalarReaders } from '../kit/scalar-readers.ts';
import { readEmails } from './emails.ts';
import type { Loaders } from './loaders.ts';
import { toInstant } from './local-time.ts';

export const resolvers: RequiredResolvers<Loaders> = {
  CroCustomer: {
    references({ data }, field) {
      const numbers = listOf(field, data, 'locations').map((location) => location.reference_number);
      return textsOf(field, numbers);
    },
    isActive({ data }, field) {
      const flags = listOf(field, data, 'locations').map((location) =>
        readAs(field, scalarReaders.Boolean, location.is_active),
      );
      return flags.length === 0 ? null : flags.includes(true);
    },
    addresses: ({ data }, field) =>
      childRows(field, keepActive(listOf(field, data, 'addresses'), field.args.activeOnly)),
    createdAt: ({ data }, field) => readInstant(field, data.created_on),
    updatedAt: ({ data }, field) => readInstant(field, data.last_updated_on),
    parent: ({ data }, field) => loadReference(field, field.loaders.customers, { id: data.parent_id }),
    children(row, { args, loaders }) {
      const id = nativeIdOf(row);
      return id === undefined
        ? []
        : loaders.children.load({ parentId: id, activeOnly: args.activeOnly === true });
    },
    locations: ({ data }, field) =>
      childRows(field, keepActive(listOf(field, data, 'locations'), field.args.activeOnly)),
  },
  CroCustomerLocation: {
    location: ({ data }, field) => loadReference(field, field.loaders.locations, { id: data.location_id }),
    salesRepUser: loadSalesRep,
    createdAt: ({ data }, field) => readInstant(field, data.created_on),
    updatedAt: ({ data }, field) => readInstant(field, data.last_updated_on),
    renewalAt: ({ data }, field) => readInstant(field, data.renewal_date),
  },
  CroContact: {
    emailAddresses: ({ data }, field) => textsOf(field, [data.email]).flatMap(readEmails),
    phoneNumbers: ({ data }, field) => textsOf(field, [data.number]),
  },
  CroAddress: {
    lines: ({ data }, field) => textsOf(field, streetLines(data)),
    purposes({ data }, field) {
      const isMarked = (flag: unknown) => readAs(field, scalarReaders.Boolean, flag) === true;
      return [
        ...(isMarked(data.is_billing) ? (['BILLING'] as const) : []),
        ...(isMarked(data.is_physical) ? (['SITE'] as const) : []),
        ...(isMarked(data.is_shipping) ? (['SHIPPING'] as const) : []),
      ];
    },
  },
  CroLocationAddress: {
    lines: ({ data }, field) => textsOf(field, streetLines(data)),
    // CRO has no country for its branches.
    countryCode: () => null,
    purposes: () => [],
  },
  CroLocationContact: {
    emailAddresses: ({ data }, field) => textsOf(field, [data.email]).flatMap(readEmails),
    phoneNumbers: ({ data }, field) => textsOf(field, [data.number]),
  },
};

function readInstant(field: FieldCall<Loaders>, time: unknown): string | null {
  return readAs(field, (value) => toInstant(value, field.loaders.timeZone), time);
}

function streetLines({ line_1, line_2, line_3, line_4 }: Address | LocationAddress): unknown[] {
  return [line_1, line_2, line_3, line_4];
}

function keepActive<T extends { is_active?: unknown }>(
  rows: readonly T[],
  activeOnly: boolean | null | undefined,
): readonly T[] {
  return activeOnly === true ? rows.filter((row) => row.is_active !== false) : rows;
}

/** `sales_rep_id` may be a number, a UUID or a user name; only a number leads to a user. */
function loadSalesRep({ at, data }: CroCustomerLocationRow, { loaders }: FieldCall<Loaders>) {
  const locationId = at.ids.read(data.location_id);
  const userId = at.ids.read(data.sales_rep_id);
  return locationId === null || userId === null ? null : loaders.users.load({ locationId, userId });
}
