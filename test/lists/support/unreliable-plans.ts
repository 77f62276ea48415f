import fc from 'fast-check';
import type { ApiName } from './listed-apis.ts';

/** Where a list is read. */
export const readers = {
  'customers of Elevate': 'elevate',
  'customers of Sage 200': 'sage200',
  'customers of CRO': 'cro',
  'search of Elevate': 'elevate',
  'search of Sage 200': 'sage200',
  'search of CRO': 'cro',
  sites: 'elevate',
  'contract owners': 'elevate',
  'billing cycles': 'elevate',
  branches: 'sage200',
  'delivery addresses': 'sage200',
  currencies: 'sage200',
  'price bands': 'sage200',
  children: 'cro',
} as const satisfies Readonly<Record<string, ApiName>>;

export type Reader = keyof typeof readers;

export const readerNames = Object.keys(readers).filter((name): name is Reader => name in readers);

/** What a list does while it is read. */
export interface UnreliablePlan {
  readonly reader: Reader;
  /** Rows at the start. */
  readonly count: number;
  /** Rows that a page has at most; null where as many are sent as are asked for. */
  readonly cap: number | null;
  /** What answers say of the limit and of what follows. */
  readonly says: 'NOTHING' | 'LIMIT' | 'TOTAL' | 'LIMIT_AND_TOTAL' | 'LINKS_BY_ID' | 'LINKS_BY_OFFSET';
  /** What is added to the total at each call, in turn. */
  readonly totalErrors: readonly number[];
  /** What is wrong with the answers to some calls, from 2 on. */
  readonly lies: readonly Lie[];
  readonly changes: readonly Change[];
  /** How a page without rows is sent. */
  readonly nothing: 'EMPTY' | 'NULL' | 'NO_CONTENT';
  /** Whether Sage 200 takes a filter for what follows an id. */
  readonly takesIds: boolean;
  /** Sizes of the pages that a client asks for, in turn. */
  readonly firsts: readonly number[];
}

/** The page before again, once or for ever; the one behind that which was asked for; one without rows. */
export interface Lie {
  readonly call: number;
  readonly kind: 'REPEATED' | 'STUCK' | 'SKIPPED' | 'EMPTY';
}

/** Rows that come or go before a call. */
export interface Change {
  readonly call: number;
  readonly kind: 'DELETE' | 'INSERT';
  /** A share of the list. */
  readonly at: number;
  readonly rows: number;
}

/** What came of a plan. */
export interface UnreliableResult {
  /** Whether nothing was said of anything missing. */
  readonly isComplete: boolean;
  /** Rows that were there all the time and came twice. */
  readonly repeated: readonly string[];
  /** Rows that were there all the time and did not come. */
  readonly missing: readonly string[];
  /** Whether an answer said, by a wrong total, that it was the end. */
  readonly isEndSaid: boolean;
}

const call = fc.oneof(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 30 }));
const rows = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 40 }));
const cap = fc.oneof(
  fc.constant(null),
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 1, max: 12 }),
  fc.integer({ min: 1, max: 60 }),
);
const lie: fc.Arbitrary<Lie> = fc.record({
  call,
  kind: fc.constantFrom('REPEATED', 'STUCK', 'SKIPPED', 'EMPTY'),
});
const change: fc.Arbitrary<Change> = fc.record({
  call,
  kind: fc.constantFrom('DELETE', 'INSERT'),
  at: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
  rows,
});
const totalErrors = fc.oneof(
  { weight: 4, arbitrary: fc.constant([0]) },
  { weight: 1, arbitrary: fc.integer({ min: -20, max: 20 }).map((error) => [error]) },
  { weight: 1, arbitrary: fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 6 }) },
);

/** @param isHonest whether nothing is to be wrong, and nothing to change */
export function arbitraryPlan(reader: Reader, isHonest = false): fc.Arbitrary<UnreliablePlan> {
  const few = reader.startsWith('customers') || reader === 'children' ? 90 : 45;
  const plan: fc.Arbitrary<UnreliablePlan> = fc.record({
    reader: fc.constant(reader),
    count: fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: few })),
    cap,
    says: fc.constantFrom('NOTHING', 'LIMIT', 'TOTAL', 'LIMIT_AND_TOTAL', 'LINKS_BY_ID', 'LINKS_BY_OFFSET'),
    totalErrors: isHonest ? fc.constant([0]) : totalErrors,
    lies: isHonest
      ? fc.constant([])
      : fc.oneof(fc.constant([]), fc.array(lie, { minLength: 1, maxLength: 2 })),
    changes: isHonest
      ? fc.constant([])
      : fc.oneof(fc.constant([]), fc.array(change, { minLength: 1, maxLength: 8 })),
    nothing: fc.constantFrom('EMPTY', 'NULL', 'NO_CONTENT'),
    takesIds: fc.boolean(),
    firsts: fc.array(fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 12 })), {
      minLength: 1,
      maxLength: 4,
    }),
  });
  return plan.map(leaveOutUnknowable);
}

/**
 * Leaves out what no reader can tell. A list that changes looks like one that lies: both together may lose rows without a
 * word. What a source sends as following an id is believed. A first page of one or two rows without any behind it is
 * believed to be the whole list, and such pages overlap with no other: what follows is asked for twice, so that one lie or
 * one change is found out.
 */
function leaveOutUnknowable(given: UnreliablePlan): UnreliablePlan {
  const isById = readers[given.reader] === 'sage200' && given.takesIds;
  const lies = given.lies.filter(({ kind }) => !(isById && kind === 'SKIPPED')).slice(0, 1);
  const plan = { ...given, lies: given.changes.length > 0 ? [] : lies };
  if (plan.cap === null || plan.cap > 2) return plan;
  const later = <T extends { readonly call: number }>(event: T) => ({ ...event, call: event.call + 1 });
  return {
    ...plan,
    totalErrors: plan.changes.length > 0 ? [0] : plan.totalErrors,
    lies: plan.lies.map(later),
    changes: plan.changes.slice(0, 1).map(later),
  };
}

/** Whether all that a list says is true, and it stays as it is. */
export function isHonest({ totalErrors: errors, lies, changes }: UnreliablePlan): boolean {
  return lies.length === 0 && changes.length === 0 && errors.every((error) => error === 0);
}

/** What is wrong with a reading: a row is repeated, or lost without a word, or an honest list is not read to its end. */
export function findSilentLosses(plan: UnreliablePlan, result: UnreliableResult): string[] {
  const { isComplete, repeated, missing, isEndSaid } = result;
  // A total that nothing contradicts is believed.
  const isSilent = isComplete && !isEndSaid;
  return [
    ...repeated.map((id) => `${id} is repeated`),
    ...(isSilent ? missing.map((id) => `${id} is lost silently`) : []),
    ...(isHonest(plan) && (!isComplete || missing.length > 0) ? ['an honest list is not complete'] : []),
  ];
}
