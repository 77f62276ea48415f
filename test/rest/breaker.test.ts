import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  createBreaker,
  type Breaker,
  type BreakerState,
  type Permit,
} from '../../src/rest/limits/circuit-breaker.ts';

const settings = { failureRatio: 0.5, minCalls: 4, windowMs: 10_000, openMs: 5_000 };
const startMs = 1_000_000;

function createRecorded(more: Partial<typeof settings> = {}) {
  const changes: BreakerState[] = [];
  const breaker = createBreaker({ ...settings, ...more }, (state) => void changes.push(state), startMs);
  return { breaker, changes };
}

function enter(breaker: Breaker, nowMs: number): Permit {
  const permit = breaker.enter(nowMs);
  if (permit === undefined) throw new Error('refused');
  return permit;
}

/** Makes calls one after the other, all of which end at the same time. */
function call(breaker: Breaker, outcomes: readonly ('succeed' | 'fail')[], nowMs: number): void {
  for (const outcome of outcomes) enter(breaker, nowMs)[outcome](nowMs);
}

const fourFailures = ['fail', 'fail', 'fail', 'fail'] as const;

describe('a closed breaker', () => {
  it('lets all calls through, however many are under way', () => {
    const { breaker } = createRecorded();
    for (let count = 0; count < 100; count += 1) enter(breaker, startMs);
    expect(breaker).toMatchObject({ state: 'CLOSED', sinceMs: startMs });
    expect(breaker.refusedForMs(startMs)).toBe(0);
  });

  it('stays so below its number of calls', () => {
    const { breaker, changes } = createRecorded();
    call(breaker, ['fail', 'fail', 'fail'], startMs);
    expect(breaker.state).toBe('CLOSED');
    expect(changes).toEqual([]);
  });

  it('stays so below its share of failures', () => {
    const { breaker } = createRecorded();
    for (let round = 0; round < 50; round += 1)
      call(breaker, ['succeed', 'succeed', 'succeed', 'fail', 'fail'], startMs + round);
    expect(breaker.state).toBe('CLOSED');
  });

  it('opens at its share of its number of calls', () => {
    const { breaker, changes } = createRecorded();
    call(breaker, ['succeed', 'fail', 'succeed', 'fail'], startMs + 7);
    expect(breaker).toMatchObject({ state: 'OPEN', sinceMs: startMs + 7 });
    expect(changes).toEqual(['OPEN']);
  });

  it('forgets failures that are older than its window', () => {
    const { breaker } = createRecorded();
    call(breaker, ['fail', 'fail', 'fail'], startMs);
    call(breaker, ['fail', 'succeed', 'fail'], startMs + 10_000);
    expect(breaker.state).toBe('CLOSED');
    call(breaker, ['fail'], startMs + 10_000);
    expect(breaker.state).toBe('OPEN');
  });

  it('is not kept closed by what went well before', () => {
    const { breaker } = createRecorded();
    for (let count = 0; count < 1_000; count += 1) call(breaker, ['succeed'], startMs + count);
    let failures = 0;
    for (; breaker.state === 'CLOSED'; failures += 1) call(breaker, ['fail'], startMs + 1_000);
    expect(failures).toBeLessThanOrEqual(5 * settings.minCalls);
  });

  it('opens at once when it is told to, and only then', () => {
    const { breaker, changes } = createRecorded();
    breaker.trip(startMs + 1);
    breaker.trip(startMs + 2);
    expect(breaker).toMatchObject({ state: 'OPEN', sinceMs: startMs + 1 });
    expect(changes).toEqual(['OPEN']);
  });

  it('does not count calls that tell nothing', () => {
    const { breaker } = createRecorded();
    call(breaker, ['fail', 'fail', 'fail'], startMs);
    for (let count = 0; count < 10; count += 1) enter(breaker, startMs).cancel();
    for (let count = 0; count < 10; count += 1) enter(breaker, startMs).giveUp(startMs);
    expect(breaker.state).toBe('CLOSED');
  });
});

describe('an open breaker', () => {
  it('refuses calls for its time and says for how long', () => {
    const { breaker } = createRecorded();
    call(breaker, fourFailures, startMs);
    expect(breaker.enter(startMs)).toBeUndefined();
    expect(breaker.refusedForMs(startMs)).toBe(5_000);
    expect(breaker.enter(startMs + 4_999)).toBeUndefined();
    expect(breaker.refusedForMs(startMs + 4_999)).toBe(1);
    expect(breaker.refusedForMs(startMs + 5_000)).toBe(0);
    expect(breaker.state).toBe('OPEN');
  });

  it('lets a call through when the clock was set back', () => {
    const { breaker } = createRecorded();
    call(breaker, fourFailures, startMs);
    expect(breaker.refusedForMs(startMs - 3_600_000)).toBe(0);
    enter(breaker, startMs - 3_600_000);
  });

  it('is not moved by calls that were under way when it opened', () => {
    const { breaker, changes } = createRecorded();
    const late = [enter(breaker, startMs), enter(breaker, startMs), enter(breaker, startMs)];
    call(breaker, fourFailures, startMs);
    late[0]?.succeed(startMs + 1_000);
    late[1]?.fail(startMs + 2_000);
    late[2]?.cancel();
    expect(breaker).toMatchObject({ state: 'OPEN', sinceMs: startMs });
    expect(changes).toEqual(['OPEN']);
  });
});

