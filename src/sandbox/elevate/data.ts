import type { Faker } from '@faker-js/faker';
import { addDays, toDay, toSeconds } from '../records/dates.ts';
import { createGaps } from '../records/gaps.ts';
import { createLazyTable, type LazyTable } from '../records/lazy-table.ts';
import { customersOf, referenceDate, spellings, type World, type WorldCustomer } from '../world/index.ts';
import { recordContact } from './contacts.ts';
import { recordSites, type ElevateSite } from './sites.ts';

export type ElevateCustomer = ReturnType<typeof recordCustomer>;

/** All customers and their sites, as Elevate sends them. */
export interface ElevateData {
  readonly customers: LazyTable<ElevateCustomer>;
  readonly sites: LazyTable<ElevateSite>;
}

const referenceTime = new Date(referenceDate);

export function createElevateData(world: World): ElevateData {
  const members = customersOf(world, 'elevate');
  const owners = members.flatMap(({ id, party }) => party.addresses.map(() => id));
  const firstSiteIds = new Map<number, number>();
  for (const [index, id] of owners.entries()) if (!firstSiteIds.has(id)) firstSiteIds.set(id, index + 1);

  const customers = createLazyTable(members.length, (id) => {
    const member = members[id - 1];
    const firstSiteId = firstSiteIds.get(id);
    if (member === undefined || firstSiteId === undefined) throw new Error(`Elevate has no customer ${id}`);
    return recordCustomer(world.createFaker(`elevate.customer.${id}`), member, firstSiteId);
  });
  const sites = createLazyTable(owners.length, (id) => {
    const site = customers.get(owners[id - 1] ?? 0)?.sites.find((candidate) => candidate.id === id);
    if (site === undefined) throw new Error(`Elevate has no site ${id}`);
    return site;
  });
  return { customers, sites };
}

interface Dates {
  readonly startDate: Date;
  readonly updatedDate: Date;
  readonly endDate: string | null;
}

function chooseDates(faker: Faker, { id, party }: WorldCustomer): Dates {
  const startDate = faker.date.between({ from: party.since, to: '2026-04-30T00:00:00Z' });
  const lastChange = faker.date.between({ from: addDays(startDate, 10), to: referenceTime });
  // Customer 1 has given notice, so that even this field is filled.
  if (id === 1) return { startDate, updatedDate: lastChange, endDate: '2027-03-31' };
  return {
    startDate,
    updatedDate: lastChange,
    endDate: faker.datatype.boolean(0.12) ? toDay(lastChange) : null,
  };
}

function recordCustomer(faker: Faker, member: WorldCustomer, firstSiteId: number) {
  const { id, party } = member;
  const isFilled = id === 1;
  const { orNull } = createGaps(faker, isFilled);
  const { startDate, updatedDate, endDate } = chooseDates(faker, member);
  const customerName = spellings(party).elevate;
  const accountNumber = `EL${100_000 + id * 7}`;
  const contractOwnerId = faker.number.int({ min: 1, max: isFilled ? 2 : 3 });
  const isOnline = faker.datatype.boolean(0.7) || isFilled;
  const site = {
    customerId: id,
    customerName,
    accountNumber,
    party,
    startDate,
    endDate,
    updatedDate,
    firstSiteId,
  };
  return {
    id,
    contractOwnerId,
    // Brands 1 and 2 are of contract owner 1, brands 3 and 4 of owner 2; owner 3 has none.
    contractOwnerSubBrandId:
      contractOwnerId === 3 ? null : orNull(0.8, contractOwnerId * 2 - faker.number.int({ min: 0, max: 1 })),
    customerType: party.kind === 'company' ? 'BUSINESS' : 'RESIDENTIAL',
    customerName,
    customerAccountNumber: accountNumber,
    startDate: toDay(startDate),
    endDate,
    createdDate: toSeconds(startDate),
    updatedDate: toSeconds(updatedDate),
    contractTerm: faker.helpers.arrayElement([1, 12, 24, 24, 36]),
    contractTermStartDate: toDay(startDate),
    customerIsVip: faker.datatype.boolean(0.05),
    customerMarker: faker.datatype.boolean(0.03),
    // Agents 1 and 2 are internal.
    externalCommissionAgentId: orNull(0.3, faker.number.int({ min: 3, max: 6 })),
    onlineBillingRequired: isOnline,
    onlineEmailAddress: isOnline ? (party.people[0]?.email ?? '') : '',
    sendWelcomeEmailOn: orNull(0.8, toDay(addDays(startDate, 1))),
    billingCycleId: faker.helpers.arrayElement([1, 1, 1, 2, 3, 4]),
    sites: recordSites(faker, site),
    creditThreshold: faker.helpers.arrayElement([0, 50, 100, 100, 250, 149.5, 1000]),
    tripwireId: orNull(0.75, faker.number.int({ min: 1, max: 4 })),
    customerContacts: party.people.map((person, index) =>
      recordContact(faker, 50_000 + id * 10 + index, person, isFilled),
    ),
  };
}
