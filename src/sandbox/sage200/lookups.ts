import type { Row } from '../records/row.ts';
import { countries } from './countries.ts';
import { currencies, currencyIsoCodes } from './currencies.ts';
import { enumerations, enumerationTexts } from './enumerations.ts';
import { nominalCodes } from './nominal-codes.ts';
import { stampRows } from './stamps.ts';

const taxRows: readonly (readonly [code: number, name: string, rate: number, terms?: string])[] = [
  [0, 'Exempt', 0],
  [1, 'Standard rate', 20],
  [2, 'Zero rate', 0],
  [3, 'Standard rate 15% (to 2009)', 15],
  [4, 'Sales to VAT registered customers in EC', 0, 'EC sales'],
  [5, 'Reduced rate', 5],
  [6, 'Reverse charge - construction', 0, 'Reverse charge'],
  [9, 'Outside the scope', 0],
  [14, 'Export of goods', 0, 'Export'],
  [18, 'Standard rate 17.5% (to 2011)', 17.5],
];

// The code is what people know a rate by; other records refer to the id.
const taxCodes = stampRows(
  taxRows.map(([code, name, rate, terms = 'UK'], index) => ({
    id: index + 1,
    code,
    name,
    tax_rate: rate,
    terms,
    terms_description: `${terms} terms`,
    is_notional_acquisition_tax: terms === 'Reverse charge',
  })),
);

const priceBands = stampRows(
  [
    { id: 1, name: 'Standard', description: 'List prices', currency_id: 1, price_band_type_id: 0 },
    { id: 2, name: 'Trade', description: 'Trade counter prices', currency_id: 1, price_band_type_id: 0 },
    { id: 3, name: 'Wholesale', description: 'Prices by the pallet', currency_id: 1, price_band_type_id: 0 },
    { id: 4, name: 'Export EUR', description: 'List prices in euro', currency_id: 2, price_band_type_id: 0 },
    {
      id: 5,
      name: 'US Distributors',
      description: 'List prices in US dollars',
      currency_id: 3,
      price_band_type_id: 0,
    },
    {
      id: 6,
      name: 'Summer 2026',
      description: 'Agreed with single customers',
      currency_id: 1,
      price_band_type_id: 1,
    },
  ].map((band) => ({
    ...band,
    is_standard_band: band.id === 1,
    price_band_type: band.price_band_type_id === 1 ? 'Limited' : 'Universal',
    is_active: true,
    is_time_based: band.id === 6,
    active_date_time_from: band.id === 6 ? '2026-06-01T00:00:00Z' : null,
    active_date_time_to: band.id === 6 ? '2026-08-31T23:59:59Z' : null,
  })),
);

const discountGroups = stampRows([
  { id: 1, name: 'Retail', description: 'Retail customers' },
  { id: 2, name: 'Trade', description: 'Trade account holders' },
  { id: 3, name: 'Key accounts', description: 'Accounts with a yearly agreement' },
  { id: 4, name: 'Public sector', description: 'Framework agreements' },
  { id: 5, name: 'Staff', description: '' },
]);

const orderValueDiscounts = stampRows([
  { id: 1, name: '5% over 1000', description: '5% off orders over 1,000 pounds', currency_id: 1 },
  { id: 2, name: '10% over 5000', description: '10% off orders over 5,000 pounds', currency_id: 1 },
  { id: 3, name: '5% over 1500 EUR', description: '5% off orders over 1,500 euro', currency_id: 2 },
  { id: 4, name: '5% over 2000 USD', description: '5% off orders over 2,000 US dollars', currency_id: 3 },
]);

const creditBureaus = stampRows([
  { id: 1, name: 'Pennine Credit Reports', website: 'https://pennine-credit.example.com', is_default: true },
  { id: 2, name: 'Thames Trade Ratings', website: 'https://thames-ratings.example.org', is_default: false },
  {
    id: 3,
    name: 'Atlantic Business Checks',
    website: 'https://atlantic-checks.example.com',
    is_default: false,
  },
]).map((bureau) => ({ ...bureau, checking_url: `${bureau.website}/check` }));

