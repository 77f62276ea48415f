import { jest } from '@jest/globals';

/** Stops the date, and nothing else: calls and their time limits go on. `jest.useRealTimers` undoes it. */
export function stopDate(): void {
  jest.useFakeTimers({
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
}

/** Moves the stopped date on. */
export function pass(seconds: number): void {
  jest.setSystemTime(Date.now() + seconds * 1_000);
}
