import { base, en, en_GB, en_US, Faker } from '@faker-js/faker';
import { hashText } from '../hash-text.ts';
import { inventParty, type Party, type PartyPlan } from './parties.ts';
import type { Country } from './places.ts';

export { inventAddress, type PartyAddress } from './addresses.ts';
export { toAsciiWords } from './names.ts';
export type { Party, PartyPerson } from './parties.ts';
export { placesByCountry, type Country, type Place } from './places.ts';
export { spellings } from './spellings.ts';

/** The day the invented world stands still at: nothing in it is later. */
export const referenceDate = '2026-06-30T12:00:00.000Z';

/** All parties, and the source of everything else that is invented about them. */
export interface World {
  readonly parties: readonly Party[];
  /**
   * An independent generator per named stream: the same world and stream give the same values, whatever other streams are used.
   * Names and the like are British unless `country` says otherwise.
   */
  createFaker(stream: string, country?: Country): Faker;
}

/** One customer of a provider. */
export interface WorldCustomer {
  /** 1..500, the native id. */
  readonly id: number;
  readonly party: Party;
}

/** A party that several providers know, with its native id in each of them. */
export interface SharedParty {
  readonly party: Party;
  readonly ids: Readonly<Record<string, number>>;
}

interface Membership {
  readonly providers: readonly string[];
  readonly country: Country;
  readonly count: number;
  readonly personShare: number;
}

/** 40 parties in several systems, the rest in one: 500 customers each. Elevate bills in Great Britain only, CRO dispatches mostly in the United States. */
const memberships: readonly Membership[] = [
  { providers: ['elevate', 'sage200', 'cro'], country: 'GB', count: 4, personShare: 0 },
  { providers: ['elevate', 'sage200'], country: 'GB', count: 22, personShare: 0.1 },
  { providers: ['elevate', 'cro'], country: 'GB', count: 2, personShare: 0 },
  { providers: ['sage200', 'cro'], country: 'US', count: 12, personShare: 0.1 },
  { providers: ['elevate'], country: 'GB', count: 472, personShare: 0.45 },
  { providers: ['sage200'], country: 'GB', count: 380, personShare: 0.06 },
  { providers: ['sage200'], country: 'US', count: 82, personShare: 0.06 },
  { providers: ['cro'], country: 'US', count: 462, personShare: 0.35 },
  { providers: ['cro'], country: 'GB', count: 20, personShare: 0.2 },
];

/** Where the typical customer of a provider lives, if not in Great Britain: customer 1 does. */
const homeCountry: ReadonlyMap<string, Country> = new Map([['cro', 'US']]);

/** Customers of a provider. */
const mostCustomers = 500;

/** Creates the world of `seed`; equal seeds give equal worlds. */
export function createWorld(seed: number): World {
  const fakers = {
    GB: createSeededFaker(seed, 'parties', 'GB'),
    US: createSeededFaker(seed, 'parties', 'US'),
  };
  const takenNames = new Set<string>();
  return {
    parties: planParties().map((plan) => inventParty(fakers[plan.country], plan, takenNames)),
    createFaker: (stream, country) => createSeededFaker(seed, stream, country),
  };
}

function createSeededFaker(seed: number, stream: string, country: Country = 'GB'): Faker {
  const faker = new Faker({ locale: country === 'GB' ? [en_GB, en, base] : [en_US, en, base] });
  faker.seed([seed, hashText(stream)]);
  faker.setDefaultRefDate(referenceDate);
  return faker;
}

function planParties(): PartyPlan[] {
  const plans = memberships.flatMap(({ count, ...membership }) =>
    Array.from({ length: count }, () => membership),
  );
  return plans.map((plan, index) => ({ ...plan, key: index + 1 }));
}

/**
 * The customers of `provider` by native id, 1 to 500. Customer 1 is a typical company with several addresses and people. A
 * provider that no party names has some of all of them.
 */
export function customersOf(world: World, provider: string): readonly WorldCustomer[] {
  const own = world.parties.filter((party) => party.providers.includes(provider));
  const members = own.length > 0 ? own : world.parties;
  const order = world.createFaker(`ids.${provider}`).helpers.shuffle(members);
  const first = order.find((party) => isTypical(party, provider));
  const parties = first === undefined ? order : [first, ...order.filter((party) => party !== first)];
  return parties.slice(0, mostCustomers).map((party, index) => ({ id: index + 1, party }));
}

function isTypical(party: Party, provider: string): boolean {
  const hasMuch = party.addresses.length >= 2 && party.people.length >= 2 && party.website !== '';
  return party.kind === 'company' && party.country === (homeCountry.get(provider) ?? 'GB') && hasMuch;
}

/** The parties that are customers of several providers, with their native ids. */
export function sharedParties(world: World): readonly SharedParty[] {
  const providers = new Set(memberships.flatMap((membership) => membership.providers));
  const ids = new Map(
    [...providers].map((provider) => [
      provider,
      new Map(customersOf(world, provider).map(({ id, party }) => [party, id])),
    ]),
  );
  return world.parties
    .filter((party) => party.providers.length > 1)
    .map((party) => ({
      party,
      ids: Object.fromEntries(
        party.providers.map((provider) => [provider, ids.get(provider)?.get(party) ?? 0]),
      ),
    }));
}
