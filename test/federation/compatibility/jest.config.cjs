const path = require('node:path');

const suite = path.dirname(require.resolve('@apollo/federation-subgraph-compatibility-tests/package.json'));

/** Runs the tests of Apollo's suite as they are, without what starts containers around them. */
module.exports = {
  rootDir: `${suite}/dist`,
  testMatch: ['<rootDir>/tests/*.test.js'],
  testPathIgnorePatterns: [],
  haste: { retainAllFiles: true },
  transform: {},
  moduleNameMapper: { '^make-fetch-happen$': path.join(__dirname, 'fetch-at-free-ports.cjs') },
};
