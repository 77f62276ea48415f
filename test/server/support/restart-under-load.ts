import { setTimeout as sleep } from 'node:timers/promises';
import { runMany } from '../../support/load.ts';
import { createPoliteClient, type PoliteClient } from '../../support/polite-client.ts';
import { startProductOn, startSandboxProcess, type ProductProcess } from '../../support/processes.ts';
import { providerNames } from '../../support/provider-names.ts';

const concurrency = 16;

/** What became of a load while the instances that bore it were replaced. */
export interface Restarted {
  /** `served`, or what came instead. */
  readonly answers: readonly string[];
  /** Of all instances, in the order of their ends. */
  readonly exitCodes: readonly (number | null)[];
}

/**
 * Runs two instances behind clients that look at readiness or at `connection: close`, and replaces the first, then
 * the second, by another after so many requests each. Sends at least `requests`, and more until the second is replaced.
 */
export async function restartUnderLoad(
  requests: number,
  afterRequests: readonly [number, number],
): Promise<Restarted> {
  const sandbox = await startSandboxProcess();
  const start = () => startProductOn({ sources: sandbox.sources, log: { level: 'silent' } });
  const instances = [await start(), await start()];
  const polite = (['readiness', 'connection'] as const).map((obeys) =>
    createPoliteClient({ obeys, instances: () => instances.map(({ url }) => url) }),
  );
  const exitCodes: (number | null)[] = [];
  let sent = 0;
  try {
    const restarts = restartInTurn(instances, start, exitCodes, () => sent, afterRequests);
    const answers = await runUntil(restarts, requests, (index) => {
      sent += 1;
      return sendOne(polite[index % polite.length], index);
    });
    return { answers, exitCodes };
  } finally {
    for (const instance of instances) exitCodes.push((await instance.stop('SIGTERM')).exitCode);
    for (const client of polite) client.close();
    await sandbox.stop();
  }
}

async function restartInTurn(
  instances: ProductProcess[],
  start: () => Promise<ProductProcess>,
  exitCodes: (number | null)[],
  countSent: () => number,
  afterRequests: readonly number[],
): Promise<void> {
  for (const [index, count] of afterRequests.entries()) {
    while (countSent() < count) await sleep(20);
    const ended = await instances[index]?.stop('SIGTERM');
    if (ended !== undefined) exitCodes.push(ended.exitCode);
    instances[index] = await start();
  }
}

/** Sends so many requests, and more until the task is done. */
async function runUntil(
  task: Promise<void>,
  count: number,
  send: (index: number) => Promise<string>,
): Promise<string[]> {
  const answers: string[] = [];
  const done = new AbortController();
  const finished = task.finally(() => done.abort());
  while (!done.signal.aborted || answers.length < count) {
    await runMany(100, concurrency, async (index) => void answers.push(await send(index)));
  }
  await finished;
  return answers;
}

async function sendOne(client: PoliteClient | undefined, index: number): Promise<string> {
  const id = `${providerNames[index % providerNames.length]}:${1 + (index % 500)}`;
  try {
    const { status, text } = (await client?.query(`{ customer(id: "${id}") { id } }`)) ?? {};
    const expected = JSON.stringify({ data: { customer: { id } } });
    return status === 200 && text?.trim() === expected ? 'served' : `${status} ${text}`;
  } catch (error) {
    return String(error);
  }
}
