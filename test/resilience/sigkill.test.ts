import { describe, expect, it } from '@jest/globals';
import { killRepeatedly } from './support/killed-api.ts';

/** Four: in the middle of a short body and a long one, with a length and in chunks. test/load has a hundred. */
describe.each([
  { dying: 'elevate', transport: 'undici' },
  { dying: 'sage200', transport: 'undici' },
  { dying: 'cro', transport: 'fetch' },
] as const)('$dying, called by $transport,', ({ dying, transport }) => {
  it('is killed in the middle of its answer: the others are there, and nothing of it', async () => {
    expect(await killRepeatedly(dying, transport, 4)).toBeGreaterThan(0);
  });
});
