import type { Faker } from '@faker-js/faker';

/** yyyy-MM-ddTHH:mm:ss.ffffff: CRO names no time zone. Most rows were written in whole milliseconds, some to the microsecond. */
export function toLocalTime(faker: Faker, moment: Date): string {
  const microseconds = faker.datatype.boolean(0.2) ? faker.string.numeric(3) : '000';
  return moment.toISOString().slice(0, 23) + microseconds;
}
