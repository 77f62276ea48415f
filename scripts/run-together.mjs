/**
 * Runs npm scripts at the same time. What each of them writes is shown when it ends.
 *
 * Usage: node scripts/run-together.mjs <script>...
 *
 * Ends with 1 when one of them failed.
 */
import { exec } from 'node:child_process';

const ended = process.argv.slice(2).map(
  (script) =>
    new Promise((resolve) => {
      const startMs = performance.now();
      exec(`npm run --silent ${script}`, { maxBuffer: Infinity }, (error, stdout, stderr) => {
        const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
        console.log(
          `${error === null ? '✓' : '✗'} npm run ${script} (${seconds} s)\n${stdout}${stderr}`.trimEnd(),
        );
        resolve(error === null);
      });
    }),
);
const outcomes = await Promise.all(ended);
process.exitCode = outcomes.every(Boolean) ? 0 : 1;
