import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/load-config.ts';
import { ConfigError } from '../../src/config/problems.ts';
import { providers } from '../../src/providers/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-merge-'));
const file = path.join(folder, 'customer-graph.yaml');

afterAll(() => rmSync(folder, { recursive: true }));

function load(text: string, environment: NodeJS.ProcessEnv = {}) {
  writeFileSync(file, text);
  return loadConfig(file, providers, environment).sources.map(({ name, settings }) => ({ name, settings }));
}

/** The lines, places and texts of what is wrong. */
function mistakesOf(text: string, environment: NodeJS.ProcessEnv = {}): string[] {
  try {
    load(text, environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(
      ({ line, path: at, found, expected }) => `${line} ${at}: ${found} | ${expected}`,
    );
  }
  throw new Error('the configuration was accepted');
}

describe('merge keys', () => {
  it('take over the keys of another source; its own come first', () => {
    const merged = load(
      `auth: { mode: none }
sources:
  one: &one
    provider: cro
    baseUrl: https://api.example.com
    tenantId: \${TENANT}
    timeoutMs: 3000
    auth: { type: forward }
  two:
    tenantId: 2
    <<: *one
    timeoutMs: 4000
`,
      { TENANT: '1' },
    );
    const common = { baseUrl: 'https://api.example.com', auth: { type: 'forward' } };
    expect(merged).toEqual([
      { name: 'one', settings: { ...common, tenantId: 1, timeoutMs: 3_000 } },
      { name: 'two', settings: { ...common, tenantId: 2, timeoutMs: 4_000 } },
    ]);
  });

  const template = `auth: { mode: none }
x-limits: &limits
  timeoutMs: 3000
  maxConcurrency: 4
x-cro: &cro
  <<: *limits
  provider: cro
  baseUrl: https://api.example.com
  auth: &auth { type: forward }
sources:
`;

  it('take over templates at the top, one after the other, and through one another', () => {
    const settings = { baseUrl: 'https://api.example.com', auth: { type: 'forward' }, maxConcurrency: 4 };
    expect(
      load(`${template}  one: { <<: [*limits, *cro], tenantId: 1 }
  two: { <<: [{ timeoutMs: 5 }, *cro], tenantId: 2, auth: *auth }
`),
    ).toEqual([
      { name: 'one', settings: { ...settings, tenantId: 1, timeoutMs: 3_000 } },
      { name: 'two', settings: { ...settings, tenantId: 2, timeoutMs: 5 } },
    ]);
  });

  it('lead to the lines where the mistakes are', () => {
    const mistakes = mistakesOf(
      `auth: { mode: none }
x-limits: &limits
  timeoutMs: 0
  maxConcurency: 4
x-cro: &cro
  <<: *limits
  provider: cro
  baseUrl: ftp://api.example.com
  tenantId: \${TENANT}
  timeZone: \${ZONE}
  auth: &auth
    type: forwards
sources:
  one:
    <<: *cro
    auth: *auth
`,
      { TENANT: 'none' },
    );
    expect(mistakes).toEqual([
      '3 sources.one.timeoutMs: 0 | a whole number from 1 to 600000',
      expect.stringMatching(/^4 sources\.one\.maxConcurency: an unknown key \| .* maxConcurrency\?$/),
      '8 sources.one.baseUrl: "ftp://api.example.com" | an http or https URL',
      '9 sources.one.tenantId: the value of ${TENANT} | a whole number of at least 1',
      '10 x-cro.timeZone: ${ZONE}, which is not set | a variable of the environment',
      expect.stringMatching(/^12 sources\.one\.auth\.type: "forwards" \| one of /),
    ]);
  });

  it.each([
    ['a value', '5'],
    ['a list of values', '[1, 2]'],
    ['an alias of a value', '*value'],
    ['nothing', ''],
  ])('of %s are told with their line', (_what, merged) => {
    expect(
      mistakesOf(`auth: { mode: none }
x-value: &value 5
sources:
  one:
    <<: ${merged}
    provider: cro
`),
    ).toEqual([
      '5 : a merge key (<<) of something else than a group of keys | an alias such as *defaults, or a list of them',
    ]);
  });

  it.each([
    ['a group that merges itself', 'one: &one\n    <<: *one\n    provider: cro'],
    ['an alias that leads nowhere', 'one:\n    <<: *nobody\n    provider: cro'],
  ])('end with %s', (_what, source) => {
    expect(mistakesOf(`auth: { mode: none }\nsources:\n  ${source}\n`)).toHaveLength(1);
  });
});
