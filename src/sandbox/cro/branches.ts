import type { Faker } from '@faker-js/faker';
import { inventAddress, placesByCountry, type World, type Place } from '../world/index.ts';
import { toLocalTime } from './times.ts';

export type CroLocation = ReturnType<typeof recordLocation>;
export type CroUser = ReturnType<typeof recordUser>;

/** A yard of the hauler, which dispatches to customers around it, with those who work there. */
export interface CroBranch {
  readonly location: CroLocation;
  readonly users: readonly CroUser[];
}

/** Id of the one tenant: the value of x-tenant-id. */
export const tenantId = 42;

const branchCount = 12;
const firstUserId = 100_001;
const jobTitles = ['admin', 'dispatch', 'sales', 'driver', 'yard', 'crm'];
const rolesByJob: Readonly<Record<string, readonly string[]>> = {
  admin: ['Admin', 'Dispatcher'],
  dispatch: ['Dispatcher'],
  sales: ['CrmUser'],
  driver: ['Driver'],
  yard: ['Driver', 'Public'],
  crm: ['CrmUser', 'ClientCustomer'],
};

/** The hauler's branches, with the location ids 1 to 12. */
export function createCroBranches(world: World): readonly CroBranch[] {
  return placesByCountry.US.slice(0, branchCount).map((place, index) => {
    const faker = world.createFaker(`cro.branch.${index + 1}`, 'US');
    const location = recordLocation(faker, index + 1, place);
    const jobs = jobTitles.slice(0, faker.number.int({ min: 3, max: jobTitles.length }));
    return {
      location,
      users: jobs.map((job, position) =>
        recordUser(faker, firstUserId + index * jobTitles.length + position, job, place),
      ),
    };
  });
}

/** What all branches have set alike. */
const companySettings = {
  bar_code_type: 'code_39',
  billing_accounts_global: false,
  delivery_name: 'Delivery',
  distance_label: 'mi',
  dropoff_name: 'Drop-off',
  exchange_name: 'Exchange',
  main_inventory_name: 'Yard',
  pickup_name: 'Final pickup',
  service_disclaimer: 'Keep the drop site clear of vehicles and wires.',
  service_name: 'Service',
  notify_on_acknowledged_job: false,
  notify_on_completed_job: true,
  notify_on_dispatched_job: true,
  notify_on_failed_job: true,
  delivery_hidden: false,
  dropoff_hidden: false,
  exchange_hidden: false,
  pickup_hidden: false,
};

function recordLocation(faker: Faker, id: number, place: Place) {
  const isBusy = id <= 4;
  return {
    address: recordLocationAddress(faker, id, place),
    allow_new_asset_numbers: true,
    asset_number_required: isBusy,
    auto_billing_setup: false,
    auto_complete_dumps: isBusy,
    auto_rollover_enabled: true,
    contact: {
      email: `yard.${id}@example.com`,
      id: id === 1 ? 900 + id : null,
      name: id === 1 ? 'Yard Office' : null,
      number: place.phonePrefix.replace(/[()]/g, '').replace(' ', '-') + `1${faker.string.numeric(2)}`,
    },
    distance_factor: faker.number.float({ min: 1, max: 1.5, fractionDigits: 2 }),
    do_share_drivers: isBusy,
    driver_self_assignment: false,
    dtt_enabled: isBusy,
    id,
    is_active: id !== branchCount,
    leed_enabled: id === 1 ? true : faker.helpers.arrayElement([true, false, null]),
    name: `${place.city} Yard`,
    require_reason_fail_delay: isBusy,
    require_reference_number: false,
    require_signature: true,
    service_hidden: id > 8,
    use_additional_items: true,
    ...companySettings,
  };
}

function recordLocationAddress(faker: Faker, id: number, place: Place) {
  const { lines, city, region, postcode, latitude, longitude } = inventAddress(faker, place, 'works');
  return {
    id: id === 1 ? 800 + id : null,
    latitude,
    line_1: lines[0] ?? '',
    line_2: lines[1] ?? null,
    line_3: null,
    line_4: null,
    locality: city,
    longitude,
    postcode,
    region,
  };
}

function recordUser(faker: Faker, id: number, job: string, place: Place) {
  const isThirdParty = faker.datatype.boolean(0.1);
  return {
    dispatcher_id: job === 'admin' || job === 'dispatch' ? id - 99_000 : null,
    // Documented as a string, sent as a number.
    id,
    roles: rolesByJob[job] ?? [],
    third_party_hauler_id: isThirdParty ? faker.string.uuid() : null,
    uid: faker.string.uuid(),
    username: `${place.city.toLowerCase().replace(/\W/g, '')}.${job}`,
  };
}

/** The tenants that the token may use. */
export function createCroTenants(world: World) {
  const faker = world.createFaker('cro.tenants', 'US');
  return [
    {
      address: '100 Quarry Rd',
      city: 'Sequim',
      code: 'olympic-roll-off',
      created_on: toLocalTime(faker, new Date('2015-01-05T17:20:11.250Z')),
      email: 'office@example.com',
      id: tenantId,
      is_active: true,
      name: 'Olympic Roll-Off LLC',
      phone: '360-555-0100',
      state: 'WA',
      truck_limit: null,
      zip: '98382',
    },
  ];
}
