import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { answerEveryCustomer } from '../graph/support/endless-apis.ts';
import { findFreePorts } from '../support/free-port.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { providerNames as providers, type ProviderName } from '../support/provider-names.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';

/** A hundred kills, and some more for the second transport. */
const rounds = [
  { dying: 'elevate', transport: 'undici', kills: 34 },
  { dying: 'sage200', transport: 'undici', kills: 33 },
  { dying: 'cro', transport: 'undici', kills: 33 },
  // As many as it takes for each part of a body to be sent once.
  { dying: 'elevate', transport: 'fetch', kills: 11 },
] as const;
const deadlineMs = 3_000;
const script = fileURLToPath(new URL('../resilience/support/dying-api.mjs', import.meta.url));
const nameKeys = { elevate: 'customerName', sage200: 'name', cro: 'name' };

let stub: RecordingServer;
let slowestMs = 0;

beforeAll(async () => {
  stub = await startStubServer((url) => answerEveryCustomer(url));
});

afterAll(async () => {
  await stub.close();
  process.stdout.write(
    `killed in the middle of a body: the slowest answer took ${Math.round(slowestMs)} ms\n`,
  );
});

function startProduct(
  dying: ProviderName,
  transport: 'undici' | 'fetch',
  port: number,
): Promise<TestProduct> {
  const urlOf = (provider: ProviderName) => (provider === dying ? `http://127.0.0.1:${port}` : stub.url);
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
  slowestMs = Math.max(slowestMs, durationMs);
  const customers = providers.map((provider) =>
    provider === dying ? null : { id: `${provider}:1`, name: `${provider} 1` },
  );
  return {
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

describe.each(rounds)('$dying, called by $transport,', ({ dying, transport, kills }) => {
  it(`is killed in the middle of its answer ${kills} times: the others are there, in time, and nothing of it`, async () => {
    const port = await findFreePorts();
    const product = await startProduct(dying, transport, port);
    for (let round = 0; round < kills; round += 1) {
      const child = await startDying(dying, port, round);
      try {
        const { actual, expected } = await killInTheMiddle(product, dying, child);
        expect({ round, ...actual }).toEqual({ round, ...expected });
      } finally {
        child.kill('SIGKILL');
      }
    }
    await product.close();
  }, 60_000);
});
