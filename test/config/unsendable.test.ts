import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { loadConfig, type Config } from '../../src/config/load-config.ts';
import { ConfigError } from '../../src/config/problems.ts';
import { providers } from '../../src/providers/index.ts';
import { runProduct } from '../support/command-line.ts';
import { startTestProduct } from '../support/product.ts';
import { startStubServer } from '../support/recording-server.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-unsendable-'));
const file = path.join(folder, 'customer-graph.yaml');

afterAll(() => rmSync(folder, { recursive: true }));

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** Each setting that goes into a header, a URL or a form, as a variable; all that are required are here. */
const text = `
auth: { mode: jwt, issuer: "\${ISSUER}", audience: "\${AUDIENCE}", jwksUrl: "\${JWKS_URL}" }
sources:
  elevate:
    provider: elevate
    baseUrl: "\${BASE_URL}"
    auth: { type: bearer, token: "\${TOKEN}" }
  sage:
    provider: sage200
    baseUrl: https://api.example.com
    subscriptionKey: "\${KEY}"
    site: "\${SITE}"
    company: "\${COMPANY}"
    auth:
      type: oauth2
      tokenUrl: "\${TOKEN_URL}"
      clientId: "\${CLIENT_ID}"
      clientSecret: "\${CLIENT_SECRET}"
      refreshToken: "\${REFRESH_TOKEN}"
      scope: "\${SCOPE}"
  cro:
    provider: cro
    baseUrl: https://api.example.com
    tenantId: "\${TENANT}"
    apiVersion: "\${VERSION}"
    timeZone: "\${ZONE}"
    auth: { type: forward }
`;

const settings: readonly (readonly [name: string, value: string, place: string])[] = [
  ['ISSUER', 'https://id.example.com/', 'auth.issuer'],
  ['AUDIENCE', 'customers', 'auth.audience'],
  ['JWKS_URL', 'https://id.example.com/jwks.json', 'auth.jwksUrl'],
  ['BASE_URL', 'https://rest.example.com/v1', 'sources.elevate.baseUrl'],
  ['TOKEN', 'secret-value', 'sources.elevate.auth.token'],
  ['KEY', 'secret-key', 'sources.sage.subscriptionKey'],
  ['SITE', 'secret-site', 'sources.sage.site'],
  ['COMPANY', '70000', 'sources.sage.company'],
  ['TOKEN_URL', 'https://id.example.com/token', 'sources.sage.auth.tokenUrl'],
  ['CLIENT_ID', 'secret-id', 'sources.sage.auth.clientId'],
  ['CLIENT_SECRET', 'secret-of-client', 'sources.sage.auth.clientSecret'],
  ['REFRESH_TOKEN', 'secret-refresh', 'sources.sage.auth.refreshToken'],
  ['SCOPE', 'read secret', 'sources.sage.auth.scope'],
  ['TENANT', '42000', 'sources.cro.tenantId'],
  ['VERSION', '2019/02/08', 'sources.cro.apiVersion'],
  ['ZONE', 'Europe/London', 'sources.cro.timeZone'],
];
const good = Object.fromEntries(settings);

/** Where a text ends up is told by its key alone. */
const texts = settings.filter(([, value]) => value.includes('secret'));

function load(content: string | Uint8Array, environment: NodeJS.ProcessEnv = {}) {
  writeFileSync(file, content);
  return loadConfig(file, providers, environment);
}

