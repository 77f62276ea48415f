import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { contestantPort, type Contestant } from './contestant.ts';
import { runLoad } from './load.ts';
import { expectFreePort, startPinned, waitForPort, type PinnedProcess } from './pinned-process.ts';
import { readName } from './records.ts';
import type { Scenario } from './scenarios.ts';
import type { Upstream } from './upstream.ts';

/** What was measured of one contestant in one scenario of one round; what was refused does not count as an operation. */
export interface Measurement {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the contestant for one operation. */
  readonly cpuMicros: number;
  /** REST calls for one operation that is alone. */
  readonly calls: number;
  /** REST calls for one of many operations at the same time. */
  readonly sharedCalls: number;
  /** Share of the requests that got another status than 200, or no answer. */
  readonly refused: number;
  readonly residentMb: number;
}

/** How a contestant came up. */
export interface Start {
  /** From the start of the process to the first answer, with data of a REST API. */
  readonly firstAnswerMs: number;
  /** Resident memory a second later. */
  readonly idleMb: number;
}

export interface Timing {
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** The contestant runs on the first core; REST APIs and clients on the second. */
const contestantCore = 0;
export const otherCore = 1;

const url = `http://127.0.0.1:${contestantPort}/graphql`;
const idleAfterMs = 1_000;

/** Starts a contestant on its core, and waits for its first answer. */
export async function startContestant(
  { name, folder, environment, operations }: Contestant,
  command: readonly string[],
  workFolder: string,
): Promise<{ readonly program: PinnedProcess; readonly start: Start }> {
  await expectFreePort(contestantPort);
  const startMs = performance.now();
  const logFile = path.join(workFolder, 'contestant.log');
  const program = startPinned({ command, folder, environment, core: contestantCore, logFile });
  try {
    await waitForPort(contestantPort);
    const id = 'elevate:1';
    await checkAnswer(name, JSON.stringify(operations.customer(id)), [id], workFolder);
    const firstAnswerMs = performance.now() - startMs;
    await sleep(idleAfterMs);
    return { program, start: { firstAnswerMs, idleMb: program.residentMb() } };
  } catch (error) {
    await program.stop();
    throw error;
  }
}

/** Different operations; then they begin again. */
const turns = 400;
const checkedTurns = 6;

/**
 * Measures a running contestant.
 *
 * @throws Error when one of its answers is not whole, before or after the load
 */
export async function measure(
  { name, operations }: Contestant,
  program: PinnedProcess,
  scenario: Scenario,
  upstream: Upstream,
  { warmUpSeconds, seconds }: Timing,
  workFolder: string,
): Promise<Measurement> {
  const bodiesFile = path.join(workFolder, 'bodies.txt');
  const bodies = Array.from({ length: turns }, (_, turn) =>
    JSON.stringify(scenario.ask(operations, scenario.idsAt(turn))),
  );
  writeFileSync(bodiesFile, bodies.map((body) => `${body}\n`).join(''));
  const check = async () => {
    for (const [turn, body] of bodies.slice(0, checkedTurns).entries())
      await checkAnswer(name, body, scenario.idsAt(turn), workFolder);
  };
  await check();
  const load = { url, bodiesFile, clients: scenario.clients, core: otherCore };
  await runLoad({ ...load, seconds: warmUpSeconds });
  await upstream.becomeQuiet();
  const cpuBefore = program.cpuMicros();
  const result = await runLoad({ ...load, seconds });
  const cpuMicros = program.cpuMicros() - cpuBefore;
  const sharedCalls = await upstream.takeCallCount();
  const served = result.requests - result.failed;
  if (served === 0) throw new Error(`${name}: none of ${result.requests} requests was answered`);
  await upstream.becomeQuiet();
  await check();
  return {
    perSecond: served / result.seconds,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cpuMicros: cpuMicros / served,
    calls: (await upstream.takeCallCount()) / checkedTurns,
    sharedCalls: sharedCalls / served,
    refused: result.failed / result.requests,
    residentMb: program.residentMb(),
  };
}

const answer = z.object({ data: z.looseObject({}), errors: z.never().optional() });

/** An answer must be free of errors, and have the name of every customer that was asked for. */
async function checkAnswer(
  name: string,
  body: string,
  ids: readonly string[],
  workFolder: string,
): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const text = await response.text();
  const missing = ids.filter((id) => !text.includes(JSON.stringify(readName(workFolder, id))));
  if (!answer.safeParse(JSON.parse(text)).success || missing.length > 0)
    throw new Error(
      `${name}: an answer is not whole: ${missing.length} of ${ids.length} customers are missing in ${text.slice(0, 500)}`,
    );
}
