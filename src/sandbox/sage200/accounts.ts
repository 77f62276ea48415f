import type { Faker } from '@faker-js/faker';
import { toDay, toSeconds } from '../records/dates.ts';
import { createGaps, type Gaps } from '../records/gaps.ts';
import {
  customersOf,
  referenceDate,
  spellings,
  toAsciiWords,
  type Party,
  type World,
} from '../world/index.ts';
import { countries } from './countries.ts';
import { planOffices, type Office } from './offices.ts';
import type { Stamps } from './stamps.ts';

/** What the parts of a customer's record are made of. */
export interface Account {
  readonly id: number;
  readonly party: Party;
  /** As the ledger spells it, at most 60 characters. */
  readonly name: string;
  /** Unique, at most 8 characters. */
  readonly reference: string;
  readonly office: Office;
  readonly countryId: number;
  readonly stamps: Stamps;
  /** Draws from a stream of the customer's own. */
  readonly faker: Faker;
  readonly gaps: Gaps;
  /** Whether nothing is left out of the record. */
  readonly isFilled: boolean;
}

/** Opens an account for each customer, in the order of the ids. */
export function openAccounts(world: World): readonly (() => Account)[] {
  const customers = customersOf(world, 'sage200');
  const officeOf = planOffices(world, customers.length);
  const takenReferences = new Map<string, number>();
  return customers.map(({ id, party }) => {
    const name = spellings(party).sage200;
    const reference = chooseReference(name, takenReferences);
    return () => {
      const faker = world.createFaker(`sage200:customer:${id}`, party.country);
      const isFilled = id === 1;
      return {
        id,
        party,
        name,
        reference,
        office: officeOf(id),
        faker,
        gaps: createGaps(faker, isFilled),
        isFilled,
        countryId: countries.find(({ code }) => code === party.country)?.id ?? 1,
        stamps: chooseStamps(faker, party.since),
      };
    };
  });
}

/** A time between the two days, or within the last one; some of the ledger's times have fractions of seconds, some have none. */
function chooseStamps(faker: Faker, since: string): Stamps {
  const created = faker.date.between({ from: `${since}T08:00:00Z`, to: `${since}T17:30:00Z` });
  const updated = faker.date.between({ from: created, to: referenceDate });
  return {
    date_time_created: toSeconds(created),
    date_time_updated: faker.datatype.boolean() ? updated.toISOString() : toSeconds(updated),
  };
}

/** A day without a time of day, as the ledger sends it: a date-time at midnight, to be read as the day it names. */
export function toMidnight(day: Date): string {
  return `${toDay(day)}T00:00:00Z`;
}

function chooseReference(name: string, takenReferences: Map<string, number>): string {
  const letters = toAsciiWords(name, '').toUpperCase().slice(0, 5);
  const number = (takenReferences.get(letters) ?? 0) + 1;
  takenReferences.set(letters, number);
  return letters + String(number).padStart(3, '0');
}
