import type { Faker } from '@faker-js/faker';
import { createGaps } from '../records/gaps.ts';
import type { PartyPerson } from '../world/index.ts';

const rolesByTask: Readonly<Record<string, string>> = {
  Accounts: 'ACCOUNTS',
  IT: 'TECHNICAL',
  Director: 'MANAGEMENT',
  Owner: 'ACCOUNTS',
};

/** Records `person` as a contact of a customer or a site. */
export function recordContact(faker: Faker, id: number, person: PartyPerson, isFilled: boolean) {
  const { orEmpty } = createGaps(faker, isFilled);
  const isAccounts = rolesByTask[person.role] === 'ACCOUNTS';
  const email = orEmpty(0.92, person.email);
  const channel = email === '' ? 'POST' : 'EMAIL';
  return {
    id,
    contactName: `${person.firstName} ${person.lastName}`,
    contactTelephoneNumber: person.phone,
    contactAlternativeTelephoneNumber: orEmpty(0.6, person.mobile),
    contactEmailAddress: email,
    contactRole: rolesByTask[person.role] ?? 'GENERAL',
    receiveInvoiceBy: isAccounts ? channel : 'NONE',
    receiveInvoiceSummaryBy: isAccounts ? faker.helpers.arrayElement([channel, 'NONE']) : 'NONE',
    receiveElectronicSummaryReports: isAccounts && email !== '',
    emailSuspended: email !== '' && faker.datatype.boolean(0.03),
    contactNameToAppearOnInvoice: isAccounts && faker.datatype.boolean(0.5),
    receiveEmailFraudAlert: email !== '' && faker.datatype.boolean(0.3),
    receiveSmsFraudAlert: faker.datatype.boolean(0.15),
  };
}
