import type { Contact, ElevateCustomerRow, ElevateSiteRow } from '../../generated/elevate.ts';
import type { RequiredResolvers } from '../../generated/elevate-resolvers.ts';
import { isBlank } from '../../rest/json.ts';
import type { FieldCall } from '../kit/fields.ts';
import { nativeIdOf } from '../kit/native-ids.ts';
import { childRows, listOf, objectsOf, readAs, textsOf, withoutRepeatedIds } from '../kit/payload.ts';
import { loadReference } from '../kit/references.ts';
import { scalarReaders } from '../kit/scalar-readers.ts';
import { primeSites, type Loaders } from './loaders.ts';

export const resolvers: RequiredResolvers<Loaders> = {
  ElevateCustomer: {
    references: ({ data }, field) => textsOf(field, [data.customerAccountNumber]),
    isActive({ data }, field) {
      const start = readAs(field, scalarReaders.Date, data.startDate);
      const end = readAs(field, scalarReaders.Date, data.endDate);
      return start === null ? null : isWithin(start, end, new Date().toISOString().slice(0, 10));
    },
    sites: loadSites,
    async addresses(row, field) {
      const sites = (await loadSites(row, field)).map(({ data }) => data);
      const siteAddresses = sites.map(({ siteAddress }) => siteAddress);
      const invoicing = sites.map(({ siteInvoiceDetails }) => siteInvoiceDetails);
      const invoiceAddresses = objectsOf(field, invoicing).map(({ invoiceAddress }) => invoiceAddress);
      return [
        ...childRows(field, withoutRepeatedIds(field, objectsOf(field, siteAddresses)), 'site-address'),
        ...childRows(field, withoutRepeatedIds(field, objectsOf(field, invoiceAddresses)), 'invoice-address'),
      ];
    },
    async contacts(row, field) {
      const ofSites: Contact[] = (await loadSites(row, field)).flatMap(({ data }) =>
        listOf(field, data, 'siteContacts'),
      );
      return [
        ...childRows(field, withoutRepeatedIds(field, listOf(field, row.data, 'customerContacts'))),
        ...childRows(field, withoutRepeatedIds(field, ofSites), 'site-contact'),
      ];
    },
    contractOwner: ({ data }, field) =>
      loadReference(field, field.loaders.contractOwners, { id: data.contractOwnerId }),
    contractOwnerSubBrand: ({ data }, field) =>
      loadReference(field, field.loaders.contractOwnerSubBrands, { id: data.contractOwnerSubBrandId }),
    billingCycle: ({ data }, field) =>
      loadReference(field, field.loaders.billingCycles, { id: data.billingCycleId }),
    tripwirePlan: ({ data }, field) =>
      loadReference(field, field.loaders.tripwirePlans, { id: data.tripwireId }),
    commissionAgent: ({ data }, field) =>
      loadReference(field, field.loaders.commissionAgents, { id: data.externalCommissionAgentId }),
  },
  ElevateSite: {
    customer: ({ data }, field) => loadReference(field, field.loaders.customers, { id: data.customerId }),
    siteReceivingInvoice: ({ data }, field) =>
      loadReference(field, field.loaders.sites, { id: data.siteIdReceivingInvoice }),
  },
  ElevateAddress: {
    lines: ({ data }, field) => textsOf(field, [data.address1, data.address2, data.address3]),
    purposes: ({ kind }) =>
      kind === 'site-address' ? ['SITE'] : kind === 'invoice-address' ? ['BILLING'] : [],
  },
  ElevateContact: {
    emailAddresses: ({ data }, field) => textsOf(field, [data.contactEmailAddress]),
    phoneNumbers: ({ data }, field) =>
      textsOf(field, [data.contactTelephoneNumber, data.contactAlternativeTelephoneNumber]),
  },
};

/** Every customer has a site at least: a record without any has come without them, and they have a list of their own. */
async function loadSites(row: ElevateCustomerRow, field: FieldCall<Loaders>): Promise<ElevateSiteRow[]> {
  const { loaders } = field;
  const id = nativeIdOf(row);
  if (id !== undefined && isBlank(row.data.sites)) return loaders.sitesOfCustomers.load(id);
  const sites = childRows(row, listOf(field, row.data, 'sites', { needsId: true }));
  primeSites(loaders.sites, sites);
  return sites;
}

/** Dates in ISO form compare as texts. */
function isWithin(start: string, end: string | null, today: string): boolean {
  return start <= today && (end === null || today <= end);
}
