import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadConfig, type Config } from '../../src/config/load-config.ts';
import { ConfigError } from '../../src/config/problems.ts';
import { providers } from '../../src/providers/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-network-'));
const file = path.join(folder, 'customer-graph.yaml');

afterAll(() => rmSync(folder, { recursive: true }));

function load(source: string, environment: NodeJS.ProcessEnv = {}): Config {
  writeFileSync(
    file,
    `auth: { mode: none }\nsources:\n  cro:\n    provider: cro\n    tenantId: 1\n    ${source.replaceAll('\n', '\n    ')}\n`,
  );
  return loadConfig(file, providers, environment);
}

function mistakesOf(source: string, environment: NodeJS.ProcessEnv = {}): string[] {
  try {
    load(source, environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(
      ({ line, path: at, found, expected }) => `${line} ${at}: ${found} | ${expected}`,
    );
  }
  throw new Error('the configuration was accepted');
}

const plainExpected =
  'https: plain http is for loopback hosts only, unless "allowPlainHttp: true" is set beside it';
const forward = 'auth: { type: forward }';
const oauth2 = (tokenUrl: string) =>
  `auth: { type: oauth2, tokenUrl: "${tokenUrl}", clientId: a, clientSecret: b, refreshToken: c }`;

describe('plain http', () => {
  it('beyond this machine is refused, for the API and for its token endpoint', () => {
    expect(mistakesOf(`baseUrl: http://api.example.com\n${oauth2('http://id.example.com/token')}`)).toEqual([
      `6 sources.cro.baseUrl: "http://api.example.com" | ${plainExpected}`,
      `7 sources.cro.auth.tokenUrl: "http://id.example.com/token" | ${plainExpected}`,
    ]);
    expect(mistakesOf(`baseUrl: http://api.example.com\nallowPlainHttp: false\n${forward}`)).toHaveLength(1);
  });

  it('is told with all else that is wrong', () => {
    expect(mistakesOf(`baseUrl: http://api.example.com\ntimeoutMs: 0\nhello: 1\n${forward}`)).toHaveLength(3);
  });

  it('is allowed where the source says so, and warned of', () => {
    const { warnings } = load(
      `baseUrl: http://api.example.com/v1\nallowPlainHttp: true\n${oauth2('http://id.example.com/token')}`,
    );
    expect(warnings).toEqual([
      'sources.cro.baseUrl is plain http: credentials and customers go to api.example.com unencrypted.',
      'sources.cro.auth.tokenUrl is plain http: credentials and customers go to id.example.com unencrypted.',
    ]);
  });

  it.each(['https://api.example.com', 'http://127.0.0.1:1', 'http://localhost', 'http://[::1]:1'])(
    'is no matter for %s',
    (url) => {
      expect(load(`baseUrl: ${url}\nallowPlainHttp: true\n${forward}`).warnings).toEqual([]);
      expect(load(`baseUrl: ${url}\n${forward}`).warnings).toEqual([]);
    },
  );
});

describe('proxy', () => {
  const expected = 'none, or the URL of an HTTP proxy such as http://proxy.example.com:3128';

  it.each([
    ['socks5://proxy.example.com:1080'],
    ['http://user:hidden@'],
    ['http://user:hid%zz@proxy.example.com'],
    ['http://proxy.example.com/path'],
    ['ftp://user:hidden@proxy.example.com'],
  ])('%s is refused, and not shown', (proxy) => {
    expect(mistakesOf(`baseUrl: https://api.example.com\nproxy: "${proxy}"\n${forward}`)).toEqual([
      `7 sources.cro.proxy: a text | ${expected}`,
    ]);
  });

  it.each([
    'none',
    'http://proxy.example.com:3128',
    'proxy.example.com:3128',
    '"http://me:p%40ss@proxy.example.com"',
  ])('%s is accepted', (proxy) => {
    expect(load(`baseUrl: https://api.example.com\nproxy: ${proxy}\n${forward}`).warnings).toEqual([]);
  });

  it('beyond this machine does not lead to a source on it', () => {
    const source = (proxy: string) => `baseUrl: http://127.0.0.1:1\nproxy: ${proxy}\n${forward}`;
    expect(mistakesOf(source('http://proxy.example.com:3128'))).toEqual([
      '7 sources.cro.proxy: a text | no proxy beyond this machine to a source on it',
    ]);
    expect(load(source('http://127.0.0.1:3128')).warnings).toEqual([]);
    expect(load(source('none')).warnings).toEqual([]);
  });

  it('of the environment is told with its name, and not shown', () => {
    expect(
      mistakesOf(`baseUrl: https://api.example.com\n${forward}`, {
        https_proxy: 'socks://me:hidden@p.example.com',
      }),
    ).toEqual([
      'undefined environment variable https_proxy: a text that is not shown | the URL of an HTTP proxy such as http://proxy.example.com:3128',
    ]);
  });
});

describe('caFile', () => {
  const write = (name: string, content: string) => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };

  it.each<[string, () => string, RegExp]>([
    ['is missing', () => path.join(folder, 'no.pem'), /a PEM file that can be read \(ENOENT\)$/],
    ['is a folder', () => folder, /a PEM file that can be read \(EISDIR\)$/],
    [
      'is empty',
      () => write('empty.pem', ''),
      /a PEM file with certificates \("-----BEGIN CERTIFICATE-----"\)$/,
    ],
    ['is DER', () => write('der.pem', '\u0030\u0082\u0001'), /a PEM file with certificates/],
    [
      'holds a key',
      () => write('key.pem', '-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n'),
      /a PEM file with certificates/,
    ],
    [
      'holds what only looks like a certificate',
      () => write('bad.pem', '-----BEGIN CERTIFICATE-----\nMC4C\n-----END CERTIFICATE-----\n'),
      /certificates that can be read: number 1 cannot$/,
    ],
  ])('that %s is told', (_what, create, expected) => {
    const mistakes = mistakesOf(`baseUrl: https://api.example.com\ncaFile: "${create()}"\n${forward}`);
    expect(mistakes).toEqual([expect.stringMatching(expected)]);
    expect(mistakes[0]).toMatch(/^7 sources\.cro\.caFile: /);
  });
});
