import type { GraphQLResolveInfo } from 'graphql';
import type {
  Address,
  CroCustomerLocationRow,
  CroCustomerRow,
  LocationAddress,
  RequiredResolvers,
} from '../../generated/cro.ts';
import { idOf } from '../kit/native-ids.ts';
import { childRows, listOf, readAs, textsOf } from '../kit/payload.ts';
import { loadReference } from '../kit/references.ts';
import { scalarReaders } from '../kit/scalar-readers.ts';
import { readEmails } from './emails.ts';
import { toInstant } from './local-time.ts';

export const resolvers: RequiredResolvers = {
  CroCustomer: {
    references(row, _args, _context, info) {
      const numbers = listOf(row, row.data.locations, info).map((location) => location.reference_number);
      return textsOf(row, numbers, info);
    },
    isActive(row, _args, _context, info) {
      const flags = listOf(row, row.data.locations, info).map((location) =>
        readAs(row, scalarReaders.Boolean, location.is_active, info),
      );
      return flags.length === 0 ? null : flags.includes(true);
    },
    addresses: (row, { activeOnly }, _context, info) =>
      childRows(row, keepActive(listOf(row, row.data.addresses, info), activeOnly)),
    createdAt: (row, _args, _context, info) => readInstant(row, row.data.created_on, info),
    updatedAt: (row, _args, _context, info) => readInstant(row, row.data.last_updated_on, info),
    parent: ({ data, session }, _args, _context, info) =>
      loadReference(session, session.loaders.customers, { id: data.parent_id }, info),
    children({ data, session }, { activeOnly }) {
      const id = idOf(data.id);
      return id === null
        ? []
        : session.loaders.children.load({ parentId: id, activeOnly: activeOnly === true });
    },
    locations: (row, { activeOnly }, _context, info) =>
      childRows(row, keepActive(listOf(row, row.data.locations, info), activeOnly)),
  },
  CroCustomerLocation: {
    location: ({ data, session }, _args, _context, info) =>
      loadReference(session, session.loaders.locations, { id: data.location_id }, info),
    salesRepUser: ({ data, session }) => loadSalesRep(data, session),
    createdAt: (row, _args, _context, info) => readInstant(row, row.data.created_on, info),
    updatedAt: (row, _args, _context, info) => readInstant(row, row.data.last_updated_on, info),
    renewalAt: (row, _args, _context, info) => readInstant(row, row.data.renewal_date, info),
  },
  CroContact: {
    emailAddresses: (row, _args, _context, info) => textsOf(row, [row.data.email], info).flatMap(readEmails),
    phoneNumbers: (row, _args, _context, info) => textsOf(row, [row.data.number], info),
  },
  CroAddress: {
    lines: (row, _args, _context, info) => textsOf(row, streetLines(row.data), info),
    purposes(row, _args, _context, info) {
      const isMarked = (flag: unknown) => readAs(row, scalarReaders.Boolean, flag, info) === true;
      return [
        ...(isMarked(row.data.is_billing) ? (['BILLING'] as const) : []),
        ...(isMarked(row.data.is_physical) ? (['SITE'] as const) : []),
        ...(isMarked(row.data.is_shipping) ? (['SHIPPING'] as const) : []),
      ];
    },
  },
  CroLocationAddress: {
    lines: (row, _args, _context, info) => textsOf(row, streetLines(row.data), info),
    // CRO has no country for its branches.
    countryCode: () => null,
    purposes: () => [],
  },
  CroLocationContact: {
    emailAddresses: (row, _args, _context, info) => textsOf(row, [row.data.email], info).flatMap(readEmails),
    phoneNumbers: (row, _args, _context, info) => textsOf(row, [row.data.number], info),
  },
};

function readInstant(
  row: CroCustomerRow | CroCustomerLocationRow,
  time: unknown,
  info: GraphQLResolveInfo,
): string | null {
  return readAs(row, (value) => toInstant(value, row.session.loaders.timeZone), time, info);
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
function loadSalesRep(data: CroCustomerLocationRow['data'], { loaders }: CroCustomerLocationRow['session']) {
  const locationId = idOf(data.location_id);
  const userId = idOf(data.sales_rep_id);
  return locationId === null || userId === null ? null : loaders.users.load({ locationId, userId });
}
