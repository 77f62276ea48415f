import type { Row } from '../records/row.ts';
import type { PartyAddress } from '../world/index.ts';
import type { Account } from './accounts.ts';
import { findLookup } from './lookups.ts';
import { inventNeighbour } from './phones.ts';

/** The customer's one main address. */
export function recordMainAddress(account: Account): Row | null {
  const { faker, party, isFilled } = account;
  const [address] = party.addresses;
  if (address === undefined) return null;
  // Older records were typed in before towns and counties had fields of their own.
  const isSegmented = faker.datatype.boolean(0.85) || isFilled;
  const [contact] = party.people;
  return {
    id: 20_000 + account.id,
    customer_id: account.id,
    ...recordLines(account, address, isSegmented),
    contact_name: contact === undefined ? '' : `${contact.firstName} ${contact.lastName}`,
    ...account.stamps,
  };
}

/** The customer's delivery addresses, none to three: all but the first of the addresses it has. Customer 1 has two. */
export function recordDeliveryAddresses(account: Account, customer: Row): readonly Row[] {
  const { party, isFilled } = account;
  const addresses = isFilled ? party.addresses.toReversed().slice(0, 2) : party.addresses.slice(1, 4);
  return addresses.map((address, index) => recordDeliveryAddress(account, customer, address, index));
}

function recordDeliveryAddress(account: Account, customer: Row, address: PartyAddress, index: number): Row {
  const { faker, gaps, party, name } = account;
  const person = party.people[index % party.people.length];
  const phone = person?.phone ?? '';
  const taxCodeId = customer['default_tax_code_id'];
  return {
    id: account.id * 10 + index,
    customer_id: account.id,
    is_default: index === 0,
    description: `${address.city} ${faker.helpers.arrayElement(['depot', 'site', 'warehouse', 'office'])}`,
    postal_name: name,
    ...recordLines(account, address, true),
    contact: person === undefined ? '' : `${person.firstName} ${person.lastName}`,
    telephone: phone,
    fax: gaps.orEmpty(0.1, inventNeighbour(faker, phone)),
    email: gaps.orEmpty(0.7, person?.email ?? ''),
    tax_number: customer['vat_number'],
    tax_code_id: taxCodeId,
    country_code_id: account.countryId,
    ...account.stamps,
    customer,
    tax_code: findLookup('tax_codes', taxCodeId),
    country_code: findLookup('country_codes', account.countryId),
  };
}

function recordLines(
  { countryId, isFilled }: Account,
  address: PartyAddress,
  isSegmented: boolean,
): Record<string, unknown> {
  const place = isSegmented ? [] : [address.city, address.region];
  const extra = isFilled ? ['Goods Entrance', 'Gate 2'] : [];
  const lines = [...address.lines, ...place, ...extra];
  const country = findLookup('country_codes', countryId);
  return {
    address_1: lines[0] ?? '',
    address_2: lines[1] ?? '',
    address_3: lines[2] ?? '',
    address_4: lines[3] ?? (isFilled ? 'Loading Bay' : ''),
    city: isSegmented ? address.city : '',
    county: isSegmented ? address.region : '',
    postcode: address.postcode,
    country: country?.['name'] ?? '',
    address_country_code_id: countryId,
    address_country_code: country,
  };
}
