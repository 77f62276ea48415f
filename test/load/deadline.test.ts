import { describe, expect, it } from '@jest/globals';
import { askUnderFaults, countCode, findLate } from '../resilience/support/answers-in-time.ts';

const marginMs = 250;
const rounds = 20;
const operationsPerRound = 500;

describe('with faults of every kind', () => {
  it(`${rounds * operationsPerRound} operations are answered in time`, async () => {
    const answers = await askUnderFaults(rounds, operationsPerRound);
    expect(findLate(answers, marginMs)).toEqual([]);
    // The faults bit, and did not close the sources for all.
    expect(answers).toHaveLength(rounds * operationsPerRound);
    expect(countCode(answers, 'UPSTREAM_TIMEOUT')).toBeGreaterThan(answers.length / 200);
    expect(countCode(answers, 'UPSTREAM_UNAVAILABLE')).toBeGreaterThan(answers.length / 200);
    expect(answers.filter(({ codes }) => codes.length === 0).length).toBeGreaterThan(answers.length / 50);
  });
});
