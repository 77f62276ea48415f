import { expect, jest } from '@jest/globals';

/*
 * Tests of deadlines, back-off and shutdown watch real processes in real time. On a machine that has other work as well
 * one of them may be kept waiting: it is run again, and what it met the first time is printed.
 */
const isTimed = /test\/(resilience|server\/(shutdown|overload)|rest\/(client-|oauth2|gate)|cli)/;

if (isTimed.test(expect.getState().testPath ?? '')) jest.retryTimes(2, { logErrorsBeforeRetry: true });
