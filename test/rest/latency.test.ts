import { describe, expect, it } from '@jest/globals';
import { createLatencyRecord } from '../../src/rest/limits/caller-state.ts';

const startMs = 1_000_000;

/** The percentile of 1, 2 … n by any of its usual definitions lies this near to `share * n`. */
function expectNear(value: number | undefined, expected: number): void {
  expect(Math.abs((value ?? Number.NaN) - expected)).toBeLessThanOrEqual(1);
}

describe('a record of latencies', () => {
  it('says nothing while there was no call', () => {
    expect(createLatencyRecord().summarize(startMs)).toBeUndefined();
  });

  it('says of one call how long it took, in whole ms', () => {
    const record = createLatencyRecord();
    record.add(12.6, startMs);
    expect(record.summarize(startMs)).toEqual({ calls: 1, p50Ms: 13, p95Ms: 13, p99Ms: 13 });
  });

  it('says how long most calls took, in whatever order they came', () => {
    const record = createLatencyRecord();
    for (let index = 0; index < 200; index += 1) record.add(((index * 7) % 200) + 1, startMs + index);
    const summary = record.summarize(startMs + 200);
    expect(summary?.calls).toBe(200);
    expectNear(summary?.p50Ms, 100);
    expectNear(summary?.p95Ms, 190);
    expectNear(summary?.p99Ms, 198);
  });

  it('forgets calls after five minutes', () => {
    const record = createLatencyRecord();
    record.add(1_000, startMs);
    record.add(10, startMs + 200_000);
    expect(record.summarize(startMs + 299_999)?.calls).toBe(2);
    expect(record.summarize(startMs + 300_000)).toEqual({ calls: 1, p50Ms: 10, p95Ms: 10, p99Ms: 10 });
    expect(record.summarize(startMs + 500_000)).toBeUndefined();
  });

  it('keeps the latest thousand', () => {
    const record = createLatencyRecord();
    for (let index = 0; index < 5_000; index += 1) record.add(index < 4_000 ? 1 : 9, startMs);
    expect(record.summarize(startMs)).toEqual({ calls: 1_000, p50Ms: 9, p95Ms: 9, p99Ms: 9 });
  });
});
