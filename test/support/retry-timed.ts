import { expect, jest } from '@jest/globals';

/*
 * These tests assert how long something takes: deadlines, back-off, turns. On a machine that has other work as well one
 * of them may be kept waiting: it is run again, and what it met the first time is printed.
 *
 * No test is among them that asserts what must never happen, such as a crossed body, a wrong value or a lost request:
 * once is too often, and a race would have to happen three times in a row to be seen.
 */
const timed = [
  'resilience/(deadline|client-gone|outage)',
  'server/overload',
  'cli',
  'rest/(client-(retry|turns|limits|breaker|stale)|oauth2|gate)',
];

const isTimed = new RegExp(`/test/(${timed.join('|')})\\.test\\.ts$`);

if (isTimed.test(expect.getState().testPath ?? '')) jest.retryTimes(2, { logErrorsBeforeRetry: true });
