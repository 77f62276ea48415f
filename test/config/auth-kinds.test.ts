import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/load-config.ts';
import { ConfigError } from '../../src/config/problems.ts';
import { providers } from '../../src/providers/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-auth-'));
const file = path.join(folder, 'customer-graph.yaml');

afterAll(() => rmSync(folder, { recursive: true }));

const secret = 'pa55-of-nobody';

/** What is wrong with a sign-in of a CRO source; nothing when it is accepted. */
function problemsOf(auth: string, more = ''): readonly string[] {
  writeFileSync(
    file,
    `auth: { mode: none }\n${more}\nsources:\n  a: { provider: cro, baseUrl: https://a.example.com, tenantId: 1, auth: ${auth} }\n`,
  );
  try {
    loadConfig(file, providers, { SECRET: secret });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (error.message.includes(secret)) return ['the message has the secret'];
    return error.problems.map(({ path: place, found, expected }) => `${place}: ${found} / ${expected}`);
  }
}

const endpoint = 'tokenUrl: https://id.example.com/token, clientId: me';

describe('authentication is accepted', () => {
  it.each([
    '{ type: apiKey, key: "${SECRET}", header: x-api-key }',
    '{ type: apiKey, key: "Token ${SECRET}", header: Authorization }',
    '{ type: apiKey, key: "${SECRET}", query: api_key }',
    '{ type: basic, username: me, password: "${SECRET}" }',
    '{ type: basic, username: "${SECRET}", password: "" }',
    `{ type: clientCredentials, ${endpoint}, clientSecret: "\${SECRET}" }`,
    `{ type: clientCredentials, ${endpoint}, clientSecret: "\${SECRET}", clientAuth: header, scope: read, audience: a }`,
  ])('as %s', (auth) => {
    expect(problemsOf(auth)).toEqual([]);
  });

  it('as client credentials that several sources share', () => {
    const shared = `credentials: { c: { type: clientCredentials, ${endpoint}, clientSecret: "\${SECRET}", proxy: none } }`;
    expect(problemsOf('{ type: shared, credential: c }', shared)).toEqual([]);
  });
});

describe('authentication is refused, without the secret', () => {
  const place = 'expected either header or query, which names where the key goes'.replace('expected ', '');

  it.each([
    [`{ type: apiKey, key: ${secret} }`, `sources.a.auth: a group of keys / ${place}`],
    [
      `{ type: apiKey, key: ${secret}, header: x-key, query: key }`,
      `sources.a.auth: a group of keys / ${place}`,
    ],
    ['{ type: apiKey, header: x-key }', 'sources.a.auth.key: nothing / a text'],
    [
      `{ type: apiKey, key: "${secret}\u00e9", header: x-key }`,
      'sources.a.auth.key: a text / only printable ASCII characters: there is a character beyond ASCII at position 15',
    ],
    [
      `{ type: apiKey, key: ${secret}, header: "x key" }`,
      'sources.a.auth.header: "x key" / the name of a header such as x-api-key',
    ],
    [
      `{ type: apiKey, key: ${secret}, header: Host }`,
      'sources.a.auth.header: "Host" / a header that has no meaning of its own',
    ],
    [
      `{ type: apiKey, key: ${secret}, header: X-Tenant-Id }`,
      'sources.a.auth.header: "X-Tenant-Id" / a header that nothing else is sent in',
    ],
    [
      `{ type: apiKey, key: ${secret}, query: "a=b" }`,
      'sources.a.auth.query: "a=b" / the name of a query parameter such as api_key',
    ],
    [`{ type: basic, username: me }`, 'sources.a.auth.password: nothing / a text'],
    [
      `{ type: basic, username: "me:you", password: ${secret} }`,
      'sources.a.auth.username: a text / a user name without ":"',
    ],
    [
      `{ type: clientCredentials, tokenUrl: http://id.example.com/token, clientId: me, clientSecret: ${secret} }`,
      'sources.a.auth.tokenUrl: "http://id.example.com/token" / https: plain http is for loopback hosts only, unless "allowPlainHttp: true" is set beside it',
    ],
    [
      `{ type: clientCredentials, ${endpoint}, clientSecret: ${secret}, clientAuth: form }`,
      'sources.a.auth.clientAuth: "form" / one of body, header',
    ],
    [
      `{ type: clientCredentials, ${endpoint}, clientSecret: ${secret}, refreshToken: ${secret} }`,
      'sources.a.auth.refreshToken: an unknown key / one of type, tokenUrl, clientId, clientSecret, clientAuth, scope, audience',
    ],
  ])('as %s', (auth, problem) => {
    expect(problemsOf(auth)).toEqual([problem]);
  });
});
