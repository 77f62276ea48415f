import type { World } from '../world/index.ts';

/** The resources that customers refer to by id. */
export interface ElevateAccounts {
  readonly contractOwners: readonly ContractOwner[];
  readonly subBrands: readonly SubBrand[];
  /** Id of the contract owner of each sub-brand: the payload does not tell. */
  readonly ownerOfSubBrand: ReadonlyMap<number, number>;
  readonly commissionAgents: readonly CommissionAgent[];
}

export type ContractOwner = ReturnType<typeof recordOwner>;
export type SubBrand = ReturnType<typeof recordSubBrand>;
export type CommissionAgent = ReturnType<typeof recordAgent>;

interface Firm {
  readonly id: number;
  readonly name: string;
  readonly town: string;
  readonly county: string;
  readonly postcode: string;
  readonly phone: string;
}

const ownerFirms: readonly Firm[] = [
  {
    id: 1,
    name: 'Calderline Telecom Ltd',
    town: 'Halifax',
    county: 'West Yorkshire',
    postcode: 'HX1 5ER',
    phone: '01632 960700',
  },
  {
    id: 2,
    name: 'Pennine Fibre Ltd',
    town: 'Stockport',
    county: 'Greater Manchester',
    postcode: 'SK1 3UA',
    phone: '0161 496 0710',
  },
  {
    id: 3,
    name: 'Harbourside Voice LLP',
    town: 'Bristol',
    county: 'Bristol',
    postcode: 'BS1 6QH',
    phone: '0117 496 0720',
  },
];
const agentFirms: readonly Firm[] = [
  {
    id: 1,
    name: 'House Sales North',
    town: 'Leeds',
    county: 'West Yorkshire',
    postcode: 'LS1 4DY',
    phone: '0113 496 0730',
  },
  {
    id: 2,
    name: 'House Sales South',
    town: 'Reading',
    county: 'Berkshire',
    postcode: 'RG1 2LU',
    phone: '0118 496 0731',
  },
  {
    id: 3,
    name: 'Kestrel Partners Ltd',
    town: 'York',
    county: 'North Yorkshire',
    postcode: 'YO1 7HD',
    phone: '01632 960732',
  },
  {
    id: 4,
    name: 'Severn Channel Sales Ltd',
    town: 'Bristol',
    county: 'Bristol',
    postcode: 'BS1 4ST',
    phone: '0117 496 0733',
  },
  {
    id: 5,
    name: 'Thistle Agency LLP',
    town: 'Glasgow',
    county: 'Lanarkshire',
    postcode: 'G1 3SL',
    phone: '0141 496 0734',
  },
  {
    id: 6,
    name: 'Fens Connect Ltd',
    town: 'Cambridge',
    county: 'Cambridgeshire',
    postcode: 'CB4 1YG',
    phone: '01632 960735',
  },
];

/** Names and owners of the sub-brands; contract owner 3 has none. */
const brandPlans = [
  { id: 1, name: 'Calderline Business', owner: ownerFirms[0] },
  { id: 2, name: 'Calderline Home', owner: ownerFirms[0] },
  { id: 3, name: 'Pennine Fibre', owner: ownerFirms[1] },
  { id: 4, name: 'Pennine Rural', owner: ownerFirms[1] },
];

export function createElevateAccounts(world: World): ElevateAccounts {
  const faker = world.createFaker('elevate.accounts');
  const digits = (length: number): string => faker.string.numeric(length);
  const brands = brandPlans.flatMap(({ owner, ...brand }) =>
    owner === undefined ? [] : [{ ...brand, owner }],
  );
  return {
    contractOwners: ownerFirms.map((firm) => recordOwner(firm, digits)),
    subBrands: brands.map(({ id, name, owner }) => recordSubBrand(id, name, owner, digits)),
    ownerOfSubBrand: new Map(brands.map(({ id, owner }) => [id, owner.id])),
    commissionAgents: agentFirms.map((firm) => recordAgent(firm, digits)),
  };
}

/** What the invoices of every sub-brand call their parts. */
const invoiceLabels = {
  summaryCustomerAccountNumberLabel: 'Account number',
  billingPeriodEndDateLabel: 'Billing period ends',
  companyRegistrationNumberLabel: 'Company number',
  invoiceCustomerAccountNumberLabel: 'Account',
  invoiceDateLabel: 'Invoice date',
  invoiceNumberLabel: 'Invoice number',
  invoiceTaxLabel: 'VAT',
  productReferenceLabel: 'Service',
  summaryInvoiceNumberLabel: 'Invoice',
  taxExemptLabel: 'VAT exempt',
};

