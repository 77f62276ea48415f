import { expect, it } from '@jest/globals';
import { judgeMatrix } from '../security/support/judge-matrix.ts';

it('every guarded field is as declared, by every way that leads to it, for each kind of caller', async () => {
  const { rows, reached, unreached, faults } = await judgeMatrix(() => true);
  expect(faults).toEqual([]);
  expect(unreached).toEqual([]);
  expect(rows).toBeGreaterThan(5_000);
  expect(reached / rows).toBeGreaterThan(0.8);
}, 900_000);
