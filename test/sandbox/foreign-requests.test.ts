import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { askRaw } from '../support/raw-http.ts';
import {
  apiNames,
  apiPaths,
  startTestedSandbox,
  type ApiName,
  type TestedApi,
} from './support/tested-sandbox.ts';

let sandbox: Sandbox;
let apis: Readonly<Record<ApiName, TestedApi>>;

beforeAll(async () => {
  ({ sandbox, apis } = await startTestedSandbox());
});

afterAll(() => sandbox.close());

const faults = '[{"name":"hang"}]';

/** What a browser adds to the requests of a page. */
const foreign: readonly [what: string, host: string, headers: string, status: number][] = [
  ['of another site', '', 'origin: https://evil.example.com\r\nsec-fetch-site: cross-site\r\n', 403],
  [
    'of another site, in a browser that says nothing of sites',
    '',
    'origin: https://evil.example.com\r\n',
    403,
  ],
  ['of another site, without its name', '', 'origin: null\r\n', 403],
  ['of another port of this machine', '', 'origin: http://127.0.0.1:9\r\nsec-fetch-site: same-site\r\n', 403],
  [
    'of another site, without an origin',
    '',
    'sec-fetch-site: cross-site\r\nsec-fetch-mode: no-cors\r\n',
    403,
  ],
  [
    'of a name that was made to resolve to this machine',
    'evil.example.com',
    'origin: http://evil.example.com\r\n',
    421,
  ],
  ['of such a name, in other words', 'localhost.evil.example.com:80', 'sec-fetch-site: same-origin\r\n', 421],
  ['of an address of the network', '192.0.2.7', '', 421],
];

function send(api: TestedApi, method: string, path: string, host: string, headers: string, body = '') {
  const own = new URL(api.url).host;
  const credentials = Object.entries(api.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = body === '' ? '' : `content-length: ${body.length}\r\n`;
  return askRaw(
    api.url,
    `${method} ${path} HTTP/1.1\r\nhost: ${host || own}\r\n${credentials.join('')}${headers}${length}\r\n${body}`,
  );
}

describe.each(apiNames)('a request to the API of %s', (name) => {
  it.each(foreign)(
    'from a page %s switches no faults and reads nothing',
    async (_what, host, headers, status) => {
      const api = apis[name];
      for (const [method, body] of [
        ['GET', ''],
        ['PUT', faults],
        ['POST', '{"name":"hang"}'],
        ['DELETE', ''],
        ['OPTIONS', ''],
      ] as const) {
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json'])
          expect(
            await send(api, method, '/__faults', host, `${headers}content-type: ${type}\r\n`, body),
          ).toMatchObject({ status, headers: { 'x-content-type-options': 'nosniff' } });
      }
      expect(api.control.list()).toEqual([]);
      for (const path of [apiPaths[name].record, '/', '/__faults/'])
        expect(await send(api, 'GET', path, host, headers)).toMatchObject({
          status,
          body: expect.stringMatching(/^\{"message":"The sandbox [^"]*"\}\n$/),
        });
    },
  );

  it('by a link is answered', async () => {
    const link = 'sec-fetch-site: cross-site\r\nsec-fetch-mode: navigate\r\n';
    expect(await send(apis[name], 'GET', '/', '', link)).toMatchObject({ status: 200 });
    expect(await send(apis[name], 'DELETE', '/__faults', '', link)).toMatchObject({ status: 403 });
  });

  it('of a page of its own sends what no form can', async () => {
    const api = apis[name];
    const own = `origin: ${new URL(api.url).origin}\r\nsec-fetch-site: same-origin\r\n`;
    const put = (type: string) =>
      send(api, 'PUT', '/__faults', '', `${own}content-type: ${type}\r\n`, faults);
    expect(await put('text/plain;charset=UTF-8')).toMatchObject({ status: 415 });
    expect(api.control.list()).toEqual([]);
    expect(await put('application/json; charset=utf-8')).toMatchObject({ status: 200 });
    expect(api.control.list()).toHaveLength(1);
    api.control.clear();
  });

  it.each(['localhost', 'LOCALHOST:1', '127.0.0.1', '[::1]:80', 'localhost.'])(
    'of a program that calls it %s is answered',
    async (host) => {
      const api = apis[name];
      expect(await send(api, 'GET', apiPaths[name].record, host, '')).toMatchObject({ status: 200 });
      const form = 'content-type: application/x-www-form-urlencoded\r\n';
      expect(await send(api, 'PUT', '/__faults', host, form, '[]')).toMatchObject({ status: 200 });
    },
  );
});