describe('a half-open breaker', () => {
  function createHalfOpen() {
    const recorded = createRecorded();
    call(recorded.breaker, fourFailures, startMs);
    const probe = enter(recorded.breaker, startMs + 5_000);
    return { ...recorded, probe, nowMs: startMs + 5_000 };
  }

  it('lets one call through and refuses the others at once', () => {
    const { breaker, changes, nowMs } = createHalfOpen();
    expect(breaker.state).toBe('HALF_OPEN');
    for (let count = 0; count < 100; count += 1) expect(breaker.enter(nowMs + count)).toBeUndefined();
    expect(breaker.refusedForMs(nowMs)).toBeGreaterThan(0);
    expect(changes).toEqual(['OPEN', 'HALF_OPEN']);
  });

  it('goes on refusing while that call hangs', () => {
    const { breaker, nowMs } = createHalfOpen();
    expect(breaker.enter(nowMs + 600_000)).toBeUndefined();
  });

  it('closes when that call succeeds, and has forgotten the failures', () => {
    const { breaker, changes, probe, nowMs } = createHalfOpen();
    probe.succeed(nowMs + 20);
    expect(breaker).toMatchObject({ state: 'CLOSED', sinceMs: nowMs + 20 });
    call(breaker, ['fail', 'fail', 'fail'], nowMs + 20);
    expect(breaker.state).toBe('CLOSED');
    expect(changes).toEqual(['OPEN', 'HALF_OPEN', 'CLOSED']);
  });

  it('opens for its whole time when that call fails', () => {
    const { breaker, changes, probe, nowMs } = createHalfOpen();
    probe.fail(nowMs + 20);
    expect(breaker).toMatchObject({ state: 'OPEN', sinceMs: nowMs + 20 });
    expect(breaker.refusedForMs(nowMs + 20)).toBe(5_000);
    expect(changes).toEqual(['OPEN', 'HALF_OPEN', 'OPEN']);
  });

  it('opens for its whole time when that call was given up: the source had it all the same', () => {
    const { breaker, changes, probe, nowMs } = createHalfOpen();
    probe.giveUp(nowMs + 20);
    expect(breaker).toMatchObject({ state: 'OPEN', sinceMs: nowMs + 20 });
    expect(breaker.refusedForMs(nowMs + 20)).toBe(5_000);
    expect(changes).toEqual(['OPEN', 'HALF_OPEN', 'OPEN']);
  });

  it('closes when that call was given up and succeeds all the same', () => {
    const { breaker, changes, probe, nowMs } = createHalfOpen();
    probe.giveUp(nowMs + 20);
    probe.succeed(nowMs + 300);
    expect(breaker).toMatchObject({ state: 'CLOSED', sinceMs: nowMs + 300 });
    expect(changes).toEqual(['OPEN', 'HALF_OPEN', 'OPEN', 'CLOSED']);
  });

  it('has forgotten calls that were under way before it opened, when it is closed again', () => {
    const { breaker } = createRecorded();
    const late = Array.from({ length: 8 }, () => enter(breaker, startMs));
    call(breaker, fourFailures, startMs);
    enter(breaker, startMs + 5_000).succeed(startMs + 5_001);
    for (const permit of late) permit.fail(startMs + 5_002);
    expect(breaker.state).toBe('CLOSED');
  });

  it('lets another one through when that call was not sent', () => {
    const { breaker, probe, nowMs } = createHalfOpen();
    probe.cancel();
    expect(breaker.state).toBe('HALF_OPEN');
    enter(breaker, nowMs + 1);
    expect(breaker.enter(nowMs + 2)).toBeUndefined();
  });
});

interface Step {
  readonly action: 'enter' | 'succeed' | 'fail' | 'giveUp' | 'cancel';
  readonly pauseMs: number;
  readonly which: number;
}

const steps = fc.array(
  fc.record<Step>({
    action: fc.constantFrom('enter', 'enter', 'succeed', 'fail', 'fail', 'giveUp', 'cancel'),
    pauseMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3_000 }), fc.constant(5_000)),
    which: fc.nat(100),
  }),
  { maxLength: 200 },
);

it('in every random schedule a breaker never has two probes, nor lets a call through before its time', () => {
  fc.assert(
    fc.property(steps, (schedule) => {
      const { breaker } = createRecorded();
      const underWay: { permit: Permit; isProbe: boolean }[] = [];
      const decisions: { isRefused: boolean; isToBeRefused: boolean }[] = [];
      let nowMs = startMs;
      for (const { action, pauseMs, which } of schedule) {
        nowMs += pauseMs;
        if (action === 'enter') {
          const isEarly = breaker.state === 'OPEN' && nowMs < breaker.sinceMs + 5_000;
          const isProbing = underWay.some(({ isProbe }) => isProbe);
          const permit = breaker.enter(nowMs);
          decisions.push({ isRefused: permit === undefined, isToBeRefused: isEarly || isProbing });
          if (permit !== undefined) underWay.push({ permit, isProbe: breaker.state === 'HALF_OPEN' });
        } else {
          const [ended] = underWay.splice(which % Math.max(underWay.length, 1), 1);
          ended?.permit[action](nowMs);
        }
      }
      expect(decisions.filter(({ isRefused, isToBeRefused }) => isRefused !== isToBeRefused)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
