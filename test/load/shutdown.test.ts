import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runMany } from '../support/load.ts';
import { createPoliteClient, type PoliteClient } from '../support/polite-client.ts';
import {
  startProductOn,
  startSandboxProcess,
  type ProductProcess,
  type SandboxProcess,
} from '../support/processes.ts';
import { providerNames } from '../support/provider-names.ts';

describe('SIGTERM under load', () => {
  const requests = 10_000;
  const concurrency = 16;
  let sandbox: SandboxProcess;

  beforeAll(async () => {
    sandbox = await startSandboxProcess();
  });

  afterAll(() => sandbox.stop());

  it(`loses none of ${requests} requests of clients that look at readiness or at "connection: close"`, async () => {
    const start = () => startProductOn({ sources: sandbox.sources, log: { level: 'silent' } });
    const instances = [await start(), await start()];
    const clients = ['readiness', 'connection'] as const;
    const polite = clients.map((obeys) =>
      createPoliteClient({ obeys, instances: () => instances.map(({ url }) => url) }),
    );
    const exits: unknown[] = [];
    let sent = 0;
    const restarts = restartInTurn(instances, start, exits, () => sent);

    const answers = await runUntil(restarts, requests, concurrency, (index) => {
      sent += 1;
      return sendOne(polite[index % polite.length], index);
    });
    for (const instance of instances) exits.push((await instance.stop('SIGTERM')).exitCode);
    for (const client of polite) client.close();

    expect(answers.length).toBeGreaterThanOrEqual(requests);
    expect(answers.filter((answer) => answer !== 'served')).toEqual([]);
    expect(exits).toEqual([0, 0, 0, 0]);
  }, 110_000);
});

/** After a third of the requests the first instance is replaced by another, after another third the second one. */
async function restartInTurn(
  instances: ProductProcess[],
  start: () => Promise<ProductProcess>,
  exits: unknown[],
  countSent: () => number,
): Promise<void> {
  for (const [index, afterRequests] of [2_000, 5_000].entries()) {
    while (countSent() < afterRequests) await sleep(20);
    exits.push((await instances[index]?.stop('SIGTERM'))?.exitCode);
    instances[index] = await start();
  }
}

/** Sends so many requests, and more until the task is done. */
async function runUntil(
  task: Promise<void>,
  count: number,
  concurrency: number,
  send: (index: number) => Promise<string>,
): Promise<string[]> {
  const answers: string[] = [];
  const done = new AbortController();
  const finished = task.finally(() => done.abort());
  while (!done.signal.aborted || answers.length < count) {
    await runMany(500, concurrency, async (index) => void answers.push(await send(index)));
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
