import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createConfig, loadConfig, type Config } from '../../src/config/load-config.ts';
import { ConfigError } from '../../src/config/problems.ts';
import { providers } from '../../src/providers/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-config-'));
const file = path.join(folder, 'customer-graph.yaml');

afterAll(() => rmSync(folder, { recursive: true }));

const good = `
# All three providers
server: { port: 4100 }
auth:
  mode: jwt
  issuer: https://id.example.com/
  audience: customers
  jwksUrl: https://id.example.com/.well-known/jwks.json
sources:
  elevate:
    provider: elevate
    baseUrl: https://rest.example.com/v1
    auth: { type: bearer, token: "\${ELEVATE_TOKEN}" }
  sage-uk:
    provider: sage200
    baseUrl: https://\${SAGE_HOST}/uk/v1
    subscriptionKey: \${SAGE_KEY}
    company: \${SAGE_COMPANY}
    timeoutMs: 20000
    auth: { type: oauth2, tokenUrl: https://id.example.com/token, clientId: me, clientSecret: "\${SECRET}", refreshToken: first }
  cro:
    provider: cro
    baseUrl: http://127.0.0.1:4103
    tenantId: 42
    timeZone: America/Los_Angeles
    auth: { type: forward }
`;

const environment = {
  ELEVATE_TOKEN: '8765432100',
  SAGE_HOST: 'api.example.com',
  SAGE_KEY: '0123',
  SAGE_COMPANY: '7',
  SECRET: 'env-secret',
};

function load(text: string, environment: NodeJS.ProcessEnv = {}): Config {
  writeFileSync(file, text);
  return loadConfig(file, providers, environment);
}

function loadFailure(text: string, environment: NodeJS.ProcessEnv = {}): ConfigError {
  return catchFailure(() => load(text, environment));
}

