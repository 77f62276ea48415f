import { expect, it } from '@jest/globals';
import { askUnderFaults, countCode } from './support/answers-in-time.ts';

/** test/load has many more, and looks at how late they are. */
it('with faults of every kind every operation gets a well-formed answer', async () => {
  const answers = await askUnderFaults(2, 100);
  expect(answers).toHaveLength(200);
  expect(countCode(answers, 'UPSTREAM_TIMEOUT')).toBeGreaterThan(0);
});
