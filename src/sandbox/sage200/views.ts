import { toRow, type Row } from '../records/row.ts';
import { enumerations, enumerationTexts } from './enumerations.ts';

/** View properties that are customer properties under another name. */
const renamedProperties: Readonly<Record<string, string>> = {
  default_order_priority: 'order_priority',
  default_nominal_account_number: 'default_nominal_code_reference',
  default_nominal_cost_centre: 'default_nominal_code_cost_centre',
  default_nominal_department: 'default_nominal_code_department',
  days_early_settlement_disc_applies: 'early_settlement_discount_days',
  payment_terms_in_days: 'payment_terms_days',
  discount_group_id: 'customer_discount_group_id',
  default_tax_rate_id: 'default_tax_code_id',
  account_is_on_hold: 'on_hold',
  months_to_keep_transactions_for: 'months_to_keep_transactions',
  date_account_details_last_changed: 'date_time_updated',
  avg_time_to_pay_date_last_updated: 'date_time_updated',
};

/** The flat view of a customer: its own values and the names of what it refers to. */
export function recordView(customer: Row): Row {
  const renamed = Object.entries(renamedProperties).map(([name, source]) => [name, customer[source]]);
  return {
    ...customer,
    ...Object.fromEntries(renamed),
    ...viewLookups(customer),
    ...viewMoney(customer),
    ...viewEnumerations(customer),
    ...viewDefaultContact(customer),
    ...viewAddress(readLink(customer, 'main_address')),
  };
}

function viewLookups(customer: Row): Row {
  const currency = readLink(customer, 'currency');
  const isoCode = readLink(currency, 'currency_iso_code');
  const taxCode = readLink(customer, 'default_tax_code');
  return {
    country_code: readLink(customer, 'country_code')['code'],
    currency_name: currency['name'],
    currency_symbol: currency['symbol'],
    currency_iso_code_id: isoCode['id'],
    currency_iso_code: isoCode['code'],
    currency_iso_code_name: isoCode['name'],
    default_tax_rate_code: taxCode['code'],
    default_tax_rate_name: taxCode['name'],
    default_tax_rate: taxCode['tax_rate'],
    ...nameLink(customer, 'customer_discount_group', 'discount_group'),
    ...nameLink(customer, 'order_value_discount', 'order_value_discount'),
    ...nameLink(customer, 'price_band', 'price_band'),
    credit_bureau_name: readLink(customer, 'credit_bureau')['name'],
    credit_position_name: readLink(customer, 'credit_position')['name'],
  };
}

function nameLink(customer: Row, link: string, prefix: string): Row {
  const target = readLink(customer, link);
  return { [`${prefix}_name`]: target['name'], [`${prefix}_description`]: target['description'] };
}

function viewMoney(customer: Row): Row {
  const balance = Number(customer['balance']);
  const rate = Number(readLink(customer, 'currency')['core_currency_rate'] ?? 1);
  return {
    base_balance: Number((balance / rate).toFixed(2)),
    is_over_credit_limit: balance > Number(customer['credit_limit']),
    date_of_last_transaction: customer['last_credit_review'],
    invoice_payments_status: '',
  };
}

function viewEnumerations(customer: Row): Row {
  const find = (name: keyof typeof enumerations, value: unknown) =>
    enumerations[name].findIndex((candidate) => candidate === value);
  const termsId = find('trader_payment_terms', customer['payment_terms_basis']);
  return {
    payment_terms_id: termsId,
    payment_terms: enumerationTexts.trader_payment_terms[termsId],
    account_status_type_id: find('account_status_types', customer['account_status_type']),
    account_type_id: find('trader_account_types', customer['account_type']),
    send_copy_statement_to_branch: false,
    statement_transmission_method_id: 0,
    statement_transmission_method: 'Print',
  };
}

function viewDefaultContact(customer: Row): Row {
  const contacts: unknown = customer['contacts'];
  const contact = toRow(Array.isArray(contacts) ? contacts[0] : undefined);
  return {
    contact_name: contact['name'],
    contact_first_name: contact['first_name'],
    contact_middle_name: contact['middle_name'],
    contact_last_name: contact['last_name'],
    contact_default_telephone_number: contact['default_telephone'],
    contact_default_email_address: contact['default_email'],
  };
}

function viewAddress(address: Row): Row {
  const lineNames = ['address_1', 'address_2', 'address_3', 'address_4'];
  const parts = [...lineNames, 'city', 'county', 'postcode', 'country'].map((name) => address[name]);
  const country = readLink(address, 'address_country_code');
  const isoCountry = { code_id: country['id'], code: country['code'], code_name: country['name'] };
  return {
    customer_location_id: address['id'],
    ...Object.fromEntries(
      lineNames.map((name, index) => [`customer_location_address_line_${index + 1}`, address[name]]),
    ),
    customer_location_post_code: address['postcode'],
    customer_location_city: address['city'],
    customer_location_county: address['county'],
    customer_location_country: address['country'],
    customer_location_full_address: parts
      .filter((part) => typeof part === 'string' && part !== '')
      .join(', '),
    customer_location_date_time_created: address['date_time_created'],
    customer_location_date_time_updated: address['date_time_updated'],
    customer_location_type_id: 0,
    customer_location_type: 'Registered Office',
    ...Object.fromEntries(
      Object.entries(isoCountry).map(([name, value]) => [`customer_location_country_${name}`, value]),
    ),
    ...Object.fromEntries(
      Object.entries(isoCountry).map(([name, value]) => [`customer_location_address_country_${name}`, value]),
    ),
  };
}

function readLink(row: Row, name: string): Row {
  return toRow(row[name]);
}
