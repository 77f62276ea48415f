import { expect, it } from '@jest/globals';
import { interleaveTwoCallers } from '../resilience/support/two-callers.ts';

it.each([
  ['without a cache', 0],
  ['with a cache', 60],
])(
  '10,000 interleaved operations of two callers %s never give one what is the other’s',
  async (_how, customersSeconds) => {
    const { count, crossed, calls } = await interleaveTwoCallers(10_000, customersSeconds);
    expect({ count, crossed }).toEqual({ count: 10_000, crossed: [] });
    expect(calls.length).toBeGreaterThanOrEqual(14);
  },
);
