import { possibleTypes } from './possible-types.ts';

/** What a normalised cache is told, by Apollo Client and by Graphcache of urql. */
export type PossibleTypes = Readonly<Record<string, readonly string[]>>;

/**
 * The types that a client's cache does not know to be a `Customer`, a `Contact` and so on. Where there are any, fields of
 * fragments on those interfaces vanish from the results without an error: call it when developing, and fail loudly.
 *
 * @returns `Customer: ElevateCustomer` for each that is missing
 */
export function missingPossibleTypes(configured: PossibleTypes | undefined): string[] {
  return Object.entries(possibleTypes).flatMap(([type, members]) =>
    members
      .filter((member) => configured?.[type]?.includes(member) !== true)
      .map((member) => `${type}: ${member}`),
  );
}
