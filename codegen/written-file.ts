import type { Types } from '@graphql-codegen/plugin-helpers';

/** Lets the code generator write a file whose content does not come from one of its plugins. */
export function writtenFile(write: () => string | Promise<string>): Types.OutputPreset {
  return {
    buildGeneratesSection: ({ baseOutputDir, schema }) => [
      {
        filename: baseOutputDir,
        documents: [],
        schema,
        config: {},
        plugins: [{ written: {} }],
        pluginMap: { written: { plugin: write } },
      },
    ],
  };
}
