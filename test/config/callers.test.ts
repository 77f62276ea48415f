import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { exportSPKI, generateKeyPair } from 'jose';
import { loadConfig, type Config } from '../../src/config/load-config.ts';
import { ConfigError } from '../../src/config/problems.ts';
import { providers } from '../../src/providers/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'callers-'));
const file = path.join(folder, 'customer-graph.yaml');

afterAll(() => rmSync(folder, { recursive: true }));

function load(auth: object, environment: NodeJS.ProcessEnv = {}): Config {
  const elevate = {
    provider: 'elevate',
    baseUrl: 'https://rest.example.com/v1',
    auth: { type: 'bearer', token: 'secret-token' },
  };
  writeFileSync(file, JSON.stringify({ auth, sources: { elevate } }));
  return loadConfig(file, providers, environment);
}

/** `auth.from: found …, expected …` */
function problemsOf(auth: object): string[] {
  try {
    load(auth);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.replace(/^.*? auth/, 'auth'));
  }
}

const issuer = { issuer: 'https://id.example.com/', audience: 'a' };
const jwksUrl = 'https://id.example.com/keys';
const gateway = { mode: 'trusted-header', from: ['10.0.0.0/8'], secret: 'canary-of-16-characters' };

describe('the settings of callers', () => {
  it('take the keys of an issuer from the environment', async () => {
    const { publicKey } = await generateKeyPair('ES256', { extractable: true });
    const pem = await exportSPKI(publicKey);
    const { auth } = load({ mode: 'jwt', ...issuer, publicKeys: ['${KEY}'] }, { KEY: pem });
    expect(auth).toMatchObject({ publicKeys: [pem.trim()] });
  });

  it('take several issuers', () => {
    const further = { ...issuer, jwksUrl, algorithms: ['ES256'] };
    expect(load({ mode: 'jwt', ...issuer, jwksUrl, issuers: [further] }).auth).toMatchObject({
      issuers: [further],
    });
  });

  it.each<[string, object, RegExp]>([
    [
      'no keys',
      { mode: 'jwt', ...issuer },
      /^auth\.jwksUrl: found nothing, expected the URL of the issuer's key set, or publicKeys$/,
    ],
    [
      'both keys',
      { mode: 'jwt', ...issuer, jwksUrl, publicKeys: ['x'] },
      /publicKeys\.0: .* expected a public key in PEM/,
    ],
    [
      'a private key',
      { mode: 'jwt', ...issuer, publicKeys: ['-----BEGIN PRIVATE KEY-----'] },
      /expected a public key in PEM/,
    ],
    [
      'no keys of another issuer',
      { mode: 'jwt', ...issuer, jwksUrl, issuers: [issuer] },
      /^auth\.issuers\.0\.jwksUrl: found nothing/,
    ],
    [
      'an algorithm by a shared secret',
      { mode: 'jwt', ...issuer, jwksUrl, algorithms: ['HS256'] },
      /^auth\.algorithms\.0: found "HS256", expected one of RS256/,
    ],
    ['a large tolerance', { mode: 'jwt', ...issuer, jwksUrl, clockToleranceSeconds: 301 }, /from 0 to 300/],
    [
      'a scope with a space',
      { mode: 'jwt', ...issuer, jwksUrl, scopes: { bank: 'a b' } },
      /expected the name of a scope/,
    ],
    [
      'an unknown class',
      { mode: 'jwt', ...issuer, jwksUrl, scopes: { banc: 'a' } },
      /expected one of bank, finance, personal; did you mean bank\?/,
    ],
    ['a gateway without an address', { ...gateway, from: [] }, /^auth\.from: /],
    ['a gateway that is a name', { ...gateway, from: ['gateway'] }, /expected an IP address or a network/],
    ['a network that is none', { ...gateway, from: ['10.0.0.0/33'] }, /expected an IP address or a network/],
    ['a short secret', { ...gateway, secret: 'canary' }, /^auth\.secret: .*expected at least 16 characters/],
    ['a header that is none', { ...gateway, subjectHeader: 'x caller' }, /expected the name of a header/],
  ])('cannot have %s', (_what, auth, problem) => {
    const problems = problemsOf(auth);
    expect(problems).toContainEqual(expect.stringMatching(problem));
    expect(problems.join()).not.toMatch(/canary|PRIVATE/);
  });
});
