import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/load-config.ts';
import { providers } from '../../src/providers/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-without-'));
const file = path.join(folder, 'customer-graph.yaml');

afterAll(() => rmSync(folder, { recursive: true }));

/** What is wrong with a source that is without something; what else the providers need is given to all alike. */
function findMistakes(provider: string, without: string, environment: NodeJS.ProcessEnv = {}): string[] {
  const own = { elevate: '', sage200: 'subscriptionKey: key', cro: 'tenantId: 42' }[provider] ?? '';
  writeFileSync(
    file,
    `
auth: { mode: none }
sources:
  one:
    provider: ${provider}
    baseUrl: https://rest.example.com
    auth: { type: forward }
    ${own}
    without: ${without}
`,
  );
  try {
    loadConfig(file, providers, environment);
    return [];
  } catch (error) {
    return String(error)
      .split('\n')
      .slice(1)
      .map((line) => line.trim().replace(`${file}:`, ''));
  }
}

it.each([
  ['elevate', '[list, sites]'],
  ['sage200', '[branches, finance_charges]'],
  ['sage200', '["${RESOURCE}"]'],
  ['cro', '[]'],
])('%s takes %s', (provider, without) => {
  expect(findMistakes(provider, without, { RESOURCE: 'currencies' })).toEqual([]);
});

it.each([
  [
    'elevate',
    '[list, site]',
    '9 sources.one.without.1: found "site", expected one of list, sites, contract-owners, contract-owner-sub-brands, billing-cycles, tripwire-plans, commission-agents; did you mean sites?',
  ],
  [
    'cro',
    '\n      - children\n      - branches',
    '11 sources.one.without.1: found "branches", expected one of list, children, locations, users',
  ],
  ['cro', '[list, 7]', '9 sources.one.without.1: found 7, expected one of list, children, locations, users'],
  [
    'cro',
    'users',
    '9 sources.one.without: found a text, expected a list of list, children, locations, users',
  ],
  [
    'cro',
    '["${RESOURCE}"]',
    '9 sources.one.without.0: found the value of ${RESOURCE}, expected one of list, children, locations, users',
  ],
])('%s does not take %s', (provider, without, mistake) => {
  expect(findMistakes(provider, without, { RESOURCE: 'currencies' })).toEqual([mistake]);
});

it.each(Object.keys(providers))('the page of %s has every name', (provider) => {
  const [mistake = ''] = findMistakes(provider, '[0]');
  const names = /expected one of (.*)$/.exec(mistake)?.[1]?.split(', ') ?? [];
  const page = readFileSync(`docs/providers/${provider}.md`, 'utf8');
  expect(names.length).toBeGreaterThanOrEqual(2);
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
