import type { Faker } from '@faker-js/faker';
import { addDays, toDay, toSeconds } from '../records/dates.ts';
import { createGaps } from '../records/gaps.ts';
import type { Party, PartyAddress } from '../world/index.ts';
import { recordContact } from './contacts.ts';

/** What the sites of one customer have in common. */
export interface SiteOwner {
  readonly customerId: number;
  readonly customerName: string;
  readonly accountNumber: string;
  readonly party: Party;
  readonly startDate: Date;
  readonly endDate: string | null;
  readonly updatedDate: Date;
  readonly firstSiteId: number;
}

export type ElevateSite = ReturnType<typeof recordSite>;

/** Records each address of the customer's party as a site. */
export function recordSites(faker: Faker, owner: SiteOwner): ElevateSite[] {
  const { length } = owner.party.addresses;
  // Invoices for several sites mostly go to the head office, sometimes to the site that was added last.
  const receiver = owner.firstSiteId + (faker.datatype.boolean(0.2) ? length - 1 : 0);
  return owner.party.addresses.map((address, index) =>
    recordSite(faker, owner, { address, index, receiver }),
  );
}

interface SitePlan {
  readonly address: PartyAddress;
  /** Position among the customer's sites, from 0. */
  readonly index: number;
  /** Id of the site that receives the invoices of the others. */
  readonly receiver: number;
}

function recordSite(faker: Faker, owner: SiteOwner, { address, index, receiver }: SitePlan) {
  const isFilled = owner.customerId === 1;
  const { orNull } = createGaps(faker, isFilled);
  const id = owner.firstSiteId + index;
  const startDate = addDays(owner.startDate, index * faker.number.int({ min: 0, max: 200 }));
  const start = startDate < owner.updatedDate ? startDate : owner.startDate;
  const hasPlan = faker.datatype.boolean(0.08) || (isFilled && index === 0);
  return {
    id,
    customerId: owner.customerId,
    siteName: nameSite(owner.party, address, index),
    siteReference: `${owner.accountNumber}-${String(index + 1).padStart(2, '0')}`,
    startDate: toDay(start),
    endDate: owner.endDate,
    createdDate: toSeconds(start),
    updatedDate: toSeconds(owner.updatedDate),
    siteAddress: recordAddress(faker, id * 2 - 1, owner, address),
    siteInvoiceDetails: recordInvoiceDetails(faker, id, owner, address),
    siteIdReceivingInvoice: id === receiver ? null : orNull(0.7, receiver),
    siteContacts: chooseSitePeople(faker, owner.party).map((person, position) =>
      recordContact(faker, id * 10 + position, person, isFilled),
    ),
    repaymentPlanAmount: hasPlan ? faker.number.float({ min: 10, max: 400, fractionDigits: 2 }) : null,
    repaymentPlanRemainingPeriods: hasPlan ? faker.number.int({ min: 0, max: 24 }) : null,
  };
}

function nameSite(party: Party, address: PartyAddress, index: number): string {
  if (party.kind === 'person') return index === 0 ? 'Home' : `Home ${index + 1}`;
  return index === 0 ? `Head Office, ${address.city}` : `${address.city} Branch`;
}

function chooseSitePeople(faker: Faker, party: Party): readonly Party['people'][number][] {
  return faker.helpers.arrayElements(party.people, { min: 1, max: Math.min(2, party.people.length) });
}

function recordAddress(faker: Faker, id: number, owner: SiteOwner, address: PartyAddress) {
  const { orEmpty } = createGaps(faker, owner.customerId === 1);
  return {
    id,
    businessName: owner.party.kind === 'company' ? owner.customerName : '',
    address1: address.lines[0] ?? '',
    address2: address.lines[1] ?? orEmpty(0, 'First Floor'),
    address3: orEmpty(0.1, `${address.city} Central`),
    town: address.city,
    county: orEmpty(0.9, address.region),
    postcode: address.postcode,
    country: address.country,
  };
}

function recordInvoiceDetails(faker: Faker, siteId: number, owner: SiteOwner, address: PartyAddress) {
  const isFilled = owner.customerId === 1;
  const { orNull, orEmpty } = createGaps(faker, isFilled);
  const invoiceTo = faker.datatype.boolean(0.7) ? (owner.party.addresses[0] ?? address) : address;
  const isCompany = owner.party.kind === 'company';
  const method = faker.helpers.arrayElement([
    'DIRECT_DEBIT',
    'DIRECT_DEBIT',
    'DIRECT_DEBIT',
    'BACS',
    'CHEQUE',
    'CARD',
  ]);
  const paymentMethod = isFilled ? 'DIRECT_DEBIT' : method;
  return {
    invoiceSummaryTemplateId: orNull(0.6, faker.number.int({ min: 1, max: 2 })),
    invoiceTemplateId: faker.number.int({ min: 1, max: 3 }),
    invoiceAddress: recordAddress(faker, siteId * 2, owner, invoiceTo),
    accountPackageReference: orEmpty(0.5, `SL-${owner.accountNumber}`),
    paymentTermsInDays: faker.helpers.arrayElement([0, 14, 14, 30, 30, 60]),
    preferredPaymentDay: orNull(0.5, faker.number.int({ min: 1, max: 28 })),
    paymentMethod,
    ...recordMandate(faker, siteId, owner, paymentMethod === 'DIRECT_DEBIT'),
    purchaseOrderNumber: isCompany ? orEmpty(0.3, `PO-${faker.string.numeric(5)}`) : '',
    invoiceNotes: orEmpty(
      0.15,
      faker.helpers.arrayElement([
        'Quote the cost centre.',
        'Send a copy to the site manager.',
        'No paper please.',
      ]),
    ),
    taxExempt: faker.datatype.boolean(0.04),
    taxRegistrationNumber: isCompany ? orEmpty(0.6, `GB${faker.string.numeric(9)}`) : '',
  };
}

/** Direct debit details; empty for those who pay otherwise. The sort codes begin with 00, which no bank has. */
function recordMandate(faker: Faker, siteId: number, owner: SiteOwner, isDebited: boolean) {
  const isPending = faker.datatype.boolean(0.1) && owner.customerId !== 1;
  const created = addDays(owner.startDate, 1);
  const reference = `DD${String(siteId).padStart(6, '0')}`;
  return {
    mandateStatus: isDebited ? (isPending ? 'PENDING' : 'ACTIVE') : '',
    mandateCreatedDate: isDebited ? toSeconds(created) : null,
    mandateUpdatedDate: isDebited && !isPending ? toSeconds(addDays(created, 4)) : null,
    mandateReference: isDebited ? reference : '',
    directDebitReference: isDebited && !isPending ? `${owner.accountNumber}/${reference}` : '',
    accountName: isDebited ? owner.customerName.toUpperCase().slice(0, 18) : '',
    accountNumber: isDebited ? faker.string.numeric(8) : '',
    sortCode: isDebited ? `00${faker.string.numeric(4)}` : '',
  };
}
