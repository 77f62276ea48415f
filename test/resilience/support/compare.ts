import { expectedSection, type Case, type Section } from './fault-cases.ts';
import type { Truth } from './truth.ts';

/** Customers that are shown are as they are. */
function findLies(truth: Truth, { customers }: Section): unknown[] {
  return customers.filter(
    (customer) =>
      customer !== null && JSON.stringify(customer) !== JSON.stringify(truth.byId.get(customer.id)),
  );
}

/** Waits are counted in seconds and told in whole ones. */
function roundWaits({ customers, errors }: Section): Section {
  const round = (value: unknown) => (typeof value === 'number' ? Math.ceil(value / 60) * 60 : value);
  const rounded = errors.map(
    ({ path, extensions: { requestId: _requestId, retryAfterSeconds, ...extensions } }) => ({
      path,
      extensions: {
        ...extensions,
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds: round(retryAfterSeconds) }),
      },
    }),
  );
  return { customers, errors: rounded };
}

/** What an answer is, and what it has to be, as far as that can be known. */
export function compare(
  truth: Truth,
  answered: Section,
  asked: Case,
): { actual: unknown; expected: unknown } {
  const section = roundWaits(answered);
  const { provider, outcome } = asked;
  const expected = expectedSection(truth, asked);
  if (outcome.kind !== 'thinned' && outcome.kind !== 'unknown') return { actual: section, expected };
  const shown = new Set(section.customers.map((customer) => customer?.id));
  const isOfOthers = (id: string) => !id.startsWith(provider);
  const actual = {
    lies: outcome.kind === 'unknown' ? [] : findLies(truth, section),
    missing: expected.customers.flatMap((customer) =>
      customer !== null && isOfOthers(customer.id) && !shown.has(customer.id) ? [customer.id] : [],
    ),
    errors: section.errors.filter(
      ({ extensions }) => outcome.kind === 'unknown' || extensions['code'] !== outcome.code,
    ),
  };
  return { actual, expected: { lies: [], missing: [], errors: [] } };
}
