import type { Faker } from '@faker-js/faker';
import { createGaps } from '../records/gaps.ts';
import type { Party, PartyAddress, PartyPerson } from '../world/index.ts';
import type { CroBranch } from './branches.ts';
import { toLocalTime } from './times.ts';

/** What the parts of one customer have in common. */
export interface CroOwner {
  readonly customerId: number;
  readonly party: Party;
  readonly createdOn: Date;
  readonly updatedOn: Date;
  /** Customers that are kept for the record only: whatever belongs to them is soft-deleted. */
  readonly isInactive: boolean;
}

export type CroAddress = ReturnType<typeof recordAddress>;
export type CroContact = ReturnType<typeof recordContact>;
export type CroSettings = ReturnType<typeof recordSettings>;

/** One customer in this many has an old address that was soft-deleted. */
const everyNthMoved = 7;

export function recordAddresses(faker: Faker, owner: CroOwner): CroAddress[] {
  const addresses = owner.party.addresses.map((address, index) =>
    recordAddress(faker, owner, address, index),
  );
  const last = addresses.at(-1);
  if (last === undefined || owner.customerId % everyNthMoved !== 0) return addresses;
  const old = {
    ...last,
    id: last.id + 1,
    line_1: `${faker.number.int({ min: 10, max: 99 })} Old Mill Rd`,
    line_2: null,
  };
  return [...addresses, { ...old, is_active: false, is_billing: false, is_shipping: false }];
}

function recordAddress(faker: Faker, owner: CroOwner, address: PartyAddress, index: number) {
  const isBritish = address.country === 'GB';
  const { orNull } = createGaps(faker, owner.customerId === 1);
  return {
    country: orNull(isBritish ? 1 : 0.4, address.country),
    id: owner.customerId * 10 + index,
    is_active: !owner.isInactive,
    is_billing: index === 0,
    is_physical: index > 0 || owner.party.addresses.length === 1,
    is_shipping: index > 0 && faker.datatype.boolean(0.5),
    latitude: address.latitude,
    line_1: address.lines[0] ?? '',
    line_2: address.lines[1] ?? orNull(0, `Bldg ${faker.number.int({ min: 1, max: 9 })}`),
    line_3: orNull(0.05, `Gate ${faker.number.int({ min: 1, max: 4 })}`),
    // Outside the United States this line holds the county.
    line_4: isBritish ? address.region : orNull(0.03, 'Attn: Accounts Payable'),
    locality: address.city,
    longitude: address.longitude,
    postcode: address.postcode,
    region: address.region,
  };
}

/** Records one of the people of the customer's party. */
export function recordContact(faker: Faker, owner: CroOwner, person: PartyPerson, index: number) {
  const { orNull } = createGaps(faker, owner.customerId === 1);
  const wantsNews = faker.datatype.boolean(0.6);
  return {
    email: writeEmails(faker, owner, person),
    fax: orNull(
      0.12,
      `${person.phone.replace(/[()]/g, '').replaceAll(' ', '-').slice(0, -2)}${faker.string.numeric(2)}`,
    ),
    id: owner.customerId * 10 + index,
    name: faker.datatype.boolean(0.3) ? person.firstName : `${person.firstName} ${person.lastName}`,
    notify_on_acknowledged_request: faker.datatype.boolean(0.1),
    notify_on_completed_request: wantsNews,
    notify_on_dispatched_request: wantsNews,
    notify_on_failed_request: wantsNews,
    notify_on_new_request: faker.datatype.boolean(0.4),
    number: writeNumber(faker, person),
  };
}

/** The field is a list in a text: commas separate the addresses, blanks and newlines stand among them as they were typed. */
function writeEmails(faker: Faker, owner: CroOwner, person: PartyPerson): string {
  const others = owner.party.people.filter((other) => other !== person).map((other) => other.email);
  const all = [person.email, ...others, 'ap@example.com'];
  // Contacts of customer 1 all have an address.
  const shape = faker.number.int({ min: owner.customerId === 1 ? 8 : 1, max: 100 });
  if (shape <= 7) return '';
  if (shape <= 17) return all.slice(0, 2).join(', ');
  if (shape <= 22) return all.slice(0, 3).join(',\n');
  if (shape <= 25) return `${all.slice(0, 3).join(' ,')} `;
  return person.email;
}

function writeNumber(faker: Faker, person: PartyPerson): string {
  const dashed = person.phone.replace(/[()]/g, '').replaceAll(' ', '-');
  return faker.helpers.arrayElement([
    dashed,
    dashed,
    person.phone,
    dashed.replaceAll('-', '.'),
    `${dashed} ext. ${faker.number.int({ min: 10, max: 99 })}`,
    `${person.phone} / cell ${person.mobile}`,
  ]);
}

const settingsNotes = [
  'Exempt from billing??',
  'Call before delivery.',
  'Gate code 4417, close it behind you.',
  'No deliveries on Fridays.',
  'COD only\nsee office',
];

/** Records how a branch deals with the customer. */
export function recordSettings(faker: Faker, owner: CroOwner, branch: CroBranch, isLast: boolean) {
  const isFilled = owner.customerId === 1;
  const { orNull, orEmpty } = createGaps(faker, isFilled);
  const isSuspended = faker.datatype.boolean(0.04) || (isFilled && isLast);
  const suspensionId = faker.number.int({ min: 1, max: 5 });
  const createdOn = faker.date.between({ from: owner.createdOn, to: owner.updatedOn });
  return {
    created_on: toLocalTime(faker, createdOn),
    customer_id: owner.customerId,
    is_active: !owner.isInactive && (isFilled || faker.datatype.boolean(0.92)),
    is_commercial: owner.party.kind === 'company',
    last_updated_on: toLocalTime(faker, owner.updatedOn),
    location_id: branch.location.id,
    note: orEmpty(0.3, faker.helpers.arrayElement(settingsNotes)),
    reference_number: orNull(0.4, `${branch.location.address.region}-${faker.string.numeric(5)}`),
    renewal_date: orNull(0.05, '2026-12-01T00:00:00.000000'),
    ...chooseSalesRep(faker, branch, isFilled),
    suspension_id: isSuspended ? suspensionId : null,
  };
}

const repNames = ['Shane', 'Dana', 'Marcus R.', 'Kim', 'Lou'];

/** sales_rep_id is whatever the office found: a user's number, uid or name. The number is the one that leads anywhere. */
function chooseSalesRep(
  faker: Faker,
  branch: CroBranch,
  isFilled: boolean,
): { sales_rep: string | null; sales_rep_id: string | null } {
  const user = faker.helpers.arrayElement(branch.users);
  const name = faker.helpers.arrayElement(repNames);
  const shape = isFilled ? 1 : faker.number.int({ min: 1, max: 100 });
  if (shape <= 25) return { sales_rep: name, sales_rep_id: String(user.id) };
  if (shape <= 33) return { sales_rep: name, sales_rep_id: user.uid };
  if (shape <= 41) return { sales_rep: name, sales_rep_id: user.username };
  if (shape <= 55) return { sales_rep: name, sales_rep_id: null };
  return { sales_rep: shape <= 75 ? '' : null, sales_rep_id: null };
}
