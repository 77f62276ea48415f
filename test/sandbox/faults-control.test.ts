import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { faultNames } from '../../src/sandbox/faults/catalogue.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { ask, readObject, readRows, type Answer } from './support/ask.ts';
import { apiNames, startTestedSandbox, type ApiName, type TestedApi } from './support/tested-sandbox.ts';
import { receive } from './support/wire.ts';

let sandbox: Sandbox;
let apis: Readonly<Record<ApiName, TestedApi>>;

beforeAll(async () => {
  ({ sandbox, apis } = await startTestedSandbox());
});

beforeEach(() => {
  for (const name of apiNames) apis[name].control.clear();
});

afterAll(async () => {
  await sandbox.close();
});

async function change(method: string, body: unknown): Promise<Answer> {
  const response = await fetch(`${apis.elevate.url}/__faults`, {
    method,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, statusText: '', headers: response.headers, text, body: JSON.parse(text) };
}

describe.each(apiNames)('/__faults of %s', (name) => {
  it('lists, replaces, adds and clears, without credentials and untouched by faults', async () => {
    const url = `${apis[name].url}/__faults`;
    const send = async (method: string, body?: string) => {
      const response = await fetch(url, { method, ...(body === undefined ? {} : { body }) });
      return { status: response.status, body: readObject(JSON.parse(await response.text())) };
    };
    const reset = { fault: { name: 'connection-reset' }, matched: 0, struck: 0 };
    const slow = { fault: { name: 'slow-headers', delayMs: 5, path: '/v1' }, matched: 0, struck: 0 };
    expect(await send('PUT', '[{"name":"connection-reset"}]')).toEqual({
      status: 200,
      body: { active: [reset] },
    });
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
    expect(readRows(catalogue['faults']).map(({ name }) => name)).toEqual(faultNames);
    for (const fault of readRows(catalogue['faults'])) expect(fault['description']).toMatch(/^[A-Z].*\.$/);
    expect(Object.keys(readObject(catalogue['optionsOfAll']))).toEqual([
      'path',
      'pattern',
      'probability',
      'count',
      'delayMs',
    ]);
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
    [[{ name: 'hang' }, { name: 'hung' }], '[1].name', '"hung"', `one of ${faultNames.join(', ')}`],
    [[{}], '[0].name', 'nothing', expect.stringContaining('connection-reset')],
    [[{ name: 'status' }], '[0].status', 'nothing', 'a whole number from 400 to 599'],
    [[{ name: 'status', status: 200 }], '[0].status', '200', 'a whole number from 400 to 599'],
    [[{ name: 'status', status: '503' }], '[0].status', '"503"', 'a whole number from 400 to 599'],
    [
      [{ name: 'status', status: 429, retryAfter: 'a\r\nb' }],
      '[0].retryAfter',
      '"a\\r\\nb"',
      expect.stringContaining('printable'),
    ],
    [[{ name: 'hang', probability: 1.5 }], '[0].probability', '1.5', 'a number from 0 to 1'],
    [[{ name: 'hang', count: 0 }], '[0].count', '0', 'a whole number of at least 1'],
    [[{ name: 'hang', path: 'v1' }], '[0].path', '"v1"', 'a path that begins with /'],
    [[{ name: 'hang', pattern: '(' }], '[0].pattern', '"("', 'a regular expression'],
    [[{ name: 'hang', pattern: 'a', path: '/a' }], '[0].pattern', 'a pattern beside path', 'one of the two'],
    [[{ name: 'hang', delayMs: -1 }], '[0].delayMs', '-1', 'a whole number from 0 to 600000'],
    [
      [{ name: 'hang', bytes: 5 }],
      '[0].bytes',
      'an option that hang does not take',
      'one of path, pattern, probability, count, delayMs',
    ],
    [[{ name: 'hang', color: 5 }], '[0].color', 'an option that hang does not take', expect.any(String)],
    [
      [{ name: 'null-fields', fields: 'name' }],
      '[0].fields',
      '"name"',
      expect.stringContaining('a list of field names'),
    ],
    [
      [{ name: 'wrong-type', type: 'text' }],
      '[0].type',
      '"text"',
      'one of string, number, boolean, list, object',
    ],
    [
      [{ name: 'redirect-other-origin', location: 'javascript:x' }],
      '[0].location',
      '"javascript:x"',
      'an http or https URL',
    ],
  ])('%j', async (body, at, found, expected) => {
    apis.elevate.control.set([{ name: 'etag' }]);
    const answer = await change('PUT', body);
    expect(answer).toMatchObject({ status: 400, body: { problems: [{ at, found, expected }] } });
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
