import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FAULT_NAMES } from '../../src/sandbox/faults/catalogue.ts';
import { installFaults } from '../../src/sandbox/index.ts';
import type { Fault, Sandbox } from '../../src/sandbox/index.ts';
import { sandboxApi } from '../../src/sandbox/providers/sage200.ts';
import { createWorld } from '../../src/sandbox/world.ts';
import { ask, readObject, readRows } from './ask.ts';
import type { Answer } from './ask.ts';
import { API_NAMES, PATHS, startFaultySandbox } from './faulty-sandbox.ts';
import type { ApiName, FaultyApi } from './faulty-sandbox.ts';
import { receive } from './wire.ts';

let sandbox: Sandbox;
let apis: Readonly<Record<ApiName, FaultyApi>>;

beforeAll(async () => {
  ({ sandbox, apis } = await startFaultySandbox());
});

beforeEach(() => {
  for (const name of API_NAMES) apis[name].control.clear();
});

afterAll(async () => {
  await sandbox.close();
});

async function change(method: string, body: unknown): Promise<Answer> {
  const response = await fetch(`${apis.elevate.url}/__faults`, { method, body: typeof body === 'string' ? body : JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, statusText: '', headers: response.headers, text, body: JSON.parse(text) };
}

/** The statuses of so many requests, one after the other. */
async function askOften(api: FaultyApi, times: number, path: string = PATHS.elevate.record): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < times; index += 1) statuses.push((await receive(api.url + path, api.headers)).status);
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
      const app = sandboxApi.createApp(createWorld(1));
      const control = installFaults(app, { seed });
      control.set([{ name: 'status', status: 503, probability: 0.5 }]);
      const url = await app.listen({ host: '127.0.0.1', port: 0 });
      const statuses: number[] = [];
      for (let index = 0; index < 40; index += 1) statuses.push((await receive(url)).status);
      await app.close();
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
      await Promise.all(Array.from({ length: 5 }, () => receive(`${apis.elevate.url}${PATHS.elevate.list}`, apis.elevate.headers))),
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
    const paths = ['/v1/customers/1', '/v1/customers/12', '/v1/customers?page=1&pageSize=6', '/v1/billing-cycles/1'];
    expect((await Promise.all(paths.map((path) => askOften(apis.elevate, 1, path)))).flat()).toEqual(statuses);
  });

  it('is only who asks this API', async () => {
    apis.cro.control.set([{ name: 'status', status: 503 }]);
    expect(await askOften(apis.elevate, 1)).toEqual([200]);
    expect(await askOften(apis.cro, 1, PATHS.cro.record)).toEqual([503]);
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
    const app = sandboxApi.createApp(createWorld(1));
    installFaults(app, { seed: 1 }).set([{ name: 'hang' }]);
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const hanging = receive(url).catch((error: unknown) => error);
    await new Promise((resolve) => void setTimeout(resolve, 50));
    await app.close();
    expect(await hanging).toBeInstanceOf(Error);
  });

  it('takes a request with a body once, though its answer gets lost', async () => {
    const app = sandboxApi.createApp(createWorld(1));
    const control = installFaults(app, { seed: 1 });
    control.set([{ name: 'truncated-json', count: 1 }, { name: 'rows-missing' }]);
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const refresh = async (token: string) => {
      const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'a', client_secret: 'b', refresh_token: token });
      const response = await fetch(`${url}/oauth/token`, { method: 'POST', body: form });
      return { status: response.status, text: await response.text() };
    };
    const lost = await refresh('sandbox-refresh-1');
    expect(() => JSON.parse(lost.text)).toThrow();
    expect(await refresh('sandbox-refresh-1')).toMatchObject({ status: 400 });
    expect(await refresh('sandbox-refresh-2')).toMatchObject({ status: 200, text: expect.stringContaining('sandbox-refresh-3') });
    app.server.closeAllConnections();
    await app.close();
  });
});

