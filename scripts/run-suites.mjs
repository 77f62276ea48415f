/**
 * Runs npm scripts, and writes as its last line how many of their tests passed, failed and were skipped in all.
 *
 * Usage: node scripts/run-suites.mjs [--in-turn] <script>...
 *
 * They run at the same time unless told otherwise. What the first of them writes is seen at once, what the others
 * write is kept until they end. Ends with 1 when one of them failed.
 */
import { spawn } from 'node:child_process';
import { formatTotals, readTotals } from './totals.mjs';

const isInTurn = process.argv[2] === '--in-turn';
const scripts = process.argv.slice(isInTurn ? 3 : 2);

/** Resolves with the totals of a script once it has ended. */
function run(script, isSeenAtOnce) {
  return new Promise((resolve) => {
    // Standard error is the terminal itself where it is seen at once: Jest shows its progress there.
    const suite = spawn('npm', ['run', '--silent', script], {
      stdio: ['ignore', 'pipe', isSeenAtOnce ? 'inherit' : 'pipe'],
    });
    let output = '';
    for (const stream of [suite.stdout, suite.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
        if (isSeenAtOnce) process.stdout.write(text);
      });
    }
    suite.once('close', (exitCode) => {
      if (!isSeenAtOnce) process.stdout.write(output);
      resolve(judge(script, exitCode, readTotals(output)));
    });
  });
}

/** A suite that failed without a failed test counts as one: it did not come to its end. */
function judge(script, exitCode, totals = { passed: 0, failed: 0, skipped: 0 }) {
  if (exitCode === 0 || totals.failed > 0) return totals;
  console.log(`npm run ${script} ended with ${exitCode}`);
  return { ...totals, failed: 1 };
}

const all = [];
if (isInTurn) for (const script of scripts) all.push(await run(script, true));
else all.push(...(await Promise.all(scripts.map((script, index) => run(script, index === 0)))));

const sum = (kind) => all.reduce((total, each) => total + each[kind], 0);
const totals = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
console.log(formatTotals(totals));
process.exitCode = totals.failed === 0 ? 0 : 1;