function failureOf(content: string | Uint8Array, environment: NodeJS.ProcessEnv = {}): ConfigError {
  try {
    load(content, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('white space and line ends around a value', () => {
  const paddings: [string, (value: string) => string][] = [
    ['a line end', (value) => `${value}\n`],
    ['all kinds', (value) => `\n \t${value}\r\n\r\n`],
  ];

  it.each(paddings)('are cut from the values of variables: %s', (_what, pad) => {
    const padded = settings.map(([name, value]) => [name, pad(value)]);
    expect(load(text, Object.fromEntries(padded))).toEqual(load(text, good));
  });

  it.each(paddings)('are cut from what stands in the file: %s', (_what, pad) => {
    const literal = settings.reduce(
      (current, [name, value]) =>
        current.replace(`"\${${name}}"`, /^\d+$/.test(value) ? value : JSON.stringify(pad(value))),
      text,
    );
    const { sources, auth } = load(literal);
    const clean = load(text, good);
    expect({ auth, sources: parsed({ sources }) }).toEqual({ auth: clean.auth, sources: parsed(clean) });
  });

  it('leave nothing of a value that is blank', () => {
    expect(failureOf(text, { ...good, TOKEN: ' \n' }).problems).toEqual([
      {
        line: 7,
        path: 'sources.elevate.auth.token',
        found: '${TOKEN}, which is empty',
        expected: 'a variable of the environment',
      },
    ]);
    expect(failureOf(text.replace('"${TOKEN}"', '" \\n"'), good).problems).toMatchObject([
      { path: 'sources.elevate.auth.token', found: 'a text', expected: 'a text that is not empty' },
    ]);
  });

  it('may be those of a block of YAML', () => {
    const block = text.replace(
      '{ type: bearer, token: "${TOKEN}" }',
      '\n      type: bearer\n      token: |\n        a.b.c\n',
    );
    expect(parsed(load(block, good))).toContainEqual(
      expect.objectContaining({ auth: { type: 'bearer', token: 'a.b.c' } }),
    );
  });
});

/** The settings as sources get them. */
function parsed({ sources }: Pick<Config, 'sources'>) {
  return sources.map(({ provider, settings: own }) => provider.settings.parse(own));
}

describe('what cannot be sent', () => {
  it.each([
    ['a tab', 'tab', '\t', 'a tab (U+0009)'],
    ['a line end', 'line end', '\n', 'a line end (U+000A)'],
    ['a control character', 'NUL', '\u0001', 'a control character (U+0001)'],
    ['a zero-width space', 'U+200B', '\u200B', 'a zero-width space (U+200B)'],
    ['a byte order mark', 'U+FEFF', '\uFEFF', 'a byte order mark (U+FEFF)'],
    [
      'what is left of Latin-1',
      'U+FFFD',
      '\uFFFD',
      'a replacement character, left by another encoding than UTF-8 (U+FFFD)',
    ],
    ['a no-break space', 'U+00A0', '\u00A0', 'a no-break space (U+00A0)'],
    ['a letter beyond ASCII', 'ü', 'ü', 'a character beyond ASCII'],
    ['a sign of two code units', 'emoji', '🔑', 'a character beyond ASCII'],
  ])(
    'such as %s is refused by the key of the setting, never by its value',
    (_what, _name, character, told) => {
      const bad = settings.map(([name, value]) => [name, value.slice(0, 4) + character + value.slice(4)]);
      const failure = failureOf(text, Object.fromEntries(bad));
      expect(failure.problems.map(({ path: at, found }) => ({ at, found }))).toEqual(
        settings.map(([name, , place]) => ({ at: place, found: `the value of \${${name}}` })),
      );
      expect(failure.message).not.toMatch(/secr|exam/);
      const inTexts = failure.problems.filter(({ path: at }) => texts.some(([, , place]) => place === at));
      expect(new Set(inTexts.map(({ expected }) => expected))).toEqual(
        new Set([`only printable ASCII characters: there is ${told} at position 5`]),
      );
    },
  );

  it('is refused at the edges as well, white space apart', () => {
    for (const character of ['\uFEFF', '\u200B', '\u00A0', '\u2028'])
      for (const value of [`${character}secret`, `secret${character}`])
        expect(failureOf(text, { ...good, TOKEN: value }).problems).toHaveLength(1);
  });

  it.each([
    ['"Bearer secret"', 'the value without the quotes around it'],
    ["'secret'", 'the value without the quotes around it'],
    ['Bearer secret', 'the token alone, without "Bearer " before it'],
    ['bearer  secret', 'the token alone, without "Bearer " before it'],
    ['secret secret', 'a token without spaces in it'],
  ])('is hinted at for %s', (value, expected) => {
    for (const [name, place] of [
      ['TOKEN', 'sources.elevate.auth.token'],
      ['REFRESH_TOKEN', 'sources.sage.auth.refreshToken'],
    ]) {
      const failure = failureOf(text, { ...good, [String(name)]: value });
      expect(failure.problems).toMatchObject([{ path: place, found: `the value of \${${name}}`, expected }]);
      expect(failure.message).not.toContain('secret');
    }
  });

  it('is told by --check', async () => {
    writeFileSync(file, text);
    const { exitCode, output, errorOutput } = await runProduct(['--check', '--config', file], {
      ...good,
      TOKEN: 'sec\u200Bret',
    });
    expect({ exitCode, output }).toEqual({ exitCode: 1, output: '' });
    expect(errorOutput).toContain('sources.elevate.auth.token: found the value of ${TOKEN}');
  });

  it('is not all that is beyond letters and digits', () => {
    const odd = "!#$%&'()*+,-./:;<=>?@[]^_`{|}~";
    expect(parsed(load(text, { ...good, TOKEN: odd, CLIENT_SECRET: `a "b' ${odd}` }))).toMatchObject([
      { auth: { token: odd } },
      { auth: { clientSecret: `a "b' ${odd}` } },
      {},
    ]);
  });
});

describe('the file', () => {
  const simple = `# Zo\u00EB's file
auth: { mode: none }
sources:
  cro: { provider: cro, baseUrl: https://api.example.com, tenantId: 1, auth: { type: forward } }
`;

  it('may begin with a byte order mark', () => {
    expect(load(`\uFEFF${simple}`)).toEqual(load(simple));
  });

  it.each([
    ['Latin-1', Buffer.from(simple, 'latin1'), ':1', 'a character in another encoding, such as Latin-1'],
    ['UTF-16', Buffer.from(`\uFEFF${simple}`, 'utf16le'), '', 'a file in UTF-16 or UTF-32'],
    [
      'UTF-16, big-endian',
      Buffer.from(`\uFEFF${simple}`, 'utf16le').swap16(),
      '',
      'a file in UTF-16 or UTF-32',
    ],
    ['UTF-16 without a mark', Buffer.from(simple, 'utf16le'), '', 'a file in UTF-16 or UTF-32'],
  ])('in %s is told as that', (_encoding, bytes, line, found) => {
    expect(failureOf(bytes).message).toBe(
      `${file} has a mistake:\n  ${file}${line}: found ${found}, expected UTF-8: save it again in that encoding`,
    );
  });

  it('in Latin-1 further down is told with its line', () => {
    const bytes = Buffer.from(
      simple.replace("Zo\u00EB's", 'a').replace('none }', 'none } # caf\u00E9'),
      'latin1',
    );
    expect(failureOf(bytes).problems).toMatchObject([{ line: 2 }]);
  });
});

describe.each(['undici', 'fetch'])('by %s', (transport) => {
  it('a token with a line end is sent without it', async () => {
    const api = await startStubServer(() => ({ body: { id: 1, customerName: 'Ada' } }));
    closers.push(() => api.close());
    const config = `auth: { mode: none }
sources:
  elevate: { provider: elevate, baseUrl: "${api.url}", transport: ${transport}, auth: { type: bearer, token: "\${TOKEN}" } }
`;
    const [source] = load(config, { TOKEN: 'a.b.c\r\n' }).sources;
    const product = await startTestProduct({ elevate: { provider: 'elevate', ...Object(source?.settings) } });
    closers.push(() => product.close());
    const { data, errors } = await product.query('{ customer(id: "elevate:1") { name } }');
    expect({ data, errors }).toEqual({ data: { customer: { name: 'Ada' } }, errors: [] });
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer a.b.c']);
  });
});
