import type { CustomerFilterName as GraphFilterName, Resolvers } from '../../generated/graph.ts';
import type { CustomerFilterName } from '../../providers/provider.ts';
import { filterNames } from '../lists/filter.ts';

const graphNames: Readonly<Record<CustomerFilterName, GraphFilterName>> = {
  name: 'NAME',
  reference: 'REFERENCE',
  updatedSince: 'UPDATED_SINCE',
  activeOnly: 'ACTIVE_ONLY',
};

export const sourceResolvers: Pick<Resolvers, 'Source'> = {
  Source: {
    provider: ({ provider }) => provider.name,
    title: ({ provider }) => provider.title,
    capabilities({ provider, listing }) {
      const reasons = listing?.unsupportedFilters ?? {};
      return {
        ...provider.capabilities,
        isListable: listing !== undefined,
        canCount: listing?.canCount ?? false,
        maxPageSize: listing?.maxPageSize ?? null,
        filters: listing === undefined ? [] : filterNames.filter((name) => reasons[name] === undefined).map((name) => graphNames[name]),
        unsupportedFilters: filterNames.flatMap((name) => {
          const reason = reasons[name];
          return reason === undefined ? [] : [{ name: graphNames[name], reason }];
        }),
      };
    },
  },
};