describe.each(API_NAMES)('/__faults of %s', (name) => {
  it('lists, replaces, adds and clears, without credentials and untouched by faults', async () => {
    const url = `${apis[name].url}/__faults`;
    const send = async (method: string, body?: string) => {
      const response = await fetch(url, { method, ...(body === undefined ? {} : { body }) });
      return { status: response.status, body: readObject(await response.json()) };
    };
    const reset = { fault: { name: 'connection-reset' }, matched: 0, struck: 0 };
    const slow = { fault: { name: 'slow-headers', delayMs: 5, path: '/v1' }, matched: 0, struck: 0 };
    expect(await send('PUT', '[{"name":"connection-reset"}]')).toEqual({ status: 200, body: { active: [reset] } });
    expect(await send('POST', '{"name":"slow-headers","delayMs":5,"path":"/v1"}')).toEqual({
      status: 201,
      body: { active: [reset, slow] },
    });
    expect(await send('GET')).toMatchObject({ status: 200, body: { active: [reset, slow] } });
    expect(apis[name].control.list()).toEqual([reset, slow]);
    await expect(receive(apis[name].url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await send('DELETE')).toEqual({ status: 200, body: { active: [] } });
    expect((await receive(apis[name].url)).status).toBe(200);
    expect((await send('PATCH')).status).toBe(405);
  });
});

describe('the catalogue', () => {
  it('tells every fault, its options, and what cannot be had', async () => {
    const { body } = await ask(`${apis.elevate.url}/__faults`);
    const catalogue = readObject(readObject(body)['catalogue']);
    expect(readRows(catalogue['faults']).map(({ name }) => name)).toEqual(FAULT_NAMES);
    for (const fault of readRows(catalogue['faults'])) expect(fault['description']).toMatch(/^[A-Z].*\.$/);
    expect(Object.keys(readObject(catalogue['optionsOfAll']))).toEqual(['path', 'pattern', 'probability', 'count', 'delayMs']);
    expect(catalogue['outside']).toMatch(/refuse.*DNS.*TLS/);
    expect(readRows(catalogue['faults']).find(({ name }) => name === 'status')).toMatchObject({
      required: ['status'],
      options: { status: { expected: 'a whole number from 400 to 599' } },
    });
  });
});

describe('what is no fault', () => {
  it.each([
    ['', '', 'an empty body', 'JSON'],
    ['[{', '', 'a body that is not JSON', 'JSON'],
    [{ name: 'hang' }, '', '{"name":"hang"}', 'a list of faults'],
    [['hang'], '[0]', '"hang"', 'a fault such as {"name":"status","status":503}'],
    [[{ name: 'hang' }, { name: 'hung' }], '[1].name', '"hung"', expect.stringContaining('slow-headers, slow-body')],
    [[{}], '[0].name', 'nothing', expect.stringContaining('connection-reset')],
    [[{ name: 'status' }], '[0].status', 'nothing', 'a whole number from 400 to 599'],
    [[{ name: 'status', status: 200 }], '[0].status', '200', 'a whole number from 400 to 599'],
    [[{ name: 'status', status: '503' }], '[0].status', '"503"', 'a whole number from 400 to 599'],
    [[{ name: 'status', status: 429, retryAfter: 'a\r\nb' }], '[0].retryAfter', '"a\\r\\nb"', expect.stringContaining('printable')],
    [[{ name: 'hang', probability: 1.5 }], '[0].probability', '1.5', 'a number from 0 to 1'],
    [[{ name: 'hang', count: 0 }], '[0].count', '0', 'a whole number of at least 1'],
    [[{ name: 'hang', path: 'v1' }], '[0].path', '"v1"', 'a path that begins with /'],
    [[{ name: 'hang', pattern: '(' }], '[0].pattern', '"("', 'a regular expression'],
    [[{ name: 'hang', pattern: 'a', path: '/a' }], '[0].pattern', 'a pattern beside path', 'one of the two'],
    [[{ name: 'hang', delayMs: -1 }], '[0].delayMs', '-1', 'a whole number from 0 to 600000'],
    [[{ name: 'hang', bytes: 5 }], '[0].bytes', 'an option that hang does not take', 'one of path, pattern, probability, count, delayMs'],
    [[{ name: 'hang', color: 5 }], '[0].color', 'an option that hang does not take', expect.any(String)],
    [[{ name: 'null-fields', fields: 'name' }], '[0].fields', '"name"', expect.stringContaining('a list of field names')],
    [[{ name: 'wrong-type', type: 'text' }], '[0].type', '"text"', 'one of string, number, boolean, list, object'],
    [[{ name: 'redirect-other-origin', location: 'javascript:x' }], '[0].location', '"javascript:x"', 'an http or https URL'],
  ])('%j', async (body, at, found, expected) => {
    apis.elevate.control.set([{ name: 'etag' }]);
    const answer = await change('PUT', body);
    expect(answer).toMatchObject({ status: 400, body: { problems: [{ at, found, expected }], knownFaults: FAULT_NAMES } });
    expect(apis.elevate.control.list()).toMatchObject([{ fault: { name: 'etag' } }]);
  });

  it('is told of a single one as well, every mistake at once', async () => {
    const { status, body } = await change('POST', { name: 'status', status: 1, count: 'x' });
    expect(status).toBe(400);
    expect(readRows(readObject(body)['problems']).map(({ at }) => at)).toEqual(['count', 'status']);
  });

  it('is told within the process', () => {
    expect(() => apis.elevate.control.set([{ name: 'hang', count: 0.5 }])).toThrow(
      'These are no faults:\n  [0].count: found 0.5, expected a whole number of at least 1',
    );
  });
});

describe('docs/sandbox-faults.md', () => {
  it('tells every fault and no other', async () => {
    const text = await readFile(new URL('../../docs/sandbox-faults.md', import.meta.url), 'utf8');
    const rows = [...text.matchAll(/^\| `([a-z0-9-]+)` +\|/gm)].map(([, name]) => name);
    expect(rows.toSorted()).toEqual([...FAULT_NAMES].toSorted());
  });
});
