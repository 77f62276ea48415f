import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../../src/sandbox/faults/random.ts';
import { startProcess, type Ended } from '../../support/command-line.ts';
import { startStubServer } from '../../support/recording-server.ts';

export interface KillReport {
  readonly kills: number;
  /** Starts after a kill that had no working token. */
  readonly lost: number;
  /** Of them those after a kill that came when the answer had been sent for long. */
  readonly lostLate: number;
}

export interface KillOptions {
  readonly kills: number;
  /** Whether the endpoint takes the refresh token before the newest as well. */
  readonly hasGrace: boolean;
  /** From the moment when the endpoint has rotated to the kill, in ms; negative ones come before the answer is sent. */
  readonly delayMs: (random: () => number) => number;
  readonly seed: number;
}

/** The endpoint rotates first, and answers so much later. */
const answerAfterMs = 20;
/** Later than this the tokens have long arrived. */
const lateMs = 500;

/** Kills a process again and again while its tokens are rotated, and starts another from what it left. */
export async function killDuringRotations({
  kills,
  hasGrace,
  delayMs,
  seed,
}: KillOptions): Promise<KillReport> {
  const random = createRandom(seed, 'kills');
  const folder = await mkdtemp(path.join(tmpdir(), 'killed-rotation-'));
  const state = { issued: 0, good: ['refresh-0'], access: 'none', onRotation: () => {} };
  const endpoint = await startStubServer(async (_url, request) => {
    const token = new URLSearchParams(await readText(request)).get('refresh_token') ?? '';
    if (!state.good.includes(token)) return { status: 400, body: { error: 'invalid_grant' } };
    state.issued += 1;
    const refresh_token = `refresh-${state.issued}`;
    state.good = hasGrace ? [token, refresh_token] : [refresh_token];
    state.access = `access-${state.issued}`;
    const body = { access_token: state.access, token_type: 'Bearer', expires_in: 3_600, refresh_token };
    state.onRotation();
    await sleep(answerAfterMs);
    return { body };
  });
  const api = await startStubServer((_url, { headers }) =>
    headers.authorization === `Bearer ${state.access}` ? { body: 1 } : { status: 401 },
  );
  const settings = (refreshToken: string) => ({
    type: 'oauth2',
    tokenUrl: `${endpoint.url}/token`,
    clientId: 'client',
    clientSecret: 'secret',
    refreshToken,
    tokenFile: path.join(folder, 'token'),
  });
  let configured = 'refresh-0';
  const start = () =>
    startProcess(
      [
        '--import',
        'tsx',
        'test/support/processes/token-reader.ts',
        JSON.stringify(settings(configured)),
        api.url,
      ],
      process.cwd(),
    );

  /** Starts a process and kills it when it has asked for new tokens. @returns how long after that */
  async function killOne(): Promise<number> {
    state.access = 'none';
    const chosenMs = Math.max(0, delayMs(random));
    const child = start();
    const killed = new Promise<Ended>((resolve) => {
      state.onRotation = () => void sleep(chosenMs).then(() => resolve(child.stop('SIGKILL')));
    });
    await Promise.race([killed, child.ended]);
    await child.ended;
    state.onRotation = () => {};
    return chosenMs;
  }

  const report = { kills: 0, lost: 0, lostLate: 0 };
  try {
    for (; report.kills < kills; report.kills += 1) {
      const killedAfterMs = await killOne();
      state.access = 'none';
      const { output } = await start().ended;
      if (output.includes('\ntrue')) continue;
      report.lost += 1;
      if (killedAfterMs > answerAfterMs + lateMs) report.lostLate += 1;
      // A new sign-in.
      configured = `signed-in-${report.lost}`;
      state.good = [configured];
    }
  } finally {
    await endpoint.close();
    await api.close();
    await rm(folder, { recursive: true });
  }
  return report;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of request.setEncoding('utf8')) chunks.push(String(chunk));
  return chunks.join('');
}
