/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  setupFilesAfterEnv: ['<rootDir>/test/support/retry-timed.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // A package of its own, with its own runner.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/federation/'],
  modulePathIgnorePatterns: ['<rootDir>/test/federation/', '<rootDir>/examples/'],
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
  moduleNameMapper: { '^content-disposition$': '<rootDir>/test/support/require-esm.cjs' },
  testTimeout: 30_000,
};
