import { describe, expect, it } from '@jest/globals';
import { restartUnderLoad } from '../server/support/restart-under-load.ts';

describe('SIGTERM under load', () => {
  const requests = 10_000;

  it(`loses none of ${requests} requests of clients that look at readiness or at "connection: close"`, async () => {
    const { answers, exitCodes } = await restartUnderLoad(requests, [2_000, 5_000]);
    expect(answers.length).toBeGreaterThanOrEqual(requests);
    expect(answers.filter((answer) => answer !== 'served')).toEqual([]);
    expect(exitCodes).toEqual([0, 0, 0, 0]);
  });
});
