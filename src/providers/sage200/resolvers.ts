import type { Address, DeliveryAddress } from '../../generated/sage200.ts';
import type { RequiredResolvers } from '../../generated/sage200-resolvers.ts';
import type { FieldCall } from '../kit/fields.ts';
import { nativeIdOf } from '../kit/native-ids.ts';
import { childRows, listOf, objectOf, objectsOf, readAs, textsOf } from '../kit/payload.ts';
import type { Row } from '../provider.ts';
import type { RecordLoader } from '../kit/record-loaders.ts';
import { loadById, loadReference } from '../kit/references.ts';
import { scalarReaders } from '../kit/scalar-readers.ts';
import type { Loaders } from './loaders.ts';

type AddressRow = Row<Address | DeliveryAddress>;

/** Both kinds of addresses have these keys. */
const addressResolvers = {
  lines: ({ data }: AddressRow, field: FieldCall) => textsOf(field, streetLines(data)),
  countryCode: loadCountryCode,
  addressCountry: follow(({ data }: AddressRow, loaders) => [
    loaders.countryCodes,
    data.address_country_code,
    { id: data.address_country_code_id },
  ]),
};

export const resolvers: RequiredResolvers<Loaders> = {
  Sage200Customer: {
    references: ({ data }, field) => textsOf(field, [data.reference]),
    isActive({ data }, field) {
      const status = readAs(field, scalarReaders.String, data.account_status_type);
      return status === null ? null : status === 'AccountStatusActive';
    },
    addresses: ({ data }, field) => childRows(field, objectsOf(field, [data.main_address])),
    deliveryAddresses(row, { loaders }) {
      const id = nativeIdOf(row);
      return id === undefined ? null : loaders.deliveryAddresses.load(id);
    },
    headOffice: ({ data }, field) =>
      loadReference(
        field,
        field.loaders.customers,
        objectOf(data.associated_head_office) ?? { id: data.associated_head_office_id },
      ),
    branches(row, { loaders }) {
      const id = nativeIdOf(row);
      return id === undefined ? null : loaders.branches.load(id);
    },
    currency: follow(({ data }, loaders) => [loaders.currencies, data.currency, { id: data.currency_id }]),
    priceBand: follow(({ data }, loaders) => [
      loaders.priceBands,
      data.price_band,
      { id: data.price_band_id },
    ]),
  },
  Sage200Credit: {
    position: follow(({ data }, loaders) => [
      loaders.creditPositions,
      data.credit_position,
      { id: data.credit_position_id },
    ]),
    bureau: follow(({ data }, loaders) => [
      loaders.creditBureaus,
      data.credit_bureau,
      { id: data.credit_bureau_id },
    ]),
    financeCharge: follow(({ data }, loaders) => [
      loaders.financeCharges,
      data.finance_charge,
      { id: data.finance_charge_id },
    ]),
  },
  Sage200Tax: {
    country: follow(({ data }, loaders) => [
      loaders.countryCodes,
      data.country_code,
      { id: data.country_code_id },
    ]),
    defaultCode: follow(({ data }, loaders) => [
      loaders.taxCodes,
      data.default_tax_code,
      { id: data.default_tax_code_id },
    ]),
  },
  Sage200DefaultNominalAccount: {
    nominalCode: follow(({ data }, loaders) => [
      loaders.nominalCodes,
      data.default_nominal_code,
      { id: data.default_nominal_code_id },
    ]),
  },
  Sage200Discounts: {
    group: follow(({ data }, loaders) => [
      loaders.discountGroups,
      data.customer_discount_group,
      { id: data.customer_discount_group_id },
    ]),
    orderValueDiscount: follow(({ data }, loaders) => [
      loaders.orderValueDiscounts,
      data.order_value_discount,
      { id: data.order_value_discount_id },
    ]),
  },
  Sage200LimitedPriceBand: {
    priceBand: follow(({ data }, loaders) => [
      loaders.priceBands,
      data.price_band,
      { id: data.price_band_id },
    ]),
  },
  Sage200Currency: {
    isoCode: follow(({ data }, loaders) => [
      loaders.currencyIsoCodes,
      data.currency_iso_code,
      { id: data.currency_iso_code_id },
    ]),
  },
  Sage200Contact: {
    emailAddresses({ data }, field) {
      const emails = defaultFirst(listOf(field, data, 'emails'));
      return textsOf(field, [data.default_email, ...emails.map(({ email }) => email)]);
    },
    phoneNumbers({ data }, field) {
      const numbers = [
        ...defaultFirst(listOf(field, data, 'telephones')),
        ...defaultFirst(listOf(field, data, 'mobiles')),
      ];
      return textsOf(field, [data.default_telephone, ...numbers.map((number) => number.full_number)]);
    },
    salutation: follow(({ data }, loaders) => [
      loaders.salutations,
      data.salutation,
      { id: data.salutation_id },
    ]),
  },
  Sage200ContactRole: {
    role: follow(({ data }, loaders) => [
      loaders.traderContactRoles,
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
    taxCode: follow(({ data }, loaders) => [loaders.taxCodes, data.tax_code, { id: data.tax_code_id }]),
    taxCountry: follow(({ data }, loaders) => [
      loaders.countryCodes,
      data.country_code,
      { id: data.country_code_id },
    ]),
  },
};

/** Where a lookup is found: in its loader, by its id, unless it was sent with the row. */
type Lookup<T extends object> = readonly [
  loader: RecordLoader<T>,
  sent: T | null | undefined,
  key: NoInfer<T>,
];

/** The function of a lookup. Nothing is fetched for its id. */
function follow<P extends object, T extends object>(find: (row: Row<P>, loaders: Loaders) => Lookup<T>) {
  return async (row: Row<P>, field: FieldCall<Loaders>): Promise<Row<T> | null> => {
    const [loader, sent, key] = find(row, field.loaders);
    const data = objectOf(sent);
    return data === null ? loadReference(field, loader, key) : { at: row.at, data };
  };
}

async function loadCountryCode({ data }: AddressRow, field: FieldCall<Loaders>): Promise<string | null> {
  const sent = objectOf(data.address_country_code);
  if (sent !== null) return sent.code ?? null;
  const found = await loadById(field, field.loaders.countryCodes, data.address_country_code_id);
  return found?.data.code ?? null;
}

function streetLines({ address_1, address_2, address_3, address_4 }: Address | DeliveryAddress): unknown[] {
  return [address_1, address_2, address_3, address_4];
}

/** Entries in their order, the one that is marked as the default before the others. */
function defaultFirst<T extends { is_default?: unknown }>(entries: readonly T[]): T[] {
  return entries.toSorted((a, b) => Number(b.is_default === true) - Number(a.is_default === true));
}
