import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startProductOn, type ProductProcess } from '../support/processes.ts';
import { askRaw } from '../support/raw-http.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { answerAnything } from '../server/support/answer-anything.ts';
import { findFault, hostileRequests, writeRequest } from '../server/support/hostile-requests.ts';

const longMs = 60_000;

let api: RecordingServer;
let product: ProductProcess;

beforeAll(async () => {
  api = await startStubServer(answerAnything);
  product = await startProductOn({
    sources: {
      elevate: entryFor.elevate(api.url),
      sage200: entryFor.sage200(api.url),
      cro: entryFor.cro(api.url),
    },
    server: { introspection: true },
    log: { level: 'error' },
  });
});

afterAll(() => api.close());

it('a minute of requests of every kind leads to no mistake of the server, no stack and no crash', async () => {
  const result = await fc.check(
    fc.asyncProperty(hostileRequests, async (request) => {
      expect(findFault(await askRaw(product.url, writeRequest(request)))).toBeUndefined();
    }),
    { numRuns: Infinity, interruptAfterTimeLimit: longMs },
  );
  // With the seed, to have it again.
  expect({ ...result, failed: result.failed && !result.interrupted }).toMatchObject({
    failed: false,
    counterexample: null,
  });
  expect(result.numRuns).toBeGreaterThan(500);
  expect(api.calls.length).toBeGreaterThan(10);
  const { exitCode, output, errorOutput } = await product.stop('SIGTERM');
  expect({ exitCode, errorOutput, log: output.split('\n').filter((line) => line.startsWith('{')) }).toEqual({
    exitCode: 0,
    errorOutput: '',
    log: [],
  });
});
