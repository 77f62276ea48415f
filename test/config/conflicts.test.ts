import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadConfig, type Config } from '../../src/config/load-config.ts';
import { ConfigError } from '../../src/config/problems.ts';
import { providers } from '../../src/providers/index.ts';
import { runProduct } from '../support/command-line.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-conflicts-'));
const file = path.join(folder, 'customer-graph.yaml');

afterAll(() => rmSync(folder, { recursive: true }));

function load(text: string, environment: NodeJS.ProcessEnv = {}): Config {
  writeFileSync(file, `auth: { mode: none }\n${text}`);
  return loadConfig(file, providers, environment);
}

function mistakesOf(text: string, environment: NodeJS.ProcessEnv = {}): string[] {
  try {
    load(text, environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (/secret/.test(error.message)) throw error;
    return error.problems.map(
      ({ line, path: at, found, expected }) => `${line} ${at}: ${found} | ${expected}`,
    );
  }
  throw new Error('the configuration was accepted');
}

/** The settings of a sign-in, on one line. */
const signIn = (refreshToken: string, more = '') =>
  `{ type: oauth2, tokenUrl: https://id.example.com/token, clientId: a, clientSecret: b, refreshToken: "${refreshToken}"${more} }`;

const sage = (name: string, auth: string, company = 1) =>
  `  ${name}: { provider: sage200, baseUrl: https://api.example.com, subscriptionKey: k, company: ${company}, auth: ${auth} }\n`;

const another =
  'another: what several sources sign in with is one of "credentials", used by auth: { type: shared, credential: <name> }';

describe('two sources with one rotating sign-in', () => {
  it.each<[string, string, string, NodeJS.ProcessEnv]>([
    ['written twice', 'secret-one', 'secret-one', {}],
    ['from one variable', '${TOKEN}', '${TOKEN}', { TOKEN: 'secret-one' }],
    ['from two variables', '${TOKEN}', '${OTHER}', { TOKEN: 'secret-one', OTHER: 'secret-one\n' }],
  ])(
    'are a mistake of which both places are told: the refresh token %s',
    (_how, first, second, environment) => {
      expect(
        mistakesOf(`sources:\n${sage('one', signIn(first))}${sage('two', signIn(second), 2)}`, environment),
      ).toEqual([
        `4 sources.two.auth.refreshToken: the refresh token of sources.one.auth.refreshToken (line 3) | ${another}`,
      ]);
    },
  );

  it('are one by merge keys as well', () => {
    expect(
      mistakesOf(`sources:
  one: &one
    provider: sage200
    baseUrl: https://api.example.com
    subscriptionKey: k
    auth: ${signIn('secret')}
  two:
    <<: *one
    company: 2
`),
    ).toEqual([
      `7 sources.two.auth.refreshToken: the refresh token of sources.one.auth.refreshToken (line 7) | ${another}`,
    ]);
  });

  it('are one with a credential that is there to be shared', () => {
    expect(
      mistakesOf(
        `credentials:\n  sage: ${signIn('secret')}\nsources:\n${sage('one', '{ type: shared, credential: sage }')}${sage('two', signIn('secret'), 2)}`,
      ),
    ).toEqual([
      `6 sources.two.auth.refreshToken: the refresh token of credentials.sage.refreshToken (line 3) | ${another}`,
    ]);
  });

  const real = path.join(folder, 'real');
  mkdirSync(real);
  symlinkSync(real, path.join(folder, 'link'));
  writeFileSync(path.join(real, 'there'), '');
  symlinkSync(path.join(real, 'there'), path.join(folder, 'alias'));

  it.each([
    ['the same path', 'real/token', 'real/token'],
    ['another spelling', 'real/token', 'real/../real/./token'],
    ['a folder by a link', 'real/token', 'link/token'],
    ['a link to the file', 'real/there', 'alias'],
  ])('are a mistake when they keep it in one file: %s', (_how, first, second) => {
    const at = (name: string) => `, tokenFile: "${folder}/${name}"`;
    expect(
      mistakesOf(
        `sources:\n${sage('one', signIn('secret-1', at(first)))}${sage('two', signIn('secret-2', at(second)), 2)}`,
      ),
    ).toEqual([
      `4 sources.two.auth.tokenFile: the same file as sources.one.auth.tokenFile (line 3) | ${another}`,
    ]);
  });

  it('are none with sign-ins and files of their own', () => {
    const at = (name: string) => `, tokenFile: "${folder}/${name}"`;
    const text = `sources:\n${sage('one', signIn('secret-1', at('one')))}${sage('two', signIn('secret-2', at('two')), 2)}`;
    expect(load(text).warnings).toEqual([]);
  });

  it('and a configuration that is to be its own token file is one', () => {
    expect(mistakesOf(`sources:\n${sage('one', signIn('secret', `, tokenFile: "${file}"`))}`)).toEqual([
      expect.stringMatching(/^3 sources\.one\.auth\.tokenFile: .* which would be overwritten$/),
    ]);
  });
});

describe('a shared credential', () => {
  const credentials = `credentials:\n  sage: ${signIn('secret')}\n  api: { type: bearer, token: secret }\n`;

  it('is one of those under "credentials"', () => {
    const one = sage('one', '{ type: shared, credential: sgae }');
    expect(mistakesOf(`${credentials}sources:\n${one}`)).toEqual([
      '6 sources.one.auth.credential: a name that "credentials" has not | one of sage, api; did you mean sage?',
    ]);
    expect(mistakesOf(`sources:\n${one}`)).toEqual([
      '3 sources.one.auth.credential: a name that "credentials" has not | the name of one of "credentials", of which the file has none',
    ]);
  });

  it('is checked as those of sources are', () => {
    expect(
      mistakesOf(`credentials:
  sage: { type: oauth2, tokenUrl: http://id.example.com/token, clientId: a, clientSecret: "sec\\u200Bret", refreshToken: Bearer secret }
  other: { type: forward }
sources:
${sage('one', '{ type: shared, credential: sage }')}`),
    ).toEqual([
      '3 credentials.sage.clientSecret: a text | only printable ASCII characters: there is a zero-width space (U+200B) at position 4',
      '3 credentials.sage.refreshToken: a text | the token alone, without "Bearer " before it',
      '3 credentials.sage.tokenUrl: "http://id.example.com/token" | https: plain http is for loopback hosts only, unless "allowPlainHttp: true" is set beside it',
      '4 credentials.other.type: "forward" | one of bearer, clientCredentials, oauth2',
    ]);
  });

  it('that nobody uses is warned of, and so are sources that differ by name only', async () => {
    const shared = '{ type: shared, credential: sage }';
    const text = `${credentials}sources:\n${sage('one', shared)}${sage('two', shared)}${sage('three', shared, 3)}`;
    const warnings = [
      'credentials.api is used by no source.',
      'sources.one and sources.two have the same customers: each is listed twice.',
    ];
    expect(load(text).warnings).toEqual(warnings);
    const { exitCode, output } = await runProduct(['--check', '--config', file]);
    expect({ exitCode, output }).toEqual({
      exitCode: 0,
      output: [
        `${file} is fine: one (Sage 200), two (Sage 200), three (Sage 200).`,
        ...warnings.map((warning) => `Warning: ${warning}`),
        '',
      ].join('\n'),
    });
  });
});
