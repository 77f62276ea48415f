import type { Faker } from '@faker-js/faker';

/** Leaves out values the way people do who fill in forms. */
export interface Gaps {
  /** `value`, or null in all but `share` of the cases. */
  readonly orNull: <T>(share: number, value: T) => T | null;
  /** `value`, or '' in all but `share` of the cases. */
  readonly orEmpty: (share: number, value: string) => string;
}

/** @param isFilled whether nothing is left out at all, as in the records that serve as examples */
export function createGaps(faker: Faker, isFilled: boolean): Gaps {
  // The generator is asked either way, so that a filled record differs from its neighbours in nothing else.
  const isKept = (share: number): boolean => faker.datatype.boolean(share) || isFilled;
  return {
    orNull: (share, value) => (isKept(share) ? value : null),
    orEmpty: (share, value) => (isKept(share) ? value : ''),
  };
}
