import type { Faker } from '@faker-js/faker';
import { inventAddress, type PartyAddress } from './addresses.ts';
import { inventCompanyName, pickUnusualCompanyName, toAsciiWords } from './names.ts';
import { inventPersonName } from './people-names.ts';
import { placesByCountry, type Country, type Place } from './places.ts';

export interface PartyPerson {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  /** Land line in national notation. */
  readonly phone: string;
  readonly mobile: string;
  /** What the person does for the party, e.g. "Accounts". */
  readonly role: string;
}

/** A company or person of the invented world, as it is before any system has recorded it. */
export interface Party {
  /** 1.., the same in every world of the same seed. */
  readonly key: number;
  readonly kind: 'company' | 'person';
  readonly name: string;
  readonly country: Country;
  /** 1 to 4, the head office or home first. */
  readonly addresses: readonly PartyAddress[];
  /** 1 to 4; of a person, the first is that person. */
  readonly people: readonly PartyPerson[];
  /** Empty for most persons. */
  readonly website: string;
  /** The providers that have this party as a customer, of those of which that is settled. */
  readonly providers: readonly string[];
  /** Oldest day of business with anyone: yyyy-MM-dd. */
  readonly since: string;
}

/** What is settled about a party before the rest is invented. */
export interface PartyPlan {
  readonly key: number;
  readonly country: Country;
  readonly providers: readonly string[];
  /** Probability that the party is a person. */
  readonly personShare: number;
}

/** The first party has a fixed name so that examples can search for it. */
const firstPartyName = 'Harbour & Sons Ltd';
/** One company in so many has a name with unusual letters or length. */
const everyNthUnusual = 17;
const mailDomains = ['example.com', 'example.org', 'example.net'];
const companyRoles = [
  'Accounts',
  'Director',
  'Office Manager',
  'Site Manager',
  'Purchasing',
  'IT',
  'Facilities',
];
const householdRoles = ['Owner', 'Partner', 'Tenant', 'Family'];

/**
 * Invents the party of `plan`. `takenNames` holds the names of earlier companies and is added to, so that no two share one.
 */
export function inventParty(faker: Faker, plan: PartyPlan, takenNames: Set<string>): Party {
  const { key, country, providers } = plan;
  const isFirst = key === 1;
  const kind = !isFirst && faker.datatype.boolean(plan.personShare) ? 'person' : 'company';
  const places = faker.helpers.arrayElements(placesByCountry[country], countSites(faker, kind, isFirst));
  const home = places[0] ?? placesByCountry[country][0];
  if (home === undefined) throw new Error(`No places are known for ${country}`);
  const people = inventPeople(faker, kind, home, isFirst);
  const holder = people[0];
  const personName = holder === undefined ? '' : `${holder.firstName} ${holder.lastName}`;
  const name =
    kind === 'person'
      ? personName
      : isFirst
        ? firstPartyName
        : chooseFreeName(faker, plan, home.city, takenNames);
  const isOnline = kind === 'company' && faker.datatype.boolean(0.8);
  return {
    key,
    kind,
    name,
    country,
    addresses: places.map((place) => inventAddress(faker, place, kind === 'person' ? 'home' : 'works')),
    people,
    website: isOnline ? `https://${toAsciiWords(name, '-').slice(0, 40).replace(/-$/, '')}.example.com` : '',
    providers,
    since: faker.date
      .between({ from: '2008-01-01T00:00:00Z', to: '2026-03-31T00:00:00Z' })
      .toISOString()
      .slice(0, 10),
  };
}

function countSites(faker: Faker, kind: Party['kind'], isFirst: boolean): number {
  if (isFirst) return 3;
  if (kind === 'person')
    return faker.helpers.weightedArrayElement([
      { weight: 4, value: 1 },
      { weight: 1, value: 2 },
    ]);
  return faker.helpers.weightedArrayElement([
    { weight: 9, value: 1 },
    { weight: 6, value: 2 },
    { weight: 3, value: 3 },
    { weight: 2, value: 4 },
  ]);
}

function inventPeople(faker: Faker, kind: Party['kind'], home: Place, isFirst: boolean): PartyPerson[] {
  const roles = kind === 'company' ? companyRoles : householdRoles;
  const count = isFirst ? 3 : faker.number.int({ min: 1, max: kind === 'company' ? 4 : 2 });
  const [first = '', ...others] = roles;
  return [first, ...faker.helpers.arrayElements(others, count - 1)].map((role) =>
    inventPerson(faker, home, role),
  );
}

function inventPerson(faker: Faker, place: Place, role: string): PartyPerson {
  const name = inventPersonName(faker, place.country);
  const local = toAsciiWords(`${name.firstName} ${name.lastName}`, '.');
  return {
    ...name,
    email: `${local}@${faker.helpers.arrayElement(mailDomains)}`,
    phone: inventPhone(faker, place),
    mobile: inventMobile(faker, place),
    role,
  };
}

function inventPhone(faker: Faker, place: Place): string {
  // The American range is 555-0100 to 555-0199; the British blocks leave three digits free.
  return (
    place.phonePrefix + (place.country === 'US' ? `1${faker.string.numeric(2)}` : faker.string.numeric(3))
  );
}

function inventMobile(faker: Faker, place: Place): string {
  return place.country === 'US' ? inventPhone(faker, place) : `07700 900${faker.string.numeric(3)}`;
}

/** A company name that no earlier party has. Ten tries find one; past those the number tells the namesakes apart. */
function chooseFreeName(faker: Faker, plan: PartyPlan, city: string, takenNames: Set<string>): string {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const isUnusual = attempt === 0 && plan.key % everyNthUnusual === 0;
    const name = isUnusual
      ? pickUnusualCompanyName(faker, plan.country)
      : inventCompanyName(faker, plan.country, city);
    if (takenNames.has(name)) continue;
    takenNames.add(name);
    return name;
  }
  return `${city} Traders No. ${plan.key} Ltd`;
}
