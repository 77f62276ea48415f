import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startUnreliableLists, type UnreliableLists } from './support/unreliable-lists.ts';
import { findSilentLosses, type Change, type Lie, type UnreliablePlan } from './support/unreliable-plans.ts';

/*
 * Lists of which rows were once lost without a word, came twice, or were held to be cut though they were not.
 */

type Plan = Pick<UnreliablePlan, 'reader' | 'count'> & Partial<UnreliablePlan>;

const usual = {
  cap: null,
  says: 'NOTHING',
  totalErrors: [0],
  lies: [],
  changes: [],
  nothing: 'EMPTY',
  takesIds: true,
  firsts: [100],
} as const satisfies Omit<UnreliablePlan, 'reader' | 'count'>;

const lie = (call: number, kind: Lie['kind']): Lie => ({ call, kind });
const gone = (call: number, at: number, rows: number): Change => ({ call, kind: 'DELETE', at, rows });
const come = (call: number, at: number, rows: number): Change => ({ call, kind: 'INSERT', at, rows });

const elevate = 'customers of Elevate';
const sage = 'customers of Sage 200';
const cro = 'customers of CRO';

const plans: readonly (readonly [string, Plan])[] = [
  [
    'every call from the fourth on gets the same page, and the total is true',
    { reader: sage, count: 36, cap: 8, says: 'TOTAL', lies: [lie(4, 'STUCK')], firsts: [53, 16, 30, 27] },
  ],
  [
    'a link leads to the same page for ever',
    { reader: elevate, count: 75, cap: 16, says: 'LINKS_BY_OFFSET', lies: [lie(8, 'STUCK')], firsts: [15] },
  ],
  [
    'a page comes again once, and pages are cut without a word',
    { reader: cro, count: 85, cap: 10, lies: [lie(4, 'REPEATED')], firsts: [63, 33, 92] },
  ],
  [
    'a page comes again while a row goes',
    { reader: cro, count: 54, cap: 3, lies: [lie(3, 'REPEATED')], changes: [gone(5, 0, 1)], firsts: [20] },
  ],
  [
    'most rows go behind the first page',
    { reader: elevate, count: 12, cap: 9, changes: [gone(2, 0, 9)], firsts: [12] },
  ],
  [
    'a row goes, and pages have two',
    { reader: sage, count: 20, cap: 2, changes: [gone(3, 0, 1)], firsts: [5] },
  ],
  [
    'rows go before the place that a link counts to',
    { reader: sage, count: 30, cap: 7, says: 'LINKS_BY_OFFSET', changes: [gone(2, 0, 2)], firsts: [30] },
  ],
  [
    'rows come all the time, and links go by id',
    {
      ...{ reader: cro, count: 12, cap: 4, says: 'LINKS_BY_ID', firsts: [5] },
      changes: [come(2, 0, 7), come(3, 0, 9), come(4, 0, 3)],
    },
  ],
  [
    'a link leads to the page that was just read',
    { reader: elevate, count: 7, cap: 3, says: 'LINKS_BY_ID', lies: [lie(2, 'STUCK')], firsts: [5, 1] },
  ],
  [
    'a filter is refused, rows come before and between, and the total tells of a page that was cut',
    {
      ...{ reader: sage, count: 2, cap: 5, says: 'LIMIT_AND_TOTAL', takesIds: false, firsts: [1, 4] },
      changes: [come(2, 0, 2), come(2, 0.75, 2)],
    },
  ],
  [
    'nothing follows an id for once, though a row was seen behind it',
    { reader: sage, count: 7, lies: [lie(3, 'EMPTY')], firsts: [3] },
  ],
  ['links go by id', { reader: elevate, count: 23, cap: 5, says: 'LINKS_BY_ID', firsts: [7] }],
  ...([elevate, sage, cro] as const).flatMap((reader) =>
    (['TOTAL', 'NOTHING'] as const).map((says): [string, Plan] => [
      `pages of seven: ${reader}, ${says}`,
      { reader, count: 87, cap: 7, says, firsts: [14] },
    ]),
  ),
];

describe.each(['undici', 'fetch'])('over %s', (transport) => {
  let lists: UnreliableLists;

  beforeAll(async () => {
    lists = await startUnreliableLists({ transport });
  });
  afterAll(() => lists.close());

  it.each(plans)('%s', async (_name, plan) => {
    const whole: UnreliablePlan = { ...usual, ...plan };
    expect(findSilentLosses(whole, await lists.read(whole))).toEqual([]);
  });
});
