import type { GraphQLResolveInfo } from 'graphql';
import type {
  Contact,
  ElevateCustomerRow,
  ElevateSiteRow,
  RequiredResolvers,
} from '../../generated/elevate.ts';
import { isBlank } from '../../rest/json.ts';
import { idOf } from '../kit/native-ids.ts';
import { childRows, listOf, objectsOf, readAs, textsOf, withoutRepeatedIds } from '../kit/payload.ts';
import { loadReference } from '../kit/references.ts';
import { scalarReaders } from '../kit/scalar-readers.ts';
import { primeSites } from './loaders.ts';

export const resolvers: RequiredResolvers = {
  ElevateCustomer: {
    references: (row, _args, _context, info) => textsOf(row, [row.data.customerAccountNumber], info),
    isActive(row, _args, _context, info) {
      const start = readAs(row, scalarReaders.Date, row.data.startDate, info);
      const end = readAs(row, scalarReaders.Date, row.data.endDate, info);
      return start === null ? null : isWithin(start, end, new Date().toISOString().slice(0, 10));
    },
    sites: (row, _args, _context, info) => loadSites(row, info),
    async addresses(row, _args, _context, info) {
      const sites = (await loadSites(row, info)).map(({ data }) => data);
      const siteAddresses = sites.map(({ siteAddress }) => siteAddress);
      const invoicing = sites.map(({ siteInvoiceDetails }) => siteInvoiceDetails);
      const invoiceAddresses = objectsOf(row, invoicing, info).map(({ invoiceAddress }) => invoiceAddress);
      return [
        ...childRows(row, withoutRepeatedIds(objectsOf(row, siteAddresses, info)), 'site-address'),
        ...childRows(row, withoutRepeatedIds(objectsOf(row, invoiceAddresses, info)), 'invoice-address'),
      ];
    },
    async contacts(row, _args, _context, info) {
      const ofSites: Contact[] = (await loadSites(row, info)).flatMap((site) =>
        listOf(site, site.data.siteContacts, info),
      );
      return [
        ...childRows(row, withoutRepeatedIds(listOf(row, row.data.customerContacts, info))),
        ...childRows(row, withoutRepeatedIds(ofSites), 'site-contact'),
      ];
    },
    contractOwner: ({ data, session }, _args, _context, info) =>
      loadReference(session, session.loaders.contractOwners, { id: data.contractOwnerId }, info),
    contractOwnerSubBrand: ({ data, session }, _args, _context, info) =>
      loadReference(
        session,
        session.loaders.contractOwnerSubBrands,
        { id: data.contractOwnerSubBrandId },
        info,
      ),
    billingCycle: ({ data, session }, _args, _context, info) =>
      loadReference(session, session.loaders.billingCycles, { id: data.billingCycleId }, info),
    tripwirePlan: ({ data, session }, _args, _context, info) =>
      loadReference(session, session.loaders.tripwirePlans, { id: data.tripwireId }, info),
    commissionAgent: ({ data, session }, _args, _context, info) =>
      loadReference(session, session.loaders.commissionAgents, { id: data.externalCommissionAgentId }, info),
  },
  ElevateSite: {
    customer: ({ data, session }, _args, _context, info) =>
      loadReference(session, session.loaders.customers, { id: data.customerId }, info),
    siteReceivingInvoice: ({ data, session }, _args, _context, info) =>
      loadReference(session, session.loaders.sites, { id: data.siteIdReceivingInvoice }, info),
  },
  ElevateAddress: {
    lines: (row, _args, _context, info) =>
      textsOf(row, [row.data.address1, row.data.address2, row.data.address3], info),
    purposes: ({ kind }) =>
      kind === 'site-address' ? ['SITE'] : kind === 'invoice-address' ? ['BILLING'] : [],
  },
  ElevateContact: {
    emailAddresses: (row, _args, _context, info) => textsOf(row, [row.data.contactEmailAddress], info),
    phoneNumbers: (row, _args, _context, info) =>
      textsOf(row, [row.data.contactTelephoneNumber, row.data.contactAlternativeTelephoneNumber], info),
  },
};

/** Every customer has a site at least: a record without any has come without them, and they have a list of their own. */
async function loadSites(row: ElevateCustomerRow, info: GraphQLResolveInfo): Promise<ElevateSiteRow[]> {
  const { loaders } = row.session;
  const id = idOf(row.data.id);
  if (id !== null && isBlank(row.data.sites)) return loaders.sitesOfCustomers.load(id);
  const sites = childRows(row, listOf(row, row.data.sites, info, { needsId: true }));
  primeSites(loaders.sites, sites);
  return sites;
}

/** Dates in ISO form compare as texts. */
function isWithin(start: string, end: string | null, today: string): boolean {
  return start <= today && (end === null || today <= end);
}
