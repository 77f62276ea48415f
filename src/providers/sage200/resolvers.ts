import type { GraphQLResolveInfo } from 'graphql';
import type { Address, DeliveryAddress, RequiredResolvers } from '../../generated/sage200.ts';
import { idOf } from '../kit/native-ids.ts';
import { childRows, listOf, loadById, objectOf, objectsOf, readAs, textsOf } from '../kit/payload.ts';
import type { Row } from '../provider.ts';
import type { RecordLoader } from '../kit/record-loaders.ts';
import { loadReference } from '../kit/references.ts';
import { scalarReaders } from '../kit/scalar-readers.ts';
import type { Loaders } from './loaders.ts';

type AddressRow = Row<Address | DeliveryAddress, Loaders>;

/** Both kinds of addresses have these keys. */
const addressResolvers = {
  lines: (row: AddressRow, _args: unknown, _context: unknown, info: GraphQLResolveInfo) =>
    textsOf(row, streetLines(row.data), info),
  countryCode: loadCountryCode,
  addressCountry: follow(({ data, session }: AddressRow) => [
    session.loaders.countryCodes,
    data.address_country_code,
    { id: data.address_country_code_id },
  ]),
};

export const resolvers: RequiredResolvers = {
  Sage200Customer: {
    references: (row, _args, _context, info) => textsOf(row, [row.data.reference], info),
    isActive(row, _args, _context, info) {
      const status = readAs(row, scalarReaders.String, row.data.account_status_type, info);
      return status === null ? null : status === 'AccountStatusActive';
    },
    addresses: (row, _args, _context, info) => childRows(row, objectsOf(row, [row.data.main_address], info)),
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
    currency: follow(({ data, session }) => [
      session.loaders.currencies,
      data.currency,
      { id: data.currency_id },
    ]),
    priceBand: follow(({ data, session }) => [
      session.loaders.priceBands,
      data.price_band,
      { id: data.price_band_id },
    ]),
  },
  Sage200Credit: {
    position: follow(({ data, session }) => [
      session.loaders.creditPositions,
      data.credit_position,
      { id: data.credit_position_id },
    ]),
    bureau: follow(({ data, session }) => [
      session.loaders.creditBureaus,
      data.credit_bureau,
      { id: data.credit_bureau_id },
    ]),
    financeCharge: follow(({ data, session }) => [
      session.loaders.financeCharges,
      data.finance_charge,
      { id: data.finance_charge_id },
    ]),
  },
  Sage200Tax: {
    country: follow(({ data, session }) => [
      session.loaders.countryCodes,
      data.country_code,
      { id: data.country_code_id },
    ]),
    defaultCode: follow(({ data, session }) => [
      session.loaders.taxCodes,
      data.default_tax_code,
      { id: data.default_tax_code_id },
    ]),
  },
  Sage200DefaultNominalAccount: {
    nominalCode: follow(({ data, session }) => [
      session.loaders.nominalCodes,
      data.default_nominal_code,
      { id: data.default_nominal_code_id },
    ]),
  },
  Sage200Discounts: {
    group: follow(({ data, session }) => [
      session.loaders.discountGroups,
      data.customer_discount_group,
      { id: data.customer_discount_group_id },
    ]),
    orderValueDiscount: follow(({ data, session }) => [
      session.loaders.orderValueDiscounts,
      data.order_value_discount,
      { id: data.order_value_discount_id },
    ]),
  },
  Sage200LimitedPriceBand: {
    priceBand: follow(({ data, session }) => [
      session.loaders.priceBands,
      data.price_band,
      { id: data.price_band_id },
    ]),
  },
  Sage200Currency: {
    isoCode: follow(({ data, session }) => [
      session.loaders.currencyIsoCodes,
      data.currency_iso_code,
      { id: data.currency_iso_code_id },
    ]),
  },
  Sage200Contact: {
    emailAddresses(row, _args, _context, info) {
      const emails = defaultFirst(listOf(row, row.data.emails, info));
      return textsOf(row, [row.data.default_email, ...emails.map(({ email }) => email)], info);
    },
    phoneNumbers(row, _args, _context, info) {
      const numbers = [
        ...defaultFirst(listOf(row, row.data.telephones, info)),
        ...defaultFirst(listOf(row, row.data.mobiles, info)),
      ];
      return textsOf(row, [row.data.default_telephone, ...numbers.map((number) => number.full_number)], info);
    },
    salutation: follow(({ data, session }) => [
      session.loaders.salutations,
      data.salutation,
      { id: data.salutation_id },
    ]),
  },
  Sage200ContactRole: {
    role: follow(({ data, session }) => [
      session.loaders.traderContactRoles,
      null,
      { id: data.trader_contact_role_id },
    ]),
  },
  Sage200Address: {
    ...addressResolvers,
    purposes: () => ['MAIN'],
  },
  Sage200DeliveryAddress: {
    ...addressResolvers,
    purposes: () => ['SHIPPING'],
    taxCode: follow(({ data, session }) => [
      session.loaders.taxCodes,
      data.tax_code,
      { id: data.tax_code_id },
    ]),
    taxCountry: follow(({ data, session }) => [
      session.loaders.countryCodes,
      data.country_code,
      { id: data.country_code_id },
    ]),
  },
};

/** Where a lookup is found: in its loader, by its id, unless it was sent with the row. */
type Lookup<T extends object> = readonly [
  loader: RecordLoader<T, Loaders>,
  sent: T | null | undefined,
  key: NoInfer<T>,
];

/** The resolver of a lookup. Nothing is fetched for its id. */
function follow<P extends object, T extends { readonly id?: unknown }>(
  find: (row: Row<P, Loaders>) => Lookup<T>,
) {
  return async (
    row: Row<P, Loaders>,
    _args: unknown,
    _context: unknown,
    info: GraphQLResolveInfo,
  ): Promise<Row<T, Loaders> | null> => {
    const [loader, sent, key] = find(row);
    const data = objectOf(sent);
    return data === null ? loadReference(row.session, loader, key, info) : { session: row.session, data };
  };
}

async function loadCountryCode({ data, session }: AddressRow): Promise<string | null> {
  const sent = objectOf(data.address_country_code);
  const country = sent ?? (await loadById(session.loaders.countryCodes, data.address_country_code_id))?.data;
  return country?.code ?? null;
}

function streetLines({ address_1, address_2, address_3, address_4 }: Address | DeliveryAddress): unknown[] {
  return [address_1, address_2, address_3, address_4];
}

/** Entries in their order, the one that is marked as the default before the others. */
function defaultFirst<T extends { is_default?: unknown }>(entries: readonly T[]): T[] {
  return entries.toSorted((a, b) => Number(b.is_default === true) - Number(a.is_default === true));
}
