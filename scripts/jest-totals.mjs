import { formatTotals } from './totals.mjs';

/** A reporter of Jest that writes the totals, below Jest's own summary. */
export default class JestTotals {
  onRunComplete(_contexts, results) {
    const totals = {
      passed: results.numPassedTests,
      // A file that does not load has no tests to count.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    process.once('exit', () => console.log(formatTotals(totals)));
  }
}
