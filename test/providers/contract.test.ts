import { readdirSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { providers } from '../../src/providers/index.ts';
import { discoverApis } from '../../src/sandbox/discover.ts';
import { describeProviderContract } from './contract.ts';

it('every provider has its files and its simulated API', async () => {
  const names = Object.keys(providers).toSorted();
  const filesIn = (folder: string, ending: string) =>
    readdirSync(folder).map((file) => file.replace(ending, ''));
  expect(filesIn('schema/providers', '.graphql').toSorted()).toEqual(names);
  expect(filesIn('schema/rest', '.json').toSorted()).toEqual(names);
  expect((await discoverApis()).map(({ provider }) => provider).toSorted()).toEqual(names);
  for (const name of names) {
    expect(readdirSync(`src/providers/${name}`)).toEqual(
      expect.arrayContaining(['config.ts', 'index.ts', 'loaders.ts', 'resolvers.ts']),
    );
  }
});

for (const [name, provider] of Object.entries(providers)) describeProviderContract(name, provider);
