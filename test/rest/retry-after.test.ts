import { describe, expect, it } from '@jest/globals';
import { parseRetryAfterSeconds } from '../../src/rest/http/retry-after.ts';

const nowMs = Date.UTC(2026, 0, 31, 10, 20, 30);

describe('a retry-after header', () => {
  it.each([
    ['0', 0],
    ['7', 7],
    [' 120 ', 120],
    ['3600', 3_600],
    ['3601', 3_600],
    ['999999999', 3_600],
    ['9999999999', 3_600],
    ['99999999999999999999', 3_600],
    ['Sat, 31 Jan 2026 10:20:30 GMT', 0],
    ['Sat, 31 Jan 2026 10:21:00 GMT', 30],
    ['Saturday, 31-Jan-26 10:21:00 GMT', 30],
    ['Sat, 31 Jan 2099 00:00:00 GMT', 3_600],
  ])('of %j is a wait of %i s', (value, seconds) => {
    expect(parseRetryAfterSeconds(value, nowMs)).toBe(seconds);
  });

  it('with a date is rounded up to whole seconds', () => {
    expect(parseRetryAfterSeconds('Sat, 31 Jan 2026 10:20:32 GMT', nowMs + 1)).toBe(2);
    expect(parseRetryAfterSeconds('Sat, 31 Jan 2026 10:20:30 GMT', nowMs + 1)).toBeUndefined();
  });

  it.each([
    undefined,
    '',
    'soon',
    'in 2099',
    'June 2099',
    '-5',
    '1.5',
    '2099-01-01',
    'Sat, 99 Foo 2099 10:21:00 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT',
  ])('of %j says nothing', (value) => {
    expect(parseRetryAfterSeconds(value, nowMs)).toBeUndefined();
  });
});
