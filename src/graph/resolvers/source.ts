import type { Resolvers } from '../../generated/graph.ts';

export const sourceResolvers: Pick<Resolvers, 'Source'> = {
  Source: {
    provider: ({ provider }) => provider.name,
    title: ({ provider }) => provider.title,
    capabilities: ({ provider }) => provider.capabilities,
  },
};