type Digits = (length: number) => string;

function recordFirmAddress(id: number, firm: Firm) {
  return {
    id,
    businessName: firm.name,
    address1: `${firm.id} Exchange House`,
    address2: 'Wharf Road',
    address3: '',
    town: firm.town,
    county: firm.county,
    postcode: firm.postcode,
    country: 'GB',
  };
}

function slugOf(name: string): string {
  return name.toLowerCase().replace(/\W+/g, '-');
}

function recordOwner(firm: Firm, digits: Digits) {
  const slug = slugOf(firm.name);
  return {
    id: firm.id,
    name: firm.name,
    availableFrom: `200${firm.id}-04-01`,
    availableTo: null,
    bankAccountName: firm.name,
    bankAccountNumber: digits(8),
    bankSortCode: `00${digits(4)}`,
    bankSwiftCode: 'ZZZZGB00',
    bankIban: `GB00ZZZZ00${digits(12)}`,
    companyRegistrationNumber: digits(8),
    coBccEmailAddress: `invoices.${firm.id}@example.com`,
    mandatoryAccountReferenceForSite: firm.id === 1,
    prePopulatedFraudPlanId: firm.id,
    siBccEmailAddress: `archive.${firm.id}@example.com`,
    taxRegistrationNumber: `GB${digits(9)}`,
    address: recordFirmAddress(9_000 + firm.id, firm),
    customerServiceTelephoneNumber: firm.phone,
    customerServiceWebsite: `https://${slug}.example.com`,
    customerServiceEmail: `help.${firm.id}@example.com`,
    emailBillingFromAddress: `billing.${firm.id}@example.com`,
    invoiceCombiningType: 'NONE',
    invoiceNumberFormat: 'INV-{number}',
    invoiceEmailSubject: `Your invoice from ${firm.name}`,
  };
}

function recordSubBrand(id: number, name: string, owner: Firm, digits: Digits) {
  return {
    id,
    // The one resource of Elevate with a blank instead of T, and no zone.
    createdAt: `201${id}-02-03 09:30:00`,
    updatedAt: `2025-0${id}-14 16:05:27`,
    accountNumberFormat: 'EL{number}',
    attachInvoiceToEmail: id % 2 === 1,
    bacsReference: `BACS${digits(6)}`,
    bankAccountName: owner.name,
    bankAccountNumber: digits(8),
    bankSortCode: `00${digits(4)}`,
    swiftCode: 'ZZZZGB00',
    companyRegistrationNumber: digits(8),
    vatRegistrationNumber: `GB${digits(9)}`,
    customerServiceEmail: `care.${id}@example.org`,
    customerServiceTelephoneNumber: owner.phone,
    customerServiceWebSite: `https://${slugOf(name)}.example.org`,
    defaultSubBrand: id % 2 === 1,
    emailBillingFromAddress: `billing.brand${id}@example.org`,
    iban: `GB00ZZZZ00${digits(12)}`,
    invoiceEmailSubject: `Your ${name} bill`,
    invoiceNumberFormat: 'B{number}',
    invoicePresentationName: name,
    name,
    ofcomRid: `R${digits(5)}`,
    ...invoiceLabels,
    address: recordFirmAddress(9_100 + id, owner),
  };
}

function recordAgent(firm: Firm, digits: Digits) {
  const isInternal = firm.id <= 2;
  return {
    id: firm.id,
    name: firm.name,
    contractOwnerId: (firm.id % 3) + 1,
    accountNumber: `AG${1000 + firm.id}`,
    accountsReference: `AGENT${String(firm.id).padStart(3, '0')}`,
    vatRegNumber: isInternal ? '' : `GB${digits(9)}`,
    address: recordFirmAddress(9_200 + firm.id, firm),
    companyNumber: digits(8),
    type: isInternal ? 'INTERNAL' : 'EXTERNAL',
    parentAgentCommissionId: firm.id === 6 ? 3 : null,
    availableFromDate: `201${firm.id}-01-01`,
    availableToDate: firm.id === 5 ? '2025-12-31' : null,
    usageCommissionPaidOn: 'PROFIT',
    usageCommissionPercentage: 2.5 * firm.id,
    rentalCommissionPaidOn: 'PROFIT',
    rentalCommissionPercentage: 10,
    adhocCommissionPaidOn: 'PROFIT',
    adhocCommissionPercentage: 0,
    paymentTermsInDays: 30,
    paymentMethod: isInternal ? 'CHEQUE' : 'BACS',
  };
}
