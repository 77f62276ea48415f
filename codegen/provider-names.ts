import type { Types } from '@graphql-codegen/plugin-helpers';

/** Writes the union of the providers that have an SDL file: the registry must have an entry for each. */
export function providerNames(names: readonly string[]): Types.OutputPreset {
  const content = `export type ProviderName = ${names.map((name) => `'${name}'`).join(' | ')};\n`;
  return {
    buildGeneratesSection: ({ baseOutputDir, schema }) => [
      {
        filename: baseOutputDir,
        documents: [],
        schema,
        config: {},
        plugins: [{ providerNames: {} }],
        pluginMap: { providerNames: { plugin: () => content } },
      },
    ],
  };
}
