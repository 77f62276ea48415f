import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnections, type Connections } from './overload-connections.ts';
import type { Answer, Load, LoadResult } from './overload-load.ts';

/** Sends loads that its parent asks for, from a process of its own, and tells how they were answered. */
const parent = process.ppid;
let connections: Connections | undefined;

process.on('message', (load: Load) => {
  void run(load).then((result) => process.send?.(result));
});
process.once('disconnect', () => process.exit());
setInterval(() => {
  if (process.ppid !== parent) process.exit();
}, 1_000).unref();

async function run(load: Load): Promise<LoadResult> {
  const answers: Answer[] = [];
  const startMs = performance.now();
  const endMs = startMs + load.seconds * 1_000;
  let sent = 0;
  let lateMs = 0;
  const send = async () => {
    const index = sent;
    sent += 1;
    answers.push(await ask(load, index, startMs));
  };
  if (load.concurrency !== undefined) {
    const work = async () => {
      while (performance.now() < endMs) await send();
    };
    await Promise.all(Array.from({ length: load.concurrency }, work));
    return { answers, sent, seconds: (performance.now() - startMs) / 1_000, lateMs };
  }
  const underWay: Promise<void>[] = [];
  const total = Math.round(load.perSecond * load.seconds);
  for (let index = 0; index < total; index += 1) {
    const waitMs = startMs + (index * 1_000) / load.perSecond - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    else lateMs = Math.max(lateMs, -waitMs);
    underWay.push(send());
    // Answers are read between the requests.
    if (index % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const seconds = (performance.now() - startMs) / 1_000;
  await Promise.all(underWay);
  return { answers, sent, seconds, lateMs };
}

async function ask({ url, operations, headers }: Load, index: number, startMs: number): Promise<Answer> {
  connections ??= createConnections(url);
  const { group, query } = operations[index % operations.length] ?? { group: '', query: '' };
  const sentMs = performance.now();
  const { status, body } = await connections.send(
    headers,
    JSON.stringify({ query: query.replaceAll('#', String(1 + (index % 100_000))) }),
  );
  return {
    group,
    outcome: outcomeOf(status, body),
    atMs: sentMs - startMs,
    tookMs: performance.now() - sentMs,
  };
}

function outcomeOf(status: number, body: string): Answer['outcome'] {
  if (status === 0) return 'reset';
  if (status === 503) return 'refused';
  if (status !== 200) return 'failed';
  return body.includes('"errors"') ? 'partial' : 'served';
}
