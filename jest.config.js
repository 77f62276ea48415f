import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Packages of their own with their own runner, and the proofs of load: jest.load.config.js.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/federation/', '<rootDir>/test/load/'],
  modulePathIgnorePatterns: [
    '<rootDir>/test/packaging/.*/node_modules/',
    '<rootDir>/test/federation/',
    '<rootDir>/examples/',
    '<rootDir>/bench/',
  ],
  // Most files wait for the network most of the time.
  maxWorkers: 2 * availableParallelism(),
  reporters: ['default', '<rootDir>/scripts/jest-totals.mjs'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Far more than any takes, also where the machine has other work.
  testTimeout: 240_000,
};
