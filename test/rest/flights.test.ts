import { describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createSharedCalls, type SharedCalls, type SharedScope } from '../../src/rest/limits/shared-calls.ts';
import { createScope } from './test-client.ts';

/** Work that is ended by hand. */
function createWork(flights: SharedCalls<string>) {
  const started: { flight: SharedScope; finish: (result: string) => void; fail: (error: Error) => void }[] =
    [];
  return {
    started,
    join: (key: string, { signal = new AbortController().signal, deadlineMs = 0 } = {}) =>
      flights.join(key, createScope({ signal, deadlineMs }), (flight) => {
        return new Promise((resolve, reject) => started.push({ flight, finish: resolve, fail: reject }));
      }),
  };
}

describe('flights', () => {
  it('do the same work once for all who want it at the same time', async () => {
    const work = createWork(createSharedCalls());
    const joined = Array.from({ length: 100 }, () => work.join('a'));
    expect(work.started).toHaveLength(1);
    expect(joined.map(({ isShared }) => isShared)).toEqual([
      false,
      ...Array.from({ length: 99 }, () => true),
    ]);
    work.started[0]?.finish('done');
    await expect(Promise.all(joined.map(({ result }) => result))).resolves.toEqual(
      Array.from({ length: 100 }, () => 'done'),
    );
  });

  it('keep different work apart', async () => {
    const work = createWork(createSharedCalls());
    const [a, b] = [work.join('a'), work.join('b')];
    work.started[1]?.finish('of b');
    work.started[0]?.finish('of a');
    await expect(Promise.all([a.result, b.result])).resolves.toEqual(['of a', 'of b']);
  });

  it('begin anew when the work is done', async () => {
    const work = createWork(createSharedCalls());
    const first = work.join('a');
    work.started[0]?.finish('first');
    await first.result;
    const second = work.join('a');
    expect(second.isShared).toBe(false);
    work.started[1]?.finish('second');
    await expect(second.result).resolves.toBe('second');
  });

  it('share a failure, and begin anew after it', async () => {
    const work = createWork(createSharedCalls());
    const joined = [work.join('a'), work.join('a'), work.join('a')];
    const failure = new Error('no luck');
    work.started[0]?.fail(failure);
    await expect(Promise.allSettled(joined.map(({ result }) => result))).resolves.toEqual(
      joined.map(() => ({ status: 'rejected', reason: failure })),
    );
    expect(work.join('a').isShared).toBe(false);
    work.started[1]?.finish('done');
  });

  it('know the latest deadline of those who wait', () => {
    const work = createWork(createSharedCalls());
    for (const deadlineMs of [500, 100, 900, 300]) work.join('a', { deadlineMs });
    expect(work.started[0]?.flight.deadlineMs).toBe(900);
  });
});

describe('one who leaves', () => {
  it('is told why at once, and the others go on waiting', async () => {
    const work = createWork(createSharedCalls());
    const leaver = new AbortController();
    const leaving = [work.join('a', { signal: leaver.signal }), work.join('a')];
    const reason = new Error('no longer wanted');
    leaver.abort(reason);
    await expect(leaving[0]?.result).rejects.toBe(reason);
    expect(work.started[0]?.flight.signal.aborted).toBe(false);
    work.started[0]?.finish('done');
    await expect(leaving[1]?.result).resolves.toBe('done');
  });

  it('as the last one ends the work, and the next begins anew', async () => {
    const work = createWork(createSharedCalls());
    const leavers = [new AbortController(), new AbortController(), new AbortController()];
    const joined = leavers.map(({ signal }) => work.join('a', { signal }));
    const results = Promise.allSettled(joined.map(({ result }) => result));
    for (const leaver of leavers.slice(0, 2)) leaver.abort(new Error('gone'));
    expect(work.started[0]?.flight.signal.aborted).toBe(false);
    const reason = new Error('gone as the last');
    leavers[2]?.abort(reason);
    expect(work.started[0]?.flight.signal.reason).toBe(reason);
    await results;
    const next = work.join('a');
    expect(next.isShared).toBe(false);
    // The end of the old work does not take the place of the new.
    work.started[0]?.fail(new Error('aborted'));
    await nextTurn();
    expect(work.join('a').isShared).toBe(true);
    work.started[1]?.finish('done');
    await expect(next.result).resolves.toBe('done');
  });

  it('leaves no failure behind that nobody handles', async () => {
    const work = createWork(createSharedCalls());
    const leaver = new AbortController();
    const { result } = work.join('a', { signal: leaver.signal });
    leaver.abort(new Error('gone'));
    await expect(result).rejects.toThrow('gone');
    work.started[0]?.fail(new Error('aborted'));
    // An unhandled rejection would fail the test.
    await nextTurn();
    await nextTurn();
  });

  it('before it comes starts nothing', async () => {
    const work = createWork(createSharedCalls());
    await expect(work.join('a', { signal: AbortSignal.abort(new Error('over')) }).result).rejects.toThrow(
      'over',
    );
    expect(work.started).toHaveLength(0);
  });

  it('after the end changes nothing, and nothing listens to it any more', async () => {
    const work = createWork(createSharedCalls());
    const leaver = new AbortController();
    const { result } = work.join('a', { signal: leaver.signal });
    work.started[0]?.finish('done');
    await expect(result).resolves.toBe('done');
    await nextTurn();
    expect(getEventListeners(leaver.signal, 'abort')).toEqual([]);
    leaver.abort(new Error('late'));
    expect(work.started[0]?.flight.signal.aborted).toBe(false);
  });
});

it('work that fails before it waits for anything fails all who want it', async () => {
  const flights = createSharedCalls<string>();
  const waiter = createScope({ deadlineMs: 0 });
  const { result } = flights.join('a', waiter, async () => {
    throw new Error('at once');
  });
  await expect(result).rejects.toThrow('at once');
  await nextTurn();
  expect(flights.join('a', waiter, async () => 'done').isShared).toBe(false);
});
