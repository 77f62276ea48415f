import type { Faker } from '@faker-js/faker';
import type { Country, Place } from './places.ts';

/** A postal address whose parts belong together. */
export interface PartyAddress {
  /** One or two lines above the town. */
  readonly lines: readonly string[];
  readonly city: string;
  /** County in Great Britain, two-letter state in the United States. */
  readonly region: string;
  readonly postcode: string;
  readonly country: Country;
  /** Degrees, WGS 84, within a few kilometres of the town. */
  readonly latitude: number;
  readonly longitude: number;
}

// prettier-ignore
const britishStreets = [
  'High Street', 'Station Road', 'Church Lane', 'Victoria Road', 'Mill Lane', 'Kirkgate', 'Canal Street', 'Queen Street', 'Park Avenue',
  'Albert Terrace', 'Wharf Road', 'Commercial Street', 'Springfield Road', 'The Green', 'Market Place', 'Chapel Hill', 'Bridge Street',
  'Foundry Lane', 'North Parade', 'Orchard Close',
];
// prettier-ignore
const britishEstates = [
  'Riverside Business Park', 'Canal Mills', 'Victoria Trading Estate', 'Station Yard', 'Enterprise House', 'Northgate Industrial Estate',
  'The Old Brewery', 'Phoenix Works', 'Meadowbank Retail Park', 'Dean Clough Studios',
];
// prettier-ignore
const americanStreets = [
  'Washington St', 'Main St', 'Maple Ave', 'Industrial Way', '2nd Ave', 'Oak St', 'Railroad Ave', 'Lincoln Blvd', 'Cedar Ln', 'Harbor Dr',
  'Old Mill Rd', 'Commerce Pkwy', 'Jefferson St', 'Prairie Rd', 'Highway 101', 'Sunset Blvd', 'Quarry Rd', 'Elm St', 'County Line Rd',
];

/** British postcodes never use these letters in their last two places. */
const inwardLetters = 'ABDEFGHJLNPQRSTUWXYZ'.split('');

/** Invents an address in `place`; `premises` decides between flats and trading estates. */
export function inventAddress(faker: Faker, place: Place, premises: 'home' | 'works'): PartyAddress {
  const inventLines = place.country === 'GB' ? inventBritishLines : inventAmericanLines;
  return {
    lines: inventLines(faker, premises),
    city: place.city,
    region: place.region,
    postcode: inventPostcode(faker, place),
    country: place.country,
    latitude: Number((place.latitude + faker.number.float({ min: -0.03, max: 0.03 })).toFixed(6)),
    longitude: Number((place.longitude + faker.number.float({ min: -0.04, max: 0.04 })).toFixed(7)),
  };
}

function inventBritishLines(faker: Faker, premises: 'home' | 'works'): string[] {
  const street = `${faker.number.int({ min: 1, max: 240 })} ${faker.helpers.arrayElement(britishStreets)}`;
  if (premises === 'home')
    return (
      faker.helpers.maybe(() => [`Flat ${faker.number.int({ min: 1, max: 30 })}`, street], {
        probability: 0.2,
      }) ?? [street]
    );
  const unit = `Unit ${faker.number.int({ min: 1, max: 40 })}, ${faker.helpers.arrayElement(britishEstates)}`;
  return (
    faker.helpers.maybe(() => [unit, faker.helpers.arrayElement(britishStreets)], { probability: 0.5 }) ?? [
      street,
    ]
  );
}

function inventAmericanLines(faker: Faker, premises: 'home' | 'works'): string[] {
  const direction = faker.helpers.arrayElement(['', '', 'N ', 'S ', 'E ', 'W ']);
  const street = `${faker.number.int({ min: 100, max: 9800 })} ${direction}${faker.helpers.arrayElement(americanStreets)}`;
  const room = `${premises === 'home' ? 'Apt' : 'Suite'} ${faker.number.int({ min: 1, max: 400 })}`;
  return faker.helpers.maybe(() => [street, room], { probability: 0.3 }) ?? [street];
}

function inventPostcode(faker: Faker, place: Place): string {
  const start = faker.helpers.arrayElement(place.postcodes);
  if (place.country === 'US') return start + faker.string.numeric(2);
  return `${start} ${faker.number.int({ min: 1, max: 9 })}${faker.helpers.arrayElements(inwardLetters, 2).join('')}`;
}
