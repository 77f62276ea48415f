import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { coverRange } from '../../src/providers/kit/paging.ts';

describe('a page that covers a stretch of a list', () => {
  it.each([
    [0, 10, { page: 1, pageSize: 10, skip: 0 }],
    [10, 10, { page: 2, pageSize: 10, skip: 0 }],
    [30, 10, { page: 4, pageSize: 10, skip: 0 }],
    [5, 10, { page: 1, pageSize: 15, skip: 5 }],
    [7, 4, { page: 2, pageSize: 6, skip: 1 }],
    [1, 1, { page: 2, pageSize: 1, skip: 0 }],
    [998, 4, { page: 167, pageSize: 6, skip: 2 }],
  ])('of the rows from %i on, %i of them', (offset, count, expected) => {
    expect(coverRange(offset, count, { maxPageSize: 1_000 })).toEqual(expected);
  });

  it('holds all rows that a list may want, and is hardly larger', () => {
    const sizes: number[] = [];
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), fc.integer({ min: 1, max: 101 }), (offset, count) => {
        const { page, pageSize, skip } = coverRange(offset, count, { maxPageSize: 1_000 });
        expect((page - 1) * pageSize + skip).toBe(offset);
        expect(skip + count).toBeLessThanOrEqual(pageSize);
        expect(pageSize).toBeLessThanOrEqual(1_000);
        sizes.push(pageSize - count);
      }),
      { numRuns: 2_000 },
    );
    expect(sizes.reduce((sum, size) => sum + size, 0) / sizes.length).toBeLessThan(30);
  });

  it('has a number that the list takes', () => {
    fc.assert(
      fc.property(fc.nat({ max: 9_900_000 }), fc.integer({ min: 1, max: 100 }), (offset, count) => {
        const { page, pageSize, skip } = coverRange(offset, count, { maxPageSize: 1_000, maxPage: 10_000 });
        expect(page).toBeLessThanOrEqual(10_000);
        expect((page - 1) * pageSize + skip).toBe(offset);
      }),
      { numRuns: 2_000 },
    );
    expect(coverRange(10_000, 1, { maxPageSize: 1_000, maxPage: 10_000 })).toEqual({
      page: 5_001,
      pageSize: 2,
      skip: 0,
    });
  });

  it('is as large as the list wants it at least', () => {
    expect(coverRange(0, 3, { maxPageSize: 1_000, minPageSize: 100 })).toEqual({
      page: 1,
      pageSize: 100,
      skip: 0,
    });
    expect(coverRange(205, 3, { maxPageSize: 1_000, minPageSize: 100 })).toEqual({
      page: 3,
      pageSize: 100,
      skip: 5,
    });
    expect(coverRange(98, 4, { maxPageSize: 1_000, minPageSize: 100 })).toEqual({
      page: 1,
      pageSize: 102,
      skip: 98,
    });
  });

  it('holds the first row at least where no page is large enough', () => {
    expect(coverRange(5, 8, { maxPageSize: 8 })).toEqual({ page: 1, pageSize: 8, skip: 5 });
    expect(coverRange(15, 20, { maxPageSize: 8 })).toEqual({ page: 2, pageSize: 8, skip: 7 });
  });
});
