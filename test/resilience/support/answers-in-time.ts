import { expect } from '@jest/globals';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { runMany } from '../../support/load.ts';
import { startProductOn, startSandboxProcess, type ProductProcess } from '../../support/processes.ts';
import { providerNames as providers } from '../../support/provider-names.ts';
import { readStarvation, sumStarvation, watchStarvation, type Starvation } from '../../support/starvation.ts';
import { mixFaults } from './fault-mixes.ts';

const requestTimeoutMs = 600;
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

/** An answer to one operation. */
export interface Answer {
  /** After the time that the caller gave. */
  readonly lateMs: number;
  /** How long the machine kept client and product from running meanwhile, which is not the product's doing. */
  readonly starvedMs: number;
  readonly codes: readonly string[];
}

interface TimedAnswer extends Omit<Answer, 'starvedMs'> {
  /** Epoch ms. */
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
}

/**
 * Asks the product, with faults of every kind at its sources; other ones in each round. Expects every answer to be
 * well formed. What is answered in a round before the first is left out: a process that has just started compiles its code.
 */
export async function askUnderFaults(rounds: number, operationsPerRound: number): Promise<Answer[]> {
  const sandbox = await startSandboxProcess();
  const config = { sources: sandbox.sources, server: { requestTimeoutMs }, log: { level: 'silent' } };
  const product = await startProductOn(config, 'test/support/processes/watched-product.ts');
  const client = new Agent({ connections: concurrency, pipelining: 1 });
  const clientStarved: Starvation[] = [];
  // The client shares its process with all tests before it, and is held up by their garbage.
  watchStarvation((each) => void clientStarved.push(each), { countsOwnWork: true });
  const answers: TimedAnswer[] = [];
  try {
    for (let round = 0; round <= rounds; round += 1) {
      await Promise.all(
        providers.map((provider, index) => sandbox.setFaults(provider, mixFaults(10 * round + index, 0.04))),
      );
      await runMany(operationsPerRound, concurrency, async (index) => {
        const answer = await operate(client, product, round * operationsPerRound + index);
        if (round > 0) answers.push(answer);
      });
    }
    const productStarved = readStarvation((await product.stop('SIGINT')).output);
    return answers.map(({ askedAtMs, answeredAtMs, ...answer }) => ({
      ...answer,
      starvedMs:
        sumStarvation(productStarved, askedAtMs, answeredAtMs) +
        sumStarvation(clientStarved, askedAtMs, answeredAtMs),
    }));
  } finally {
    await Promise.all([client.close(), product.stop('SIGINT'), sandbox.stop()]);
  }
}

/** Those that came too late by the product's doing. */
export function findLate(answers: readonly Answer[], marginMs: number): readonly Answer[] {
  return answers.filter(({ lateMs, starvedMs }) => lateMs - starvedMs > marginMs);
}

/** How many answers have an error with this code. */
export function countCode(answers: readonly Answer[], code: string): number {
  return answers.filter(({ codes }) => codes.includes(code)).length;
}

/** Makes one operation; callers ask for different times, some for none, some for more than there is. */
async function operate(client: Agent, product: ProductProcess, index: number): Promise<TimedAnswer> {
  const askedMs = [60, 90, undefined, 120, 60, 60_000, 150][index % 7];
  const timeMs = Math.min(askedMs ?? requestTimeoutMs, requestTimeoutMs);
  const { query = '', asked = [] } = operationsAsked[index % operationsAsked.length] ?? {};
  const ids = asked.map((provider) => `${provider}:${1 + (index % 500)}`);
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
