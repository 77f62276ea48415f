import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { runMany } from '../support/load.ts';
import {
  startProductOn,
  startSandboxProcess,
  type ProductProcess,
  type SandboxProcess,
} from '../support/processes.ts';
import { providerNames as providers } from '../support/provider-names.ts';
import { sumStarvation, watchStarvation, type Starvation } from '../support/starvation.ts';
import { mixFaults } from '../resilience/support/fault-mixes.ts';

const requestTimeoutMs = 600;
const marginMs = 250;
const rounds = 20;
const operationsPerRound = 500;
const concurrency = 20;

/** Small ones for the most part: this machine is to wait for the sources, not for its processor. */
const operationsAsked = [
  ...providers.map((provider) => ({
    query: `query ($id: ID!) { customer(id: $id) { id name contacts { name } } }`,
    asked: [provider],
  })),
  { query: `query ($ids: [ID!]!) { customersByIds(ids: $ids) { id name } }`, asked: providers },
  { query: `{ customers(first: 3) { nodes { id name } completeness { status } } }`, asked: [] },
  ...providers.map((provider) => ({
    query: `query ($id: ID!) { customer(id: $id) { name addresses { city } } }`,
    asked: [provider],
  })),
  { query: `{ search(text: "harbour", first: 3) { nodes { id } completeness { status } } }`, asked: [] },
];

/** What every answer is, whatever went wrong behind it. */
const wellFormed = z.strictObject({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(
      z.looseObject({
        message: z.string().min(1),
        path: z.array(z.union([z.string(), z.number()])).optional(),
        extensions: z.looseObject({ code: z.string().regex(/^[A-Z_]+$/), requestId: z.uuid() }),
      }),
    )
    .min(1)
    .optional(),
});

const starvation = z.object({ fromMs: z.number(), toMs: z.number(), starvedMs: z.number() });

let sandbox: SandboxProcess;
let product: ProductProcess;

beforeEach(async () => {
  sandbox = await startSandboxProcess();
  const config = { sources: sandbox.sources, server: { requestTimeoutMs }, log: { level: 'silent' } };
  product = await startProductOn(config, 'test/support/processes/watched-product.ts');
});

afterEach(() => Promise.all([product.stop('SIGINT'), sandbox.stop()]));

interface Answer {
  /** Epoch ms. */
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
  /** After the time that the caller gave. */
  readonly lateMs: number;
  readonly codes: readonly string[];
}

describe('with faults of every kind', () => {
  it(`${rounds * operationsPerRound} operations are answered in time`, async () => {
    const client = new Agent({ connections: concurrency, pipelining: 1 });
    const clientStarved: Starvation[] = [];
    // The client shares its process with all tests before it, and is held up by their garbage.
    watchStarvation((each) => void clientStarved.push(each), { countsOwnWork: true });
    const answers: Answer[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      await Promise.all(
        providers.map((provider, index) => sandbox.setFaults(provider, mixFaults(10 * round + index, 0.04))),
      );
      await runMany(
        operationsPerRound,
        concurrency,
        async (index) => void answers.push(await operate(client, round, index)),
      );
      // The first round is for a process that has just started: it compiles its code.
      if (round === 0) answers.length = 0;
    }
    await client.close();
    const productStarved = readStarvation((await product.stop('SIGINT')).output);

    const late = answers
      .filter(({ lateMs }) => lateMs > marginMs)
      .map(({ lateMs, askedAtMs, answeredAtMs }) => ({
        lateMs: Math.round(lateMs),
        // What the machine kept client and product from running, and is not the product's doing.
        starvedMs: Math.round(
          sumStarvation(productStarved, askedAtMs, answeredAtMs) +
            sumStarvation(clientStarved, askedAtMs, answeredAtMs),
        ),
      }));
    expect(late.filter(({ lateMs, starvedMs }) => lateMs - starvedMs > marginMs)).toEqual([]);
    // The faults bit, and did not close the sources for all.
    const count = (code: string) => answers.filter(({ codes }) => codes.includes(code)).length;
    expect(answers).toHaveLength(rounds * operationsPerRound);
    expect(count('UPSTREAM_TIMEOUT')).toBeGreaterThan(answers.length / 200);
    expect(count('UPSTREAM_UNAVAILABLE')).toBeGreaterThan(answers.length / 200);
    expect(answers.filter(({ codes }) => codes.length === 0).length).toBeGreaterThan(answers.length / 50);
  }, 170_000);
});

function readStarvation(output: string): Starvation[] {
  return [...output.matchAll(/^starved (.*)$/gm)].map(([, text = '']) => starvation.parse(JSON.parse(text)));
}

/** Makes one operation; callers ask for different times, some for none, some for more than there is. */
async function operate(client: Agent, round: number, index: number): Promise<Answer> {
  const askedMs = [60, 90, undefined, 120, 60, 60_000, 150][index % 7];
  const timeMs = Math.min(askedMs ?? requestTimeoutMs, requestTimeoutMs);
  const { query = '', asked = [] } = operationsAsked[index % operationsAsked.length] ?? {};
  const ids = asked.map((provider) => `${provider}:${1 + ((round * operationsPerRound + index) % 500)}`);
  const askedAtMs = performance.timeOrigin + performance.now();
  const { body, headers } = await request(`${product.url}/graphql`, {
    dispatcher: client,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(askedMs === undefined ? {} : { 'x-request-timeout-ms': String(askedMs) }),
    },
    body: JSON.stringify({ query, variables: { id: ids[0], ids } }),
  });
  const text = await body.text();
  const answeredAtMs = performance.timeOrigin + performance.now();
  expect(headers['content-type']).toMatch(/json/);
  const { errors = [] } = wellFormed.parse(JSON.parse(text));
  return {
    askedAtMs,
    answeredAtMs,
    lateMs: answeredAtMs - askedAtMs - timeMs,
    codes: errors.map(({ extensions }) => extensions.code),
  };
}
