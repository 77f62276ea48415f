import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';

const upstream = process.env['UPSTREAM'] ?? 'http://127.0.0.1:4900';

export const composeConfig = defineConfig({
  subgraphs: ['elevate', 'sage200', 'cro'].map((api) => ({
    sourceHandler: loadOpenAPISubgraph(api, {
      source: `./written/${api}.json`,
      endpoint: `${upstream}/${api}`,
    }),
  })),
});
