import type { Contact, RequiredResolvers } from '../../generated/elevate.ts';
import { childRows, loadOne, objectOf, objectsOf, textsOf, withoutRepeats } from '../payload.ts';

export const resolvers: RequiredResolvers = {
  ElevateCustomer: {
    references: ({ data }) => textsOf([data.customerAccountNumber]),
    isActive: ({ data }) => isWithin(data.startDate, data.endDate, new Date().toISOString().slice(0, 10)),
    addresses(row) {
      const sites = objectsOf(row.data.sites);
      const ofSites = objectsOf(sites.map((site) => objectOf(site.siteAddress)));
      const ofInvoices = objectsOf(sites.map((site) => objectOf(objectOf(site.siteInvoiceDetails)?.invoiceAddress)));
      return [...childRows(row, withoutRepeats(ofSites), 'site-address'), ...childRows(row, withoutRepeats(ofInvoices), 'invoice-address')];
    },
    contacts(row) {
      const ofSites: Contact[] = objectsOf(row.data.sites).flatMap((site) => objectsOf(site.siteContacts));
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
    customer: ({ data, session }) => loadOne(session.loaders.customers, data.customerId),
    siteReceivingInvoice: ({ data, session }) => loadOne(session.loaders.sites, data.siteIdReceivingInvoice),
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

/** Dates in ISO form compare as texts. */
function isWithin(start: unknown, end: unknown, today: string): boolean | null {
  if (typeof start !== 'string' || start === '') return null;
  return start <= today && (typeof end !== 'string' || end === '' || today <= end);
}
