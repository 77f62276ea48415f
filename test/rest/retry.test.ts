import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UpstreamError, type UpstreamErrorDetails } from '../../src/rest/errors.ts';
import { chooseRetryDelayMs, createRetryBudget } from '../../src/rest/limits/retry.ts';

const startMs = 1_000_000;
const source = { name: 'north', provider: { name: 'stub', title: 'Stub CRM' } };

function createFailure(details: UpstreamErrorDetails): UpstreamError {
  return new UpstreamError('UPSTREAM_UNAVAILABLE', source, details);
}

describe('a retry budget', () => {
  it('has ten retries to begin with and as many more each second', () => {
    const budget = createRetryBudget(startMs);
    const withdraw = (nowMs: number) =>
      Array.from({ length: 15 }, () => budget.withdraw(nowMs)).filter(Boolean).length;
    expect(withdraw(startMs)).toBe(10);
    expect(withdraw(startMs + 500)).toBe(5);
    expect(withdraw(startMs + 3_600_000)).toBe(10);
  });

  it('earns one retry with five calls', () => {
    const budget = createRetryBudget(startMs);
    while (budget.withdraw(startMs));
    for (let count = 0; count < 4; count += 1) budget.deposit();
    expect(budget.withdraw(startMs)).toBe(false);
    budget.deposit();
    expect(budget.withdraw(startMs)).toBe(true);
    expect(budget.withdraw(startMs)).toBe(false);
  });

  it('loses nothing when the clock is set back', () => {
    const budget = createRetryBudget(startMs);
    expect(budget.withdraw(startMs)).toBe(true);
    expect(budget.withdraw(startMs - 3_600_000)).toBe(true);
  });

  it('does not save up the calls of a good time without end', () => {
    const budget = createRetryBudget(startMs);
    for (let count = 0; count < 100_000; count += 1) budget.deposit();
    const retries = Array.from({ length: 1_000 }, () => budget.withdraw(startMs)).filter(Boolean);
    expect(retries.length).toBeLessThanOrEqual(20);
  });

  it('never gives more than a fifth of the calls, ten a second, and ten', () => {
    const steps = fc.array(
      fc.record({
        pauseMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000 })),
        calls: fc.nat(50),
        retries: fc.nat(50),
      }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(steps, (schedule) => {
        const budget = createRetryBudget(startMs);
        let [nowMs, calls, retries] = [startMs, 0, 0];
        for (const step of schedule) {
          nowMs += step.pauseMs;
          for (let count = 0; count < step.calls; count += 1) budget.deposit();
          calls += step.calls;
          for (let count = 0; count < step.retries; count += 1) if (budget.withdraw(nowMs)) retries += 1;
          expect(retries).toBeLessThanOrEqual(0.2 * calls + (10 * (nowMs - startMs)) / 1_000 + 10 + 1e-6);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the delay of a retry', () => {
  const delaysOf = (error: unknown, remainingMs: number) =>
    Array.from({ length: 200 }, () => chooseRetryDelayMs(error, remainingMs));

  it.each([
    ['a failure that will not pass', createFailure({})],
    ['what is no failure of a source', new Error('other')],
    ['nothing', undefined],
  ])('is none for %s', (_what, error) => {
    expect(chooseRetryDelayMs(error, 60_000)).toBeUndefined();
  });

  it('is short, and another each time', () => {
    const delays = delaysOf(createFailure({ isTransient: true }), 60_000);
    expect(new Set(delays).size).toBeGreaterThan(100);
    expect(Math.min(...delays.map(Number))).toBeGreaterThanOrEqual(50);
    expect(Math.max(...delays.map(Number))).toBeLessThanOrEqual(150);
  });

  it('is what the source asks for and a little more', () => {
    for (const delayMs of delaysOf(createFailure({ isTransient: true, retryAfterSeconds: 3 }), 60_000)) {
      expect(delayMs).toBeGreaterThan(3_000);
      expect(delayMs).toBeLessThanOrEqual(3_150);
    }
  });

  it.each([undefined, 0, 1, 2, 60, 3_600])(
    'never outlasts the time that is left (Retry-After: %p)',
    (retryAfterSeconds) => {
      const error = createFailure({
        isTransient: true,
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      });
      for (let remainingMs = -1_000; remainingMs < 5_000; remainingMs += 7) {
        expect(chooseRetryDelayMs(error, remainingMs) ?? Number.NEGATIVE_INFINITY).toBeLessThan(remainingMs);
      }
    },
  );
});
