import type { GraphQLResolveInfo } from 'graphql';
import type { Contact, ElevateCustomerRow, ElevateSiteRow, RequiredResolvers } from '../../generated/elevate.ts';
import { childRows, idOf, listOf, loadOne, objectOf, objectsOf, textsOf, withoutRepeats } from '../payload.ts';
import { loadReference } from '../references.ts';

export const resolvers: RequiredResolvers = {
  ElevateCustomer: {
    references: ({ data }) => textsOf([data.customerAccountNumber]),
    isActive: ({ data }) => isWithin(data.startDate, data.endDate, new Date().toISOString().slice(0, 10)),
    sites: (row, _args, _context, info) => loadSites(row, info),
    async addresses(row, _args, _context, info) {
      const sites = (await loadSites(row, info)).map(({ data }) => data);
      const ofSites = objectsOf(sites.map((site) => objectOf(site.siteAddress)));
      const ofInvoices = objectsOf(sites.map((site) => objectOf(objectOf(site.siteInvoiceDetails)?.invoiceAddress)));
      return [...childRows(row, withoutRepeats(ofSites), 'site-address'), ...childRows(row, withoutRepeats(ofInvoices), 'invoice-address')];
    },
    async contacts(row, _args, _context, info) {
      const ofSites: Contact[] = (await loadSites(row, info)).flatMap(({ data }) => objectsOf(data.siteContacts));
      return [
        ...childRows(row, withoutRepeats(objectsOf(row.data.customerContacts))),
        ...childRows(row, withoutRepeats(ofSites), 'site-contact'),
      ];
    },
    contractOwner: ({ data, session }) => loadOne(session.loaders.contractOwners, data.contractOwnerId),
    contractOwnerSubBrand: ({ data, session }) => loadOne(session.loaders.contractOwnerSubBrands, data.contractOwnerSubBrandId),
    billingCycle: ({ data, session }) => loadOne(session.loaders.billingCycles, data.billingCycleId),
    tripwirePlan: ({ data, session }) => loadOne(session.loaders.tripwirePlans, data.tripwireId),
    commissionAgent: ({ data, session }) => loadOne(session.loaders.commissionAgents, data.externalCommissionAgentId),
  },
  ElevateSite: {
    customer: ({ data, session }, _args, _context, info) =>
      loadReference(session, session.loaders.customers, { id: data.customerId }, info),
    siteReceivingInvoice: ({ data, session }, _args, _context, info) =>
      loadReference(session, session.loaders.sites, { id: data.siteIdReceivingInvoice }, info),
  },
  ElevateAddress: {
    lines: ({ data }) => textsOf([data.address1, data.address2, data.address3]),
    purposes: ({ kind }) => (kind === 'site-address' ? ['SITE'] : kind === 'invoice-address' ? ['BILLING'] : []),
  },
  ElevateContact: {
    emailAddresses: ({ data }) => textsOf([data.contactEmailAddress]),
    phoneNumbers: ({ data }) => textsOf([data.contactTelephoneNumber, data.contactAlternativeTelephoneNumber]),
  },
};

/** A record may come without its sites: they have a list of their own. */
async function loadSites(row: ElevateCustomerRow, info: GraphQLResolveInfo): Promise<ElevateSiteRow[]> {
  const id = idOf(row.data.id);
  if (row.data.sites !== undefined || id === null) return childRows(row, listOf(row, 'sites', info, { needsId: true }));
  return row.session.loaders.sitesOfCustomers.load(id);
}

/** Dates in ISO form compare as texts. */
function isWithin(start: unknown, end: unknown, today: string): boolean | null {
  if (typeof start !== 'string' || start === '') return null;
  return start <= today && (typeof end !== 'string' || end === '' || today <= end);
}
