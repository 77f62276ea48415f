import { Temporal } from 'temporal-polyfill';
import type { CustomerFilter, CustomerFilterName, Source } from '../../providers/provider.ts';
import { sourcesOpenTo, type GraphContext } from '../context.ts';
import { badUserInput } from '../errors.ts';
import type { Access } from '../guards/access.ts';
import { quoteInput } from '../ids.ts';

/** A list's filter as it was asked for. */
interface FilterInput {
  readonly sources?: readonly string[] | null | undefined;
  readonly name?: string | null | undefined;
  readonly reference?: string | null | undefined;
  readonly updatedSince?: string | null | undefined;
  readonly activeOnly?: boolean | null | undefined;
}

/** A list's filter, checked, with the sources it goes over. */
export interface CheckedFilter {
  readonly sources: readonly Source[];
  readonly filter: CustomerFilter;
  /** Equal for equal filters. */
  readonly key: string;
}

/** Characters that a filter's text may have. */
export const maxTextLength = 60;

/** @throws GraphQLError BAD_USER_INPUT */
export function checkFilter(input: FilterInput | null | undefined, context: GraphContext): CheckedFilter {
  const { sources, name, reference, updatedSince, activeOnly } = input ?? {};
  const filter: CustomerFilter = {
    ...(isGiven(name) ? { name: checkText(name, 'name') } : {}),
    ...(isGiven(reference) ? { reference: checkText(reference, 'reference') } : {}),
    ...(isGiven(updatedSince) ? { updatedSince: checkInstant(updatedSince) } : {}),
    ...(activeOnly === true ? { activeOnly } : {}),
  };
  return { sources: chooseSources(sources, context), filter, key: JSON.stringify([sources ?? null, filter]) };
}

/** The sources of some names, or all that the caller may ask. @throws GraphQLError BAD_USER_INPUT for a name that is none */
export function chooseSources(names: readonly string[] | null | undefined, context: GraphContext): Source[] {
  const open = sourcesOpenTo(context);
  // Who may ask none is told so of each.
  if (names === null || names === undefined) return open.length > 0 ? open : [...context.sources.values()];
  return [...new Set(names)].map((name) => {
    const source = context.sources.get(name);
    if (source !== undefined) return source;
    const known = open.map((candidate) => `"${candidate.name}"`).join(', ');
    throw badUserInput(`${quoteInput(name)} is not a source: expected one of ${known}.`);
  });
}

/** @throws GraphQLError BAD_USER_INPUT */
export function checkPageSize(first: number | null | undefined, usual: number, most: number): number {
  const size = first ?? usual;
  if (size >= 1 && size <= most) return size;
  throw badUserInput(`first is ${size}: expected a number from 1 to ${most}.`);
}

/** Why a source cannot be narrowed by a filter; undefined where it can. */
export function findUnsupported(source: Source, filter: CustomerFilter): string | undefined {
  const reasons: Partial<Readonly<Record<CustomerFilterName, string>>> =
    source.listing?.unsupportedFilters ?? {};
  return filterNames.flatMap((name) => (filter[name] === undefined ? [] : (reasons[name] ?? [])))[0];
}

/** The fields of a customer that a list is narrowed by. */
const filteredFields: Readonly<Record<CustomerFilterName, string>> = {
  name: 'name',
  reference: 'references',
  updatedSince: 'updatedAt',
  activeOnly: 'isActive',
};

/** What of a filter the caller may not narrow a source by: who may not read a field may not match it either. */
export function findForbidden(
  { provider }: Source,
  filter: CustomerFilter,
  access: Access,
): CustomerFilterName[] {
  return filterNames.filter(
    (name) => filter[name] !== undefined && !access.mayRead(provider.customerType, [filteredFields[name]]),
  );
}

export const filterNames = [
  'name',
  'reference',
  'updatedSince',
  'activeOnly',
] as const satisfies readonly CustomerFilterName[];

function checkText(text: string, place: string): string {
  const trimmed = text.trim();
  // Control characters have no place in names, and some servers stumble over them; half a character fits no URL.
  if (trimmed !== '' && trimmed.length <= maxTextLength && !/[\p{Cc}\p{Cs}]/u.test(trimmed)) return trimmed;
  throw badUserInput(
    `filter.${place} is ${quoteInput(text)}: expected 1 to ${maxTextLength} characters, none of them a control character.`,
  );
}

/** In UTC, as precise as any provider is. `Date` would take the 30th of February for the 2nd of March. */
function checkInstant(text: string): string {
  try {
    return Temporal.Instant.from(text)
      .round({ smallestUnit: 'microsecond', roundingMode: 'floor' })
      .toString();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw badUserInput(`filter.updatedSince is ${quoteInput(text)}: expected a date and time that exist.`);
  }
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