const creditPositions = stampRows([
  { id: 1, name: 'Good', is_default: true },
  { id: 2, name: 'Under review', is_default: false },
  { id: 3, name: 'Reminder sent', is_default: false },
  { id: 4, name: 'Final notice', is_default: false },
  { id: 5, name: 'With solicitors', is_default: false },
]);

const financeCharges = stampRows([
  { id: 1, code: 1, finance_charge_percent: 1.5 },
  { id: 2, code: 2, finance_charge_percent: 2.25 },
  { id: 3, code: 3, finance_charge_percent: 8 },
]);

const documentLayouts = stampRows([
  {
    id: 1,
    sys_document_type_id: 2,
    name: 'SOP Invoice (Single) A4',
    layout: 'SOPInvoiceSingle',
    is_default: true,
  },
  {
    id: 2,
    sys_document_type_id: 2,
    name: 'SOP Invoice (Consolidated) A4',
    layout: 'SOPInvoiceConsolidated',
    is_default: false,
  },
  { id: 3, sys_document_type_id: 6, name: 'SOP Credit Note A4', layout: 'SOPCreditNote', is_default: true },
  {
    id: 4,
    sys_document_type_id: 6,
    name: 'SOP Credit Note A4 with Tax Breakdown',
    layout: 'SOPCreditNoteTax',
    is_default: false,
  },
  { id: 5, sys_document_type_id: 5, name: 'Customer Statement A4', layout: 'SLStatement', is_default: true },
  {
    id: 6,
    sys_document_type_id: 5,
    name: 'Customer Statement A4 with Remittance',
    layout: 'SLStatementRemittance',
    is_default: false,
  },
]);

const salutations = stampRows(
  ['Mr', 'Mrs', 'Miss', 'Ms', 'Mx', 'Dr', 'Prof', 'Rev'].map((code, index) => ({
    id: index + 1,
    is_default: index === 0,
    code,
    description: code === 'Dr' ? 'Doctor' : code,
  })),
);

const traderContactRoles = stampRows(
  ['Account', 'Invoices', 'Statements', 'Purchasing', 'Credit Control', 'Deliveries'].map((role, index) => ({
    id: index + 1,
    role,
    is_default_role: index === 0,
    is_mandatory: index === 0,
    use_for_customer_accounts: true,
    use_for_supplier_accounts: role !== 'Statements',
    use_with_documents: ['Invoices', 'Statements', 'Deliveries'].includes(role),
  })),
);

/** The records that customer records refer to, by collection, in the order of their ids. */
export const lookups = {
  currencies,
  currency_iso_codes: currencyIsoCodes,
  country_codes: countries,
  tax_codes: taxCodes,
  price_bands: priceBands,
  customer_discount_groups: discountGroups,
  order_value_discounts: orderValueDiscounts,
  credit_bureaus: creditBureaus,
  credit_positions: creditPositions,
  finance_charges: financeCharges,
  nominal_codes: nominalCodes,
  document_layouts: documentLayouts,
  salutations,
  trader_contact_roles: traderContactRoles,
  account_status_types: listEnumeration('account_status_types'),
  exchange_rate_types: listEnumeration('exchange_rate_types'),
  trader_account_types: listEnumeration('trader_account_types'),
  trader_payment_terms: listEnumeration('trader_payment_terms'),
  head_office_types: listEnumeration('head_office_types'),
} satisfies Readonly<Record<string, readonly Row[]>>;

function listEnumeration(name: keyof typeof enumerations): readonly Row[] {
  return enumerations[name].map((value, id) => ({
    id,
    description: enumerationTexts[name][id] ?? value,
    value,
  }));
}

export type LookupName = keyof typeof lookups;

/** The record with that id; null for none, as for an id of null. */
export function findLookup(name: LookupName, id: unknown): Row | null {
  const rows: readonly Row[] = lookups[name];
  return rows.find((row) => row['id'] === id) ?? null;
}
