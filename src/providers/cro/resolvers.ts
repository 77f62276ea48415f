import type { CroCustomerLocationRow, RequiredResolvers } from '../../generated/cro.ts';
import { childRows, idOf, listOf, objectsOf, textsOf } from '../payload.ts';
import { loadReference } from '../references.ts';
import { splitEmails } from './emails.ts';
import { childrenKey } from './loaders.ts';
import { toInstant } from './local-time.ts';

export const resolvers: RequiredResolvers = {
  CroCustomer: {
    references: ({ data }) => textsOf(objectsOf(data.locations).map((location) => location.reference_number)),
    isActive({ data }) {
      const locations = objectsOf(data.locations);
      return locations.length === 0 ? null : locations.some((location) => location.is_active === true);
    },
    addresses: (row, { activeOnly }, _context, info) => childRows(row, keepActive(listOf(row, 'addresses', info), activeOnly)),
    createdAt: ({ data, session }) => toInstant(data.created_on, session.loaders.timeZone),
    updatedAt: ({ data, session }) => toInstant(data.last_updated_on, session.loaders.timeZone),
    parent: ({ data, session }, _args, _context, info) => loadReference(session, session.loaders.customers, { id: data.parent_id }, info),
    children({ data, session }, { activeOnly }) {
      const id = idOf(data.id);
      return id === null ? [] : session.loaders.children.load(childrenKey(id, activeOnly === true));
    },
    locations: (row, { activeOnly }, _context, info) => childRows(row, keepActive(listOf(row, 'locations', info), activeOnly)),
  },
  CroCustomerLocation: {
    location: ({ data, session }, _args, _context, info) =>
      loadReference(session, session.loaders.locations, { id: data.location_id }, info),
    salesRepUser: ({ data, session }) => loadSalesRep(data, session),
    createdAt: ({ data, session }) => toInstant(data.created_on, session.loaders.timeZone),
    updatedAt: ({ data, session }) => toInstant(data.last_updated_on, session.loaders.timeZone),
    renewalAt: ({ data, session }) => toInstant(data.renewal_date, session.loaders.timeZone),
  },
  CroContact: {
    emailAddresses: ({ data }) => splitEmails(data.email),
    phoneNumbers: ({ data }) => textsOf([data.number]),
  },
  CroAddress: {
    lines: ({ data }) => textsOf([data.line_1, data.line_2, data.line_3, data.line_4]),
    purposes: ({ data }) => [
      ...(data.is_billing === true ? (['BILLING'] as const) : []),
      ...(data.is_physical === true ? (['SITE'] as const) : []),
      ...(data.is_shipping === true ? (['SHIPPING'] as const) : []),
    ],
  },
  CroLocationAddress: {
    lines: ({ data }) => textsOf([data.line_1, data.line_2, data.line_3, data.line_4]),
    // CRO has no country for its branches.
    countryCode: () => null,
    purposes: () => [],
  },
  CroLocationContact: {
    emailAddresses: ({ data }) => splitEmails(data.email),
    phoneNumbers: ({ data }) => textsOf([data.number]),
  },
};

function keepActive<T extends { is_active?: unknown }>(rows: readonly T[], activeOnly: boolean | null | undefined): readonly T[] {
  return activeOnly === true ? rows.filter((row) => row.is_active !== false) : rows;
}

/** `sales_rep_id` may be a number, a UUID or a user name; only a number leads to a user. */
function loadSalesRep(data: CroCustomerLocationRow['data'], { loaders }: CroCustomerLocationRow['session']) {
  const locationId = idOf(data.location_id);
  const userId = idOf(data.sales_rep_id);
  return locationId === null || userId === null ? null : loaders.users.load(`${locationId}/${userId}`);
}
