import type { Row } from '../records/row.ts';
import type { PartyPerson } from '../world/index.ts';
import type { Account } from './accounts.ts';
import { findLookup } from './lookups.ts';
import { inventNeighbour, joinPhone, splitPhone } from './phones.ts';

/** Ids of the contact roles that people with these tasks have. */
const roleIds: Readonly<Record<string, readonly number[]>> = {
  Accounts: [1, 2, 3],
  Director: [1, 5],
  'Office Manager': [2],
  'Site Manager': [6],
  Purchasing: [4],
  Facilities: [6],
};
/** Mr, Ms, Mx, Dr. */
const salutationIds = [1, 1, 4, 4, 2, 5, 6];

/** The customer's contacts, one to three, the default one first. */
export function recordContacts(account: Account): readonly Row[] {
  return account.party.people.slice(0, 3).map((person, index) => recordContact(account, person, index));
}

function recordContact(account: Account, person: PartyPerson, index: number): Row {
  const { faker, gaps, party } = account;
  const id = account.id * 10 + index;
  const salutationId = gaps.orNull(0.7, faker.helpers.arrayElement(salutationIds));
  const middleName = gaps.orEmpty(0.15, faker.person.middleName());
  const contact: Record<string, unknown> = {
    id,
    customer_id: account.id,
    salutation_id: salutationId,
    name: [person.firstName, middleName, person.lastName].filter((part) => part !== '').join(' '),
    first_name: person.firstName,
    middle_name: middleName,
    last_name: person.lastName,
    is_default: index === 0,
    is_to_delete: false,
    salutation: findLookup('salutations', salutationId),
    ...account.stamps,
  };
  // Each child leads back to its contact.
  const link = { customer_contact_id: id, customer_contact: contact, is_to_delete: false, ...account.stamps };
  const website = index === 0 ? gaps.orEmpty(0.5, party.website) : '';
  const emails = recordEmails(account, person, link);
  const telephones = recordNumbers(
    account,
    faker.datatype.boolean(0.2) ? [person.phone, inventNeighbour(faker, person.phone)] : [person.phone],
    link,
  );
  contact['default_telephone'] = telephones[0]?.full_number ?? '';
  contact['default_email'] = emails[0]?.email ?? '';
  contact['emails'] = emails;
  contact['telephones'] = telephones;
  contact['mobiles'] = recordNumbers(account, [gaps.orEmpty(0.6, person.mobile)], link);
  contact['faxes'] = recordNumbers(account, [gaps.orEmpty(0.15, inventNeighbour(faker, person.phone))], link);
  contact['websites'] = website === '' ? [] : [{ id: id * 10, website, is_default: true, ...link }];
  contact['roles'] = recordRoles(account, person, id);
  return contact;
}

type ContactLink = Readonly<Record<string, unknown>> & { readonly customer_contact_id: number };

function recordEmails({ gaps, faker, isFilled }: Account, person: PartyPerson, link: ContactLink) {
  const second = faker.datatype.boolean(0.1) || isFilled ? person.email.replace('@', '.accounts@') : '';
  const addresses = [gaps.orEmpty(0.9, person.email), second].filter((email) => email !== '');
  return addresses.map((email, index) => ({
    id: link.customer_contact_id * 10 + index,
    email,
    is_default: index === 0,
    ...link,
  }));
}

function recordNumbers({ faker, party, isFilled }: Account, numbers: readonly string[], link: ContactLink) {
  const isWithCountryCode = faker.datatype.boolean(0.4) || isFilled;
  return numbers
    .filter((number) => number !== '')
    .map((number, index) => {
      const parts = splitPhone(number, party.country, isWithCountryCode);
      return {
        id: link.customer_contact_id * 10 + index,
        full_number: joinPhone(parts),
        country_code: parts.countryCode,
        area_code: parts.areaCode,
        subscriber_number: parts.subscriberNumber,
        is_default: index === 0,
        ...link,
      };
    });
}

function recordRoles({ stamps }: Account, person: PartyPerson, contactId: number): readonly Row[] {
  return (roleIds[person.role] ?? [1]).map((roleId, index) => ({
    id: contactId * 10 + index,
    customer_contact_id: contactId,
    trader_contact_role_id: roleId,
    is_preferred_contact_for_role: index === 0,
    is_to_delete: false,
    ...stamps,
  }));
}
