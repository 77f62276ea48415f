import base from './jest.config.js';

/**
 * The proofs of load: thousands of operations, processes that are killed, long waits. One at a time, so that
 * none keeps another waiting.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/load/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 300_000,
};
