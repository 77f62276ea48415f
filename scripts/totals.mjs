/**
 * What became of the tests of a suite.
 *
 * @typedef {{ passed: number, failed: number, skipped: number }} Totals
 */

/**
 * @param {Totals} totals
 * @returns {string} the last line of a suite: `12 passed, 0 failed, 1 skipped`
 */
export function formatTotals({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Reads such a line, or the closing lines of `node --test`.
 *
 * @param {string} output all that a suite wrote
 * @returns {Totals | undefined} undefined when the suite ended without saying
 */
export function readTotals(output) {
  const [, passed, failed, skipped] =
    [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1) ?? [];
  if (passed !== undefined)
    return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
  const counts = Object.fromEntries(
    [...output.matchAll(/^(?:ℹ|#) (pass|fail|cancelled|skipped|todo) (\d+)$/gm)].map(([, kind, count]) => [
      kind,
      Number(count),
    ]),
  );
  if (counts.pass === undefined) return undefined;
  return {
    passed: counts.pass,
    failed: counts.fail + counts.cancelled,
    skipped: counts.skipped + counts.todo,
  };
}
