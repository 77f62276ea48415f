import type { Faker } from '@faker-js/faker';
import { createLazyTable, type LazyTable } from '../records/lazy-table.ts';
import { customersOf, referenceDate, spellings, type World, type WorldCustomer } from '../world/index.ts';
import { createCroBranches, createCroTenants, type CroBranch } from './branches.ts';
import { recordAddresses, recordContact, recordSettings, type CroOwner } from './parts.ts';
import { toLocalTime } from './times.ts';

export type CroCustomer = ReturnType<typeof recordCustomer>;

/** Everything CRO sends. */
export interface CroData {
  readonly customers: LazyTable<CroCustomer>;
  readonly branches: readonly CroBranch[];
  readonly tenants: ReturnType<typeof createCroTenants>;
  /** Whether other customers name this one as their parent. */
  readonly isParent: (id: number) => boolean;
}

const parentCount = 25;
const childCount = 75;
/** One customer in this many is inactive with all that belongs to it. */
const everyNthInactive = 53;

export function createCroData(world: World): CroData {
  const members = customersOf(world, 'cro');
  const branches = createCroBranches(world);
  const parentIds = planFamilies(world, members);
  const parents = new Set(parentIds.values());
  const customers = createLazyTable(members.length, (id) => {
    const member = members[id - 1];
    if (member === undefined) throw new Error(`CRO has no customer ${id}`);
    return recordCustomer(
      world.createFaker(`cro.customer.${id}`, 'US'),
      member,
      parentIds.get(id) ?? null,
      branches,
    );
  });
  return { customers, branches, tenants: createCroTenants(world), isParent: (id) => parents.has(id) };
}

/** Parent id by child id. Parents are companies and have no parent, so that there are no cycles. */
function planFamilies(world: World, members: readonly WorldCustomer[]): ReadonlyMap<number, number> {
  const faker = world.createFaker('cro.families');
  const companies = members
    .filter(({ id, party }) => id !== 1 && party.kind === 'company')
    .map(({ id }) => id);
  const order = faker.helpers.shuffle(companies);
  const parents = order.slice(0, parentCount);
  // Customer 1 has a parent, so that this field is filled as well.
  const children = [1, ...order.slice(parentCount)].slice(0, childCount);
  return new Map(children.map((id) => [id, faker.helpers.arrayElement(parents)]));
}

function chooseBranches(faker: Faker, branches: readonly CroBranch[], isFilled: boolean): CroBranch[] {
  const count = faker.helpers.weightedArrayElement([
    { weight: 5, value: 1 },
    { weight: 3, value: 2 },
    { weight: 1, value: 3 },
    { weight: 1, value: 4 },
  ]);
  return faker.helpers
    .arrayElements(branches, isFilled ? 3 : count)
    .toSorted((a, b) => a.location.id - b.location.id);
}

function recordCustomer(
  faker: Faker,
  { id, party }: WorldCustomer,
  parentId: number | null,
  branches: readonly CroBranch[],
) {
  const createdOn = faker.date.between({ from: party.since, to: '2026-04-30T00:00:00Z' });
  const updatedOn = faker.date.between({ from: createdOn, to: referenceDate });
  const owner: CroOwner = {
    customerId: id,
    party,
    createdOn,
    updatedOn,
    isInactive: id % everyNthInactive === 0,
  };
  const chosen = chooseBranches(faker, branches, id === 1);
  return {
    addresses: recordAddresses(faker, owner),
    contacts: party.people.map((person, index) => recordContact(faker, owner, person, index)),
    created_on: toLocalTime(faker, createdOn),
    id,
    last_updated_on: toLocalTime(faker, updatedOn),
    locations: chosen.map((branch, index) =>
      recordSettings(faker, owner, branch, index === chosen.length - 1),
    ),
    name: spellings(party).cro,
    parent_id: parentId,
  };
}
