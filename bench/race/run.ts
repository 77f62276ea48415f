import { writeFileSync } from 'node:fs';
import path from 'node:path';
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
  /** REST calls for one operation. */
  readonly calls: number;
  /** Share of the requests that got another status than 200, or no answer. */
  readonly refused: number;
  readonly residentMb: number;
}

export interface Timing {
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** The contestant runs on the first core; REST APIs and clients on the second. */
export const contestantCore = 0;
export const otherCore = 1;

const url = `http://127.0.0.1:${contestantPort}/graphql`;
/** Different operations; then they begin again. */
const turns = 400;
const checkedTurns = 6;

const answer = z.object({ data: z.looseObject({}), errors: z.never().optional() });

/** Starts a contestant on its core; resolves once it listens. */
export async function startContestant(contestant: Contestant, workFolder: string): Promise<PinnedProcess> {
  const { folder, environment } = contestant;
  const command = contestant.command();
  const logFile = path.join(workFolder, 'contestant.log');
  await expectFreePort(contestantPort);
  const program = startPinned({ command, folder, environment, core: contestantCore, logFile });
  await waitForPort(contestantPort);
  return program;
}

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
  await checkAnswers(name, scenario, bodies, workFolder);
  const load = { url, bodiesFile, clients: scenario.clients, core: otherCore };
  await runLoad({ ...load, seconds: warmUpSeconds });
  const cpuBefore = program.cpuMicros();
  const result = await runLoad({ ...load, seconds });
  const cpuMicros = program.cpuMicros() - cpuBefore;
  const served = result.requests - result.failed;
  if (served === 0) throw new Error(`${name}: none of ${result.requests} requests was answered`);
  await upstream.becomeQuiet();
  await checkAnswers(name, scenario, bodies, workFolder);
  return {
    perSecond: served / result.seconds,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cpuMicros: cpuMicros / served,
    calls: (await upstream.takeCallCount()) / checkedTurns,
    refused: result.failed / result.requests,
    residentMb: program.residentMb(),
  };
}

/** Every answer must be free of errors, and have the name of every customer that was asked for. */
async function checkAnswers(
  name: string,
  scenario: Scenario,
  bodies: readonly string[],
  workFolder: string,
): Promise<void> {
  for (const [turn, body] of bodies.slice(0, checkedTurns).entries()) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const text = await response.text();
    const ids = scenario.idsAt(turn);
    const missing = ids.filter((id) => !text.includes(JSON.stringify(readName(workFolder, id))));
    if (!answer.safeParse(JSON.parse(text)).success || missing.length > 0)
      throw new Error(
        `${name}: an answer is not whole: ${missing.length} of ${ids.length} customers are missing in ${text.slice(0, 500)}`,
      );
  }
}
