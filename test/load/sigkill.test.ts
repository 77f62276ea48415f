import { afterAll, describe, expect, it } from '@jest/globals';
import { killRepeatedly } from '../resilience/support/killed-api.ts';

/** A hundred kills, and some more for the second transport. */
const rounds = [
  { dying: 'elevate', transport: 'undici', kills: 34 },
  { dying: 'sage200', transport: 'undici', kills: 33 },
  { dying: 'cro', transport: 'undici', kills: 33 },
  // As many as it takes for each part of a body to be sent once.
  { dying: 'elevate', transport: 'fetch', kills: 11 },
] as const;

let slowestMs = 0;

afterAll(() => {
  process.stdout.write(
    `killed in the middle of a body: the slowest answer took ${Math.round(slowestMs)} ms\n`,
  );
});

describe.each(rounds)('$dying, called by $transport,', ({ dying, transport, kills }) => {
  it(`is killed in the middle of its answer ${kills} times: the others are there, in time, and nothing of it`, async () => {
    slowestMs = Math.max(slowestMs, await killRepeatedly(dying, transport, kills));
    expect(slowestMs).toBeGreaterThan(0);
  });
});
