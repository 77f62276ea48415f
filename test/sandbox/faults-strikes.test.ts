import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { installFaults, type Fault, type FaultControl, type Sandbox } from '../../src/sandbox/index.ts';
import { sandboxApi } from '../../src/sandbox/providers/sage200.ts';
import { createWorld } from '../../src/sandbox/world/index.ts';
import {
  apiNames,
  apiPaths,
  startTestedSandbox,
  type ApiName,
  type TestedApi,
} from './support/tested-sandbox.ts';
import { receive } from './support/wire.ts';

let sandbox: Sandbox;
const created: FastifyInstance[] = [];
let apis: Readonly<Record<ApiName, TestedApi>>;

beforeAll(async () => {
  ({ sandbox, apis } = await startTestedSandbox());
});

beforeEach(() => {
  for (const name of apiNames) apis[name].control.clear();
});

afterEach(async () => {
  for (const app of created.splice(0)) {
    app.server.closeAllConnections();
    await app.close();
  }
});

afterAll(async () => {
  await sandbox.close();
});

/** A simulated API of a test's own, not listening yet. */
function createFaultyApp(seed: number): { readonly app: FastifyInstance; readonly control: FaultControl } {
  const app = sandboxApi.createApp(createWorld(1));
  created.push(app);
  return { app, control: installFaults(app, { seed }) };
}

/** The statuses of so many requests, one after the other. */
async function askOften(
  api: TestedApi,
  times: number,
  path: string = apiPaths.elevate.record,
): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < times; index += 1)
    statuses.push((await receive(api.url + path, api.headers)).status);
  return statuses;
}

describe('who is struck', () => {
  it('is decided by the seed, and alike each time the faults are set', async () => {
    const fault: Fault = { name: 'status', status: 503, probability: 0.3 };
    const runs: number[][] = [];
    for (let run = 0; run < 2; run += 1) {
      apis.elevate.control.set([fault]);
      runs.push(await askOften(apis.elevate, 60));
    }
    expect(runs[1]).toEqual(runs[0]);
    const share = (runs[0] ?? []).filter((status) => status === 503).length / 60;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.45);
    expect(apis.elevate.control.list()).toEqual([{ fault, matched: 60, struck: Math.round(share * 60) }]);
  });

  it('differs from seed to seed', async () => {
    const runs = [1, 1, 2].map(async (seed) => {
      const { app, control } = createFaultyApp(seed);
      control.set([{ name: 'status', status: 503, probability: 0.5 }]);
      const url = await app.listen({ host: '127.0.0.1', port: 0 });
      const statuses: number[] = [];
      for (let index = 0; index < 40; index += 1) statuses.push((await receive(url)).status);
      return statuses;
    });
    const [first, again, other] = await Promise.all(runs);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it.each([
    [0, 0],
    [1, 5],
  ])('of probability %i: %i of 5', async (probability, struck) => {
    apis.elevate.control.set([{ name: 'status', status: 503, probability }]);
    expect((await askOften(apis.elevate, 5)).filter((status) => status === 503)).toHaveLength(struck);
  });

  it('is nobody after the count, which only matching requests use up', async () => {
    apis.elevate.control.set([
      { name: 'rows-missing', count: 1 },
      { name: 'status', status: 503, path: '/v1/customers', count: 2 },
    ]);
    expect(await askOften(apis.elevate, 1, '/v1/billing-cycles/1')).toEqual([200]);
    expect(await askOften(apis.elevate, 3)).toEqual([503, 503, 200]);
    expect(apis.elevate.control.list()).toMatchObject([{ matched: 0 }, { matched: 2, struck: 2 }]);
    expect(
      await Promise.all(
        Array.from({ length: 5 }, () =>
          receive(`${apis.elevate.url}${apiPaths.elevate.list}`, apis.elevate.headers),
        ),
      ),
    ).toHaveLength(5);
    expect(apis.elevate.control.list()).toMatchObject([{ matched: 1, struck: 1 }, {}]);
  });

  it.each([
    [{ path: '/v1/customers' }, [503, 503, 503, 200]],
    [{ path: '/v1/customers/' }, [503, 503, 200, 200]],
    [{ path: '/v1/customers/1' }, [503, 200, 200, 200]],
    [{ path: '/v1/custom' }, [200, 200, 200, 200]],
    [{ path: '/' }, [503, 503, 503, 503]],
    [{ pattern: 'customers\\?.*pageSize=6' }, [200, 200, 503, 200]],
    [{ pattern: '/1\\d?$' }, [503, 503, 200, 503]],
    [{}, [503, 503, 503, 503]],
  ])('is in %j', async (where, statuses) => {
    apis.elevate.control.set([{ name: 'status', status: 503, ...where }]);
    const paths = [
      '/v1/customers/1',
      '/v1/customers/12',
      '/v1/customers?page=1&pageSize=6',
      '/v1/billing-cycles/1',
    ];
    expect((await Promise.all(paths.map((path) => askOften(apis.elevate, 1, path)))).flat()).toEqual(
      statuses,
    );
  });

  it('is only who asks this API', async () => {
    apis.cro.control.set([{ name: 'status', status: 503 }]);
    expect(await askOften(apis.elevate, 1)).toEqual([200]);
    expect(await askOften(apis.cro, 1, apiPaths.cro.record)).toEqual([503]);
  });

  it('may wait before it', async () => {
    apis.elevate.control.set([{ name: 'status', status: 503, delayMs: 200 }]);
    const startedAt = performance.now();
    expect(await askOften(apis.elevate, 1)).toEqual([503]);
    expect(performance.now() - startedAt).toBeGreaterThan(190);
  });
});

describe('an app with faults', () => {
  it('closes while a request hangs', async () => {
    const { app, control } = createFaultyApp(1);
    control.set([{ name: 'hang' }]);
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const hanging = receive(url).catch((error: unknown) => error);
    await new Promise((resolve) => void setTimeout(resolve, 50));
    await app.close();
    expect(await hanging).toMatchObject({ code: 'ECONNRESET' });
  });

  it('takes a request with a body once, though its answer gets lost', async () => {
    const { app, control } = createFaultyApp(1);
    control.set([{ name: 'truncated-json', count: 1 }, { name: 'rows-missing' }]);
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const refresh = async (token: string) => {
      const form = new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: 'a',
        client_secret: 'b',
        refresh_token: token,
      });
      const response = await fetch(`${url}/oauth/token`, { method: 'POST', body: form });
      return { status: response.status, text: await response.text() };
    };
    const lost = await refresh('sandbox-refresh-1');
    expect(() => JSON.parse(lost.text)).toThrow();
    expect(await refresh('sandbox-refresh-1')).toMatchObject({ status: 400 });
    expect(await refresh('sandbox-refresh-2')).toMatchObject({
      status: 200,
      text: expect.stringContaining('sandbox-refresh-3'),
    });
  });
});
