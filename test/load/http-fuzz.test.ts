import { expect, it } from '@jest/globals';
import { fuzz } from '../server/support/http-fuzz.ts';
import { readCounter } from '../support/metrics.ts';
import { startProductOn, startSandboxProcess } from '../support/processes.ts';

const runMs = 60_000;

it(`whatever is sent as HTTP for ${runMs / 1_000} s is no mistake of ours, and ends nothing`, async () => {
  const sandbox = await startSandboxProcess();
  const product = await startProductOn({ sources: sandbox.sources });
  const startMs = performance.now();
  const failures: string[] = [];
  let seed = 1_000;
  for (; performance.now() - startMs < runMs; seed += 1)
    failures.push(...(await fuzz(product.url, 500, seed)).failures);
  expect(failures).toEqual([]);
  expect(seed).toBeGreaterThan(1_000);
  expect(await readCounter(product.url, 'errors_total', { code: 'INTERNAL_SERVER_ERROR' })).toBe(0);
  expect(await readCounter(product.url, 'unhandled_rejections_total')).toBe(0);
  expect(await readCounter(product.url, 'malformed_requests_total')).toBeGreaterThan(100);
  const { exitCode, output, errorOutput } = await product.stop('SIGTERM');
  await sandbox.stop();
  expect({ exitCode, errorOutput }).toEqual({ exitCode: 0, errorOutput: '' });
  expect(output).not.toMatch(/"level":[56]0/);
});
