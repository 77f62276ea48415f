import { expect } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { answerEveryCustomer } from '../../graph/support/endless-apis.ts';
import { findFreePorts } from '../../support/free-port.ts';
import { startTestProduct, type TestProduct } from '../../support/product.ts';
import { providerNames as providers, type ProviderName } from '../../support/provider-names.ts';
import { startStubServer } from '../../support/recording-server.ts';
import { entryFor } from '../../support/sources.ts';

const deadlineMs = 3_000;
const script = fileURLToPath(new URL('./dying-api.mjs', import.meta.url));
const nameKeys = { elevate: 'customerName', sage200: 'name', cro: 'name' };

/**
 * Kills an API in the middle of its answer so many times; expects the customers of the others, in time, and nothing of it.
 *
 * @returns how long the slowest answer took, in ms
 */
export async function killRepeatedly(
  dying: ProviderName,
  transport: 'undici' | 'fetch',
  kills: number,
): Promise<number> {
  const stub = await startStubServer((url) => answerEveryCustomer(url));
  const port = await findFreePorts();
  const product = await startProduct(dying, transport, port, stub.url);
  let slowestMs = 0;
  try {
    for (let round = 0; round < kills; round += 1) {
      const child = await startDying(dying, port, round);
      try {
        const { actual, expected, durationMs } = await killInTheMiddle(product, dying, child);
        slowestMs = Math.max(slowestMs, durationMs);
        expect({ round, ...actual }).toEqual({ round, ...expected });
      } finally {
        child.kill('SIGKILL');
      }
    }
  } finally {
    await product.close();
    await stub.close();
  }
  return slowestMs;
}

function startProduct(
  dying: ProviderName,
  transport: 'undici' | 'fetch',
  port: number,
  othersUrl: string,
): Promise<TestProduct> {
  const urlOf = (provider: ProviderName) => (provider === dying ? `http://127.0.0.1:${port}` : othersUrl);
  // However often it dies, it is asked again.
  const settings = { breaker: { minCalls: 1_000 }, transport };
  const sources = {
    elevate: entryFor.elevate(urlOf('elevate'), settings),
    sage200: entryFor.sage200(urlOf('sage200'), settings),
    cro: entryFor.cro(`${urlOf('cro')}/cro`, settings),
  };
  return startTestProduct(sources, undefined, { server: { requestTimeoutMs: deadlineMs } });
}

/** Starts an API that will send a part of a customer; which part and how depends on the round. */
async function startDying(dying: ProviderName, port: number, round: number): Promise<ChildProcess> {
  const body = JSON.stringify({
    id: 1,
    [nameKeys[dying]]: `${dying} 1`,
    note: 'x'.repeat(round % 2 === 0 ? 100 : 100_000),
  });
  // From no byte to all of them.
  const sentBytes = Math.round((body.length * (round % 11)) / 10);
  const framing = round % 3 === 0 ? 'chunks' : 'length';
  const child = fork(script, [String(port), body, String(sentBytes), framing], { execArgv: [] });
  await once(child, 'message');
  return child;
}

async function killInTheMiddle(product: TestProduct, dying: ProviderName, child: ChildProcess) {
  const exited = once(child, 'exit');
  child.once('message', () => child.kill('SIGKILL'));
  const startMs = performance.now();
  const { data, errors } = await product.query(
    'query ($ids: [ID!]!) { customersByIds(ids: $ids) { id name } }',
    {
      variables: { ids: providers.map((provider) => `${provider}:1`) },
    },
  );
  const durationMs = performance.now() - startMs;
  // Had it not been asked it would not have died.
  const [, signal] = await exited;
  const customers = providers.map((provider) =>
    provider === dying ? null : { id: `${provider}:1`, name: `${provider} 1` },
  );
  return {
    durationMs,
    actual: {
      signal,
      customers: data['customersByIds'],
      errors: errors.map(({ path, extensions }) => ({
        path,
        code: extensions['code'],
        source: extensions['source'],
      })),
      isInTime: durationMs <= deadlineMs + 250,
    },
    expected: {
      signal: 'SIGKILL',
      customers,
      errors: [
        { path: ['customersByIds', providers.indexOf(dying)], code: 'UPSTREAM_UNAVAILABLE', source: dying },
      ],
      isInTime: true,
    },
  };
}
