import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { answerAnything } from '../server/support/answer-anything.ts';
import { findFault } from '../server/support/hostile-requests.ts';
import { startProductOn, type ProductProcess } from '../support/processes.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { readStarvation, sumStarvation, watchStarvation, type Starvation } from '../support/starvation.ts';
import { createBombs } from '../server/support/bombs.ts';

const bombs = createBombs(500, 20_260_101);
/** After so many the process has the size that it works with. */
const warmUp = 50;
const mostHeldMs = 250;
const mostAnswerMs = 1_000;
const mostGrowthBytes = 100_000_000;

let api: RecordingServer;
let product: ProductProcess;

beforeAll(async () => {
  api = await startStubServer(answerAnything);
  product = await startProductOn(
    {
      sources: {
        elevate: entryFor.elevate(api.url),
        sage200: entryFor.sage200(api.url),
        cro: entryFor.cro(api.url),
      },
      server: { introspection: true },
      log: { level: 'error' },
    },
    'test/support/processes/measured-product.ts',
  );
});

afterAll(() => api.close());

interface Answer {
  readonly status: number;
  readonly body: string;
  /** Epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
}

async function ask(query: string): Promise<Answer> {
  const fromMs = Date.now();
  const response = await fetch(`${product.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, body: await response.text(), fromMs, toMs: Date.now() };
}

/** Memory of the product's process, in bytes. */
async function readMemory(): Promise<number> {
  const text = await (await fetch(`${product.url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
}

it('500 documents that are made to cost as much as they can cost little', async () => {
  const own: Starvation[] = [];
  watchStarvation((starvation) => own.push(starvation), { countsOwnWork: true });
  const answers: (Answer & { readonly shape: string })[] = [];
  const memory: number[] = [];
  for (const [index, { shape, query }] of bombs.entries()) {
    answers.push({ shape, ...(await ask(query)) });
    if (index >= warmUp && index % 10 === 0) memory.push(await readMemory());
  }
  expect(answers.filter((answer) => findFault(answer) !== undefined)).toEqual([]);
  const [first = 0, ...later] = memory;
  expect(Math.max(...later) - first).toBeLessThan(mostGrowthBytes);
  expect((await ask(getIntrospectionQuery())).status).toBe(200);

  const { exitCode, output, errorOutput } = await product.stop('SIGTERM');
  expect({ exitCode, errorOutput }).toEqual({ exitCode: 0, errorOutput: '' });
  const held = [...output.matchAll(/^held (\d+)$/gm)].map(([, ms]) => Number(ms));
  expect(held.filter((ms) => ms > mostHeldMs)).toEqual([]);
  const starved = [...own, ...readStarvation(output)];
  const slow = answers.filter(
    ({ fromMs, toMs }) => toMs - fromMs - sumStarvation(starved, fromMs, toMs) > mostAnswerMs,
  );
  expect(slow.map(({ shape, fromMs, toMs }) => ({ shape, tookMs: toMs - fromMs }))).toEqual([]);
});
