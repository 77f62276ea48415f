import type { Faker } from '@faker-js/faker';
import type { Country } from '../world/index.ts';

/** A telephone number the way the ledger keeps it, in three fields. */
export interface PhoneParts {
  /** With its plus sign; empty where it was not filled in. */
  readonly countryCode: string;
  readonly areaCode: string;
  readonly subscriberNumber: string;
}

export const noPhone: PhoneParts = { countryCode: '', areaCode: '', subscriberNumber: '' };

const countryCodes: Readonly<Record<Country, string>> = { GB: '+44', US: '+1' };

/** Takes a number in national notation apart: `0113 496 0123` or `(360) 555-0123`. Behind a country code the leading zero goes. */
export function splitPhone(phone: string, country: Country, isWithCountryCode: boolean): PhoneParts {
  const [, areaCode = '', subscriberNumber = ''] = /^\(?(\d+)\)? (.+)$/.exec(phone) ?? [];
  if (!isWithCountryCode) return { countryCode: '', areaCode, subscriberNumber };
  return { countryCode: countryCodes[country], areaCode: areaCode.replace(/^0/, ''), subscriberNumber };
}

export function joinPhone({ countryCode, areaCode, subscriberNumber }: PhoneParts): string {
  return [countryCode, areaCode, subscriberNumber].filter((part) => part !== '').join(' ');
}

/** Another number of the same exchange; all that ends in these two digits is kept free for fiction. */
export function inventNeighbour(faker: Faker, phone: string): string {
  return phone.slice(0, -2) + faker.string.numeric(2);
}