function catchFailure(run: () => unknown): ConfigError {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

/** Problems as the message has them, without the folder. */
function linesOf({ message }: ConfigError): string[] {
  return message
    .split('\n')
    .slice(1)
    .map((line) => line.trim().replace(`${folder}/`, ''));
}

describe('a good configuration', () => {
  it('is read with its defaults', () => {
    const { server, auth, log, sources } = load(good, environment);
    expect({ server, log }).toMatchObject({
      server: { host: '127.0.0.1', port: 4_100 },
      log: { level: 'info' },
    });
    expect(auth).toMatchObject({ mode: 'jwt', audience: 'customers' });
    expect(sources.map(({ name, provider }) => [name, provider.name])).toEqual([
      ['elevate', 'elevate'],
      ['sage-uk', 'sage200'],
      ['cro', 'cro'],
    ]);
  });

  it('takes values from the environment: whole texts, parts of texts, and numbers where numbers belong', () => {
    const [elevate, sage] = load(good, environment).sources;
    expect(sage?.settings).toMatchObject({
      baseUrl: 'https://api.example.com/uk/v1',
      company: 7,
      subscriptionKey: '0123',
    });
    // A token of digits is a text all the same.
    expect(elevate?.settings).toMatchObject({ auth: { token: '8765432100' } });
  });

  it('gives way to HOST and PORT', () => {
    expect(load(good, { ...environment, HOST: '0.0.0.0', PORT: '8080' }).server).toMatchObject({
      host: '0.0.0.0',
      port: 8_080,
    });
    expect(load(good, { ...environment, HOST: '', PORT: '' }).server).toMatchObject({
      host: '127.0.0.1',
      port: 4_100,
    });
  });

  it('is not needed: sources may be given', () => {
    expect(createConfig([], { PORT: '0' })).toMatchObject({
      server: { host: '127.0.0.1', port: 0 },
      auth: { mode: 'none' },
      log: { level: 'info' },
      sources: [],
    });
    expect(catchFailure(() => createConfig([], { PORT: '99999' })).message).toBe(
      'The environment has a mistake:\n  environment variable PORT: found "99999", expected a whole number from 0 to 65535',
    );
  });
});

describe('mistakes', () => {
  it('a refresh token would be lost where it cannot be stored', () => {
    const failure = loadFailure(`auth: { mode: none }
sources:
  sage-uk:
    provider: sage200
    baseUrl: https://api.example.com/v1
    subscriptionKey: key
    auth:
      type: oauth2
      tokenUrl: https://id.example.com/oauth/token
      clientId: id
      clientSecret: secret
      refreshToken: token
      tokenFile: /nowhere/at/all/token
`);
    expect(failure.message).toContain(
      'customer-graph.yaml:13 sources.sage-uk.auth.tokenFile: found "/nowhere/at/all/token", expected a file in a directory that exists and can be written to',
    );
  });

  it('are told all at once, each with its place, what was found and what was expected', () => {
    const failure = loadFailure(
      `server: { hots: x, port: 70000 }
sources:
  Elevate:
    provider: elevate
    baseUrl: http://rest.example.com/v1
    auth: { type: bearer, token: literal-token }
  sage-uk:
    provider: sage200
    baseUrl: https://me:url-password@api.example.com/v1
    subscriptionKey: "\${SAGE_KEY}"
    company: one
    timeoutMS: 5000
    auth: { type: digest, password: literal-password }
  other:
    provider: sage
  cro:
    provider: cro
    baseUrl: https://\${CRO_HOST}
    tenantId: \${TENANT}
    timeZone: Mars/Olympus
    auth: literal-credentials
    maxConcurrency: 1.5
`,
      { CRO_HOST: 'env value', TENANT: 'env-tenant' },
    );
    const expectedAt = (place: string) => failure.problems.find(({ path }) => path === place)?.expected ?? '';
    const sageKeys = expectedAt('sources.sage-uk.timeoutMS');
    const serverKeys = expectedAt('server.hots');
    expect(serverKeys).toMatch(/^one of host, port, .*; did you mean host\?$/);
    expect(sageKeys).toMatch(/^one of baseUrl, auth, .*, company; did you mean timeoutMs\?$/);
    expect(failure.message).toMatch(/ has 16 mistakes:\n/);
    expect(linesOf(failure)).toEqual([
      'customer-graph.yaml auth: found nothing, expected a group of keys, among them mode (none, jwt, trusted-header)',
      'customer-graph.yaml:1 server.port: found 70000, expected a whole number from 0 to 65535',
      `customer-graph.yaml:1 server.hots: found an unknown key, expected ${serverKeys}`,
      'customer-graph.yaml:3 sources.Elevate: found this name, expected a source name: lower-case letters, digits and "-", starting with a letter, at most 32 characters',
      'customer-graph.yaml:5 sources.Elevate.baseUrl: found "http://rest.example.com/v1", expected https: plain http is for loopback hosts only, unless "allowPlainHttp: true" is set beside it',
      'customer-graph.yaml:9 sources.sage-uk.baseUrl: found "https://…@api.example.com/v1", expected a URL without user name and password',
      'customer-graph.yaml:10 sources.sage-uk.subscriptionKey: found ${SAGE_KEY}, which is not set, expected a variable of the environment',
      'customer-graph.yaml:11 sources.sage-uk.company: found "one", expected a whole number of at least 0',
      `customer-graph.yaml:12 sources.sage-uk.timeoutMS: found an unknown key, expected ${sageKeys}`,
      'customer-graph.yaml:13 sources.sage-uk.auth.type: found "digest", expected one of bearer, apiKey, basic, clientCredentials, oauth2, forward, shared',
      `customer-graph.yaml:15 sources.other.provider: found "sage", expected one of ${Object.keys(providers).join(', ')}; did you mean sage200?`,
      'customer-graph.yaml:18 sources.cro.baseUrl: found the value of ${CRO_HOST}, expected an http or https URL',
      'customer-graph.yaml:19 sources.cro.tenantId: found the value of ${TENANT}, expected a whole number of at least 1',
      'customer-graph.yaml:20 sources.cro.timeZone: found "Mars/Olympus", expected an IANA time zone such as America/Los_Angeles',
      'customer-graph.yaml:21 sources.cro.auth: found a text, expected a group of keys, among them type (bearer, apiKey, basic, clientCredentials, oauth2, forward, shared)',
      'customer-graph.yaml:22 sources.cro.maxConcurrency: found 1.5, expected a whole number from 1 to 1000',
    ]);
    expect(failure.message).not.toMatch(/literal-|url-password|env value|env-tenant/);
  });

  it('tell the new names of keys that had others, and what they are counted in', () => {
    const source = '{ provider: elevate, baseUrl: https://rest.example.com, auth: { type: bearer, token: t }';
    const failure = loadFailure(
      `auth: { mode: none }\nsources:\n  a: ${source}, breaker: { windowSeconds: 10, openSeconds: 5 }, quota: { calls: 9, perSeconds: 60 } }\n`,
    );
    expect(failure.problems.map(({ path: at, found, expected }) => `${at}: ${found}, ${expected}`)).toEqual(
      expect.arrayContaining([
        'sources.a.breaker.windowSeconds: an unknown key, windowMs (milliseconds), its new name',
        'sources.a.breaker.openSeconds: an unknown key, openMs (milliseconds), its new name',
        'sources.a.quota.perSeconds: an unknown key, perMs (milliseconds), its new name',
      ]),
    );
  });

  it.each([
    ['a token', 'auth: { type: bearer, token: 12345678 }', '12345678', 'sources.a.auth.token'],
    ['an empty secret', 'auth: { type: bearer, token: "" }', '""', 'sources.a.auth.token'],
    [
      'a secret as the wrong kind of value',
      'auth: { type: bearer, token: [hidden] }',
      'hidden',
      'sources.a.auth.token',
    ],
    ['credentials in place of a group', 'auth: Bearer hidden', 'hidden', 'sources.a.auth'],
    ['a source that is only a text', '', 'hidden', 'sources.a'],
    ['a password with a slash', 'baseUrl: "https://me:hid/den@api.example.com"', 'hid', 'sources.a.baseUrl'],
    ['a key in a query', 'baseUrl: https://api.example.com/?key=hidden', 'hidden', 'sources.a.baseUrl'],
    [
      'a password in a URL of oauth2',
      'auth: { type: oauth2, tokenUrl: "https://me:hidden@id.example.com" }',
      'hidden',
      'sources.a.auth.tokenUrl',
    ],
    ['an unknown key', 'apiKey: hidden', 'hidden', 'sources.a.apiKey'],
    ['the value of a variable', 'baseUrl: https://x-${HIDDEN}', 'variable value', 'sources.a.baseUrl'],
    ['the value of a variable as a provider', 'provider: ${HIDDEN}', 'variable value', 'sources.a.provider'],
  ])('never show %s', (_what, line, secret, place) => {
    const lines =
      line === ''
        ? '  a: hidden'
        : `  a:\n${line.startsWith('provider') ? '' : '    provider: elevate\n'}    ${line}`;
    const failure = loadFailure(`auth: { mode: none }\nsources:\n${lines}\n`, { HIDDEN: 'variable value' });
    expect(failure.problems.map(({ path: at }) => at)).toContain(place);
    expect(failure.message).not.toContain(secret);
  });

  it('in variables are told by the name of the variable', () => {
    const lines = linesOf(
      loadFailure(good, { ...environment, SAGE_KEY: '', SECRET: undefined, PORT: 'web' }),
    );
    expect(lines).toEqual([
      'customer-graph.yaml environment variable PORT: found "web", expected a whole number from 0 to 65535',
      'customer-graph.yaml:17 sources.sage-uk.subscriptionKey: found ${SAGE_KEY}, which is empty, expected a variable of the environment',
      'customer-graph.yaml:20 sources.sage-uk.auth.clientSecret: found ${SECRET}, which is not set, expected a variable of the environment',
    ]);
    expect(linesOf(loadFailure(good.replace('${SAGE_HOST}', '${SAGE-HOST}'), environment))).toEqual([
      'customer-graph.yaml:16 sources.sage-uk.baseUrl: found a "${" that begins no variable, expected ${NAME}, a name of letters, digits and "_"',
    ]);
  });
});

it('a missing variable in a list is told at its place, and once', () => {
  const text =
    'auth: { mode: none }\nsources:\n  a:\n    provider: elevate\n    auth:\n      - type: bearer\n      - "${NOT_SET}"\n';
  const places = loadFailure(text).problems.map(({ line, path: at }) => [line, at]);
  expect(places).toContainEqual([7, 'sources.a.auth.1']);
  expect(new Set(places.map(String)).size).toBe(places.length);
});

describe('a file that cannot be read', () => {
  it.each([
    ['missing', undefined, ['customer-graph.yaml: found no such file, expected a YAML file']],
    [
      'empty',
      '',
      [
        'customer-graph.yaml auth: found nothing, expected a group of keys, among them mode (none, jwt, trusted-header)',
        'customer-graph.yaml sources: found nothing, expected a group of keys',
      ],
    ],
    ['a text', 'hello', ['customer-graph.yaml:1: found a text, expected a group of keys']],
    ['a list', '- a', ['customer-graph.yaml: found a list, expected a group of keys']],
    [
      'broken',
      'sources:\n  a:\n    provider: elevate\n   baseUrl: x\n',
      [
        'customer-graph.yaml:4: found a line that is indented in another way than those it belongs to, expected the same indentation',
      ],
    ],
    [
      'with a key twice',
      'sources: {}\nsources: {}\n',
      ['customer-graph.yaml:2: found a key that stands there already, expected each key once'],
    ],
    [
      'with a variable that closes its group',
      'sources:\n  a:\n    auth: { type: bearer, token: ${TOKEN} }\n',
      [
        'customer-graph.yaml:3: found what is not YAML (unexpected token), expected quotes around variables within braces: { token: "${TOKEN}" }',
      ],
    ],
    [
      'with an alias to nowhere',
      'sources: *a',
      ['customer-graph.yaml: found an alias (*) that leads nowhere or too far, expected the value itself'],
    ],
  ])('%s', (_what, text, lines) => {
    rmSync(file, { force: true });
    const failure =
      text === undefined ? catchFailure(() => loadConfig(file, providers, {})) : loadFailure(text);
    expect(linesOf(failure)).toEqual(lines);
  });
});
