import type { Address, DeliveryAddress, RequiredResolvers } from '../../generated/sage200.ts';
import { childRows, idOf, loadOne, objectOf, objectsOf, textsOf } from '../payload.ts';
import type { Row, Session } from '../provider.ts';
import type { RecordLoader } from '../record-loaders.ts';
import { loadReference } from '../references.ts';
import type { Loaders } from './loaders.ts';

export const resolvers: RequiredResolvers = {
  Sage200Customer: {
    references: ({ data }) => textsOf([data.reference]),
    isActive: ({ data }) => (typeof data.account_status_type === 'string' ? data.account_status_type === 'AccountStatusActive' : null),
    addresses(row) {
      const address = objectOf(row.data.main_address);
      return address === null ? [] : childRows(row, [address]);
    },
    deliveryAddresses({ data, session }) {
      const id = idOf(data.id);
      return id === null ? null : session.loaders.deliveryAddresses.load(id);
    },
    headOffice: ({ data, session }, _args, _context, info) =>
      loadReference(
        session,
        session.loaders.customers,
        objectOf(data.associated_head_office) ?? { id: data.associated_head_office_id },
        info,
      ),
    branches({ data, session }) {
      const id = idOf(data.id);
      return id === null ? null : session.loaders.branches.load(id);
    },
    currency: ({ data, session }) => lookUp(session, data.currency, session.loaders.currencies, data.currency_id),
    priceBand: ({ data, session }) => lookUp(session, data.price_band, session.loaders.priceBands, data.price_band_id),
  },
  Sage200Credit: {
    position: ({ data, session }) => lookUp(session, data.credit_position, session.loaders.creditPositions, data.credit_position_id),
    bureau: ({ data, session }) => lookUp(session, data.credit_bureau, session.loaders.creditBureaus, data.credit_bureau_id),
    financeCharge: ({ data, session }) => lookUp(session, data.finance_charge, session.loaders.financeCharges, data.finance_charge_id),
  },
  Sage200Tax: {
    country: ({ data, session }) => lookUp(session, data.country_code, session.loaders.countryCodes, data.country_code_id),
    defaultCode: ({ data, session }) => lookUp(session, data.default_tax_code, session.loaders.taxCodes, data.default_tax_code_id),
  },
  Sage200DefaultNominalAccount: {
    nominalCode: ({ data, session }) =>
      lookUp(session, data.default_nominal_code, session.loaders.nominalCodes, data.default_nominal_code_id),
  },
  Sage200Discounts: {
    group: ({ data, session }) =>
      lookUp(session, data.customer_discount_group, session.loaders.discountGroups, data.customer_discount_group_id),
    orderValueDiscount: ({ data, session }) =>
      lookUp(session, data.order_value_discount, session.loaders.orderValueDiscounts, data.order_value_discount_id),
  },
  Sage200LimitedPriceBand: {
    priceBand: ({ data, session }) => lookUp(session, data.price_band, session.loaders.priceBands, data.price_band_id),
  },
  Sage200Currency: {
    isoCode: ({ data, session }) => lookUp(session, data.currency_iso_code, session.loaders.currencyIsoCodes, data.currency_iso_code_id),
  },
  Sage200Contact: {
    emailAddresses: ({ data }) => textsOf([data.default_email, ...defaultFirst(data.emails).map(({ email }) => email)]),
    phoneNumbers: ({ data }) =>
      textsOf([
        data.default_telephone,
        ...[...defaultFirst(data.telephones), ...defaultFirst(data.mobiles)].map((number) => number.full_number),
      ]),
    salutation: ({ data, session }) => lookUp(session, data.salutation, session.loaders.salutations, data.salutation_id),
  },
  Sage200ContactRole: {
    role: ({ data, session }) => loadOne(session.loaders.traderContactRoles, data.trader_contact_role_id),
  },
  Sage200Address: {
    lines: ({ data }) => streetLines(data),
    countryCode: loadCountryCode,
    addressCountry: loadAddressCountry,
    purposes: () => ['MAIN'],
  },
  Sage200DeliveryAddress: {
    lines: ({ data }) => streetLines(data),
    countryCode: loadCountryCode,
    addressCountry: loadAddressCountry,
    purposes: () => ['SHIPPING'],
    taxCode: ({ data, session }) => lookUp(session, data.tax_code, session.loaders.taxCodes, data.tax_code_id),
    taxCountry: ({ data, session }) => lookUp(session, data.country_code, session.loaders.countryCodes, data.country_code_id),
  },
};

/** An object that was sent with the row, or the one that its id leads to. */
async function lookUp<T extends object>(
  session: Session<Loaders>,
  sent: T | null | undefined,
  loader: RecordLoader<T, Loaders>,
  id: unknown,
): Promise<Row<T, Loaders> | null> {
  const data = objectOf(sent);
  return data === null ? loadOne(loader, id) : { session, data };
}

function loadAddressCountry({ data, session }: Row<Address, Loaders> | Row<DeliveryAddress, Loaders>) {
  return lookUp(session, data.address_country_code, session.loaders.countryCodes, data.address_country_code_id);
}

async function loadCountryCode(row: Row<Address, Loaders> | Row<DeliveryAddress, Loaders>): Promise<string | null> {
  const country = await loadAddressCountry(row);
  return country?.data.code ?? null;
}

function streetLines({ address_1, address_2, address_3, address_4 }: Address | DeliveryAddress): string[] {
  return textsOf([address_1, address_2, address_3, address_4]);
}

/** Entries in their order, the one that is marked as the default before the others. */
function defaultFirst<T extends { is_default?: unknown }>(entries: readonly T[] | undefined): T[] {
  return objectsOf(entries).toSorted((a, b) => Number(b.is_default === true) - Number(a.is_default === true));
}
