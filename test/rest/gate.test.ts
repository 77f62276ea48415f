import { describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FairQueue, QueueFullError } from '../../src/rest/limits/fair-queue.ts';

async function runIn<T>(
  gate: FairQueue,
  task: () => Promise<T>,
  signal: AbortSignal,
  owner = '',
): Promise<T> {
  const leave = await gate.enter(signal, owner);
  try {
    return await task();
  } finally {
    leave();
  }
}

/** Tasks that are ended by hand, and the order in which they began. */
function createTasks(gate: FairQueue) {
  const started: string[] = [];
  const ends = new Map<string, { finish: () => void; fail: (error: Error) => void }>();
  return {
    started,
    run: (name: string, signal = new AbortController().signal, owner?: string) => {
      const task = () => {
        started.push(name);
        return new Promise<string>((resolve, reject) =>
          ends.set(name, { finish: () => resolve(name), fail: reject }),
        );
      };
      return runIn(gate, task, signal, owner);
    },
    finish: (name: string) => ends.get(name)?.finish(),
    fail: (name: string, error: Error) => ends.get(name)?.fail(error),
  };
}

describe('a gate', () => {
  it('lets through as many as its limit and the others in their order', async () => {
    const tasks = createTasks(new FairQueue(2, 1_000));
    const results = Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => tasks.run(name)));
    await nextTurn();
    expect(tasks.started).toEqual(['a', 'b']);
    tasks.finish('b');
    await nextTurn();
    expect(tasks.started).toEqual(['a', 'b', 'c']);
    tasks.finish('a');
    tasks.finish('c');
    await nextTurn();
    expect(tasks.started).toEqual(['a', 'b', 'c', 'd', 'e']);
    tasks.finish('d');
    tasks.finish('e');
    await expect(results).resolves.toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('does not let one that comes just then pass those that wait', async () => {
    const tasks = createTasks(new FairQueue(1, 1_000));
    const first = tasks.run('first').then(() => tasks.run('newcomer'));
    const waiting = tasks.run('waiting');
    await nextTurn();
    tasks.finish('first');
    await nextTurn();
    expect(tasks.started).toEqual(['first', 'waiting']);
    tasks.finish('waiting');
    await nextTurn();
    tasks.finish('newcomer');
    await expect(Promise.all([first, waiting])).resolves.toEqual(['newcomer', 'waiting']);
  });

  it('never has more under way than its limit', async () => {
    const gate = new FairQueue(3, 1_000);
    let underWay = 0;
    let most = 0;
    const task = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await nextTurn();
      underWay -= 1;
      if (Math.random() < 0.3) throw new Error('failed');
    };
    const { signal } = new AbortController();
    await Promise.allSettled(Array.from({ length: 200 }, () => runIn(gate, task, signal)));
    expect(most).toBe(3);
    expect(underWay).toBe(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('gives the place of one that failed to the next', async () => {
    const tasks = createTasks(new FairQueue(1, 1_000));
    const failing = tasks.run('failing');
    const next = tasks.run('next');
    await nextTurn();
    tasks.fail('failing', new Error('no luck'));
    await expect(failing).rejects.toThrow('no luck');
    await nextTurn();
    tasks.finish('next');
    await expect(next).resolves.toBe('next');
  });

  it('refuses at once when too many wait, and no longer when one of them has gone', async () => {
    const tasks = createTasks(new FairQueue(1, 1));
    const controller = new AbortController();
    const running = tasks.run('running');
    const waiting = tasks.run('waiting', controller.signal);
    await expect(tasks.run('too many')).rejects.toThrow(QueueFullError);
    controller.abort(new Error('over'));
    await expect(waiting).rejects.toThrow('over');
    const next = tasks.run('next');
    tasks.finish('running');
    await expect(running).resolves.toBe('running');
    await nextTurn();
    tasks.finish('next');
    await expect(next).resolves.toBe('next');
    expect(tasks.started).toEqual(['running', 'next']);
  });

  it('forgets one that is aborted while it waits', async () => {
    const tasks = createTasks(new FairQueue(1, 1_000));
    const controller = new AbortController();
    const first = tasks.run('first');
    const aborted = tasks.run('aborted', controller.signal);
    const last = tasks.run('last');
    const reason = new Error('no longer wanted');
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    tasks.finish('first');
    await expect(first).resolves.toBe('first');
    await nextTurn();
    expect(tasks.started).toEqual(['first', 'last']);
    tasks.finish('last');
    await expect(last).resolves.toBe('last');
  });

  it('keeps its limit after all that waited were aborted', async () => {
    const tasks = createTasks(new FairQueue(1, 1_000));
    const controller = new AbortController();
    const first = tasks.run('first');
    const aborted = Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => tasks.run(`aborted-${index}`, controller.signal)),
    );
    controller.abort();
    await aborted;
    tasks.finish('first');
    await first;
    const second = tasks.run('second');
    const third = tasks.run('third');
    await nextTurn();
    expect(tasks.started).toEqual(['first', 'second']);
    tasks.finish('second');
    await second;
    await nextTurn();
    tasks.finish('third');
    await expect(third).resolves.toBe('third');
  });

  it('does not begin what was aborted before', async () => {
    const tasks = createTasks(new FairQueue(1, 1_000));
    await expect(tasks.run('aborted', AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
    const next = tasks.run('next');
    await nextTurn();
    tasks.finish('next');
    await expect(next).resolves.toBe('next');
    expect(tasks.started).toEqual(['next']);
  });

  it('leaves one that has begun to its own ways when it is aborted', async () => {
    const tasks = createTasks(new FairQueue(1, 1_000));
    const controller = new AbortController();
    const running = tasks.run('running', controller.signal);
    const next = tasks.run('next');
    await nextTurn();
    controller.abort();
    await nextTurn();
    expect(tasks.started).toEqual(['running']);
    tasks.finish('running');
    await expect(running).resolves.toBe('running');
    await nextTurn();
    tasks.finish('next');
    await expect(next).resolves.toBe('next');
  });

  it('lets those in by turns who have many tasks and few', async () => {
    const tasks = createTasks(new FairQueue(1, 1_000));
    const { signal } = new AbortController();
    const names = ['a1', 'a2', 'a3', 'a4', 'b1', 'a5', 'c1', 'b2'];
    const results = Promise.all(names.map((name) => tasks.run(name, signal, name[0])));
    for (const _name of names) {
      await nextTurn();
      tasks.finish(tasks.started.at(-1) ?? '');
    }
    await results;
    expect(tasks.started).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4', 'a5']);
  });

  it('lets owners within an owner share its turn', async () => {
    const queue = new FairQueue(1, 1_000);
    const { signal } = new AbortController();
    const started: string[] = [];
    const leave = await queue.enter(signal, 'first');
    const entered = ['a x', 'a x', 'a y', 'a y', 'b z', 'b z'].map(async (owners) => {
      const leaveNext = await queue.enter(signal, ...owners.split(' '));
      started.push(owners);
      leaveNext();
    });
    leave();
    await Promise.all(entered);
    expect(started).toEqual(['a x', 'b z', 'a y', 'b z', 'a x', 'a y']);
  });

  it('makes room for one with few tasks by refusing the last of the one with most', async () => {
    const tasks = createTasks(new FairQueue(1, 3));
    const { signal } = new AbortController();
    const results = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map((name) =>
      tasks.run(name, signal, name[0]),
    );
    const settled = Promise.allSettled(results);
    for (let round = 0; round < 4; round += 1) {
      await nextTurn();
      tasks.finish(tasks.started.at(-1) ?? '');
    }
    // One runs and three wait: of those with two the last is refused, and of all that have one the newcomer.
    expect((await settled).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
  });

  it('forgets the turn of one whose tasks have gone, and knows it when it comes again', async () => {
    const tasks = createTasks(new FairQueue(1, 3));
    const { signal } = new AbortController();
    const controller = new AbortController();
    const results = [tasks.run('a1', signal, 'a')];
    const gone = Promise.allSettled(
      ['b1', 'b2', 'b3'].map((name) => tasks.run(name, controller.signal, 'b')),
    );
    await nextTurn();
    controller.abort();
    await gone;
    for (const name of ['a2', 'c1', 'b4']) results.push(tasks.run(name, signal, name[0]));
    await expect(tasks.run('too many', signal, 'd')).rejects.toThrow(QueueFullError);
    for (const _result of results) {
      await nextTurn();
      tasks.finish(tasks.started.at(-1) ?? '');
    }
    await Promise.all(results);
    expect(tasks.started).toEqual(['a1', 'a2', 'c1', 'b4']);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
