import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { fuzz } from './support/http-fuzz.ts';

let api: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  api = await startStubServer(() => ({ body: { id: 1, customerName: 'Harbour Ltd' } }));
  // Were a request taken for one under way for ever, the server could not be closed.
  const server = { graceMs: 600_000 };
  product = await startTestProduct({ elevate: entryFor.elevate(api.url) }, undefined, { server });
});

afterAll(async () => {
  await product.close();
  await api.close();
});

describe('whatever is sent as HTTP', () => {
  it.each([1, 2])('is answered in our form, and is no mistake of ours (seed %i)', async (seed) => {
    const { counts, failures } = await fuzz(product.url, 150, seed);
    expect(failures).toEqual([]);
    expect(product.logLines).toEqual([]);
    // Neither all refused at once nor all let through.
    for (const status of [200, 400, 404]) expect(counts[status] ?? 0).toBeGreaterThan(5);
    expect((await product.query('{ __typename }')).status).toBe(200);
  });
});
