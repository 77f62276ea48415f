import { beforeAll, describe, expect, it } from '@jest/globals';
import { judgeMatrix, type Judgement } from './support/judge-matrix.ts';
import { ways } from './support/matrix.ts';

describe('every guarded field, as each kind of caller, in ways that take turns', () => {
  let judgement: Judgement;

  beforeAll(async () => {
    judgement = await judgeMatrix((way, _field, index) => ways.indexOf(way) % 6 === index % 6);
  }, 240_000);

  it('is as declared', () => {
    expect(judgement.faults).toEqual([]);
  });

  it('is reached', () => {
    expect(judgement.unreached).toEqual([]);
    expect(judgement.rows).toBeGreaterThan(1_000);
    expect(judgement.reached / judgement.rows).toBeGreaterThan(0.8);
  });
});
