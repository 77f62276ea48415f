import type { Faker } from '@faker-js/faker';

/** yyyy-MM-dd. */
export function toDay(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/** yyyy-MM-ddTHH:mm:ssZ, without fractions of seconds. */
export function toSeconds(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`;
}

export function addDays(moment: Date, days: number): Date {
  return new Date(moment.getTime() + days * 86_400_000);
}

/** yyyy-MM-ddTHH:mm:ss.ffffff: CRO names no time zone. Most rows were written in whole milliseconds, some to the microsecond. */
export function toCroTime(faker: Faker, moment: Date): string {
  const microseconds = faker.datatype.boolean(0.2) ? faker.string.numeric(3) : '000';
  return moment.toISOString().slice(0, 23) + microseconds;
}
