import type { CustomerFilterName as GraphFilterName, Resolvers, SourceState } from '../../generated/graph.ts';
import type { CustomerFilterName } from '../../providers/provider.ts';
import { sessionOf } from '../context.ts';
import { filterNames } from '../lists/filter.ts';

const graphNames: Readonly<Record<CustomerFilterName, GraphFilterName>> = {
  name: 'NAME',
  reference: 'REFERENCE',
  updatedSince: 'UPDATED_SINCE',
  activeOnly: 'ACTIVE_ONLY',
};

const states = { CLOSED: 'AVAILABLE', OPEN: 'UNAVAILABLE', HALF_OPEN: 'PROBING' } as const satisfies Record<
  string,
  SourceState
>;

export const sourceResolvers: Pick<Resolvers, 'Source' | 'Freshness'> = {
  Freshness: {
    fetchedAt: ({ fetchedAtMs }) => toIso(fetchedAtMs),
    ageMs: ({ fetchedAtMs }) => Math.min(Math.max(0, Date.now() - fetchedAtMs), 2_147_483_647),
  },
  Source: {
    provider: ({ provider }) => provider.name,
    title: ({ provider }) => provider.title,
    credentialsHeader: ({ credentialsHeader }) => credentialsHeader ?? null,
    status(source, _args, context) {
      const { state, sinceMs, lastError, latency } = sessionOf(source, context).status();
      return {
        state: states[state],
        since: toIso(sinceMs),
        lastErrorCode: lastError?.code ?? null,
        lastErrorAt: lastError === undefined ? null : toIso(lastError.atMs),
        latency: latency ?? null,
      };
    },
    capabilities({ provider, listing }) {
      const reasons = listing?.unsupportedFilters ?? {};
      return {
        ...provider.capabilities,
        isListable: listing !== undefined,
        canCount: listing?.canCount ?? false,
        maxPageSize: listing?.maxPageSize ?? null,
        filters:
          listing === undefined
            ? []
            : filterNames.filter((name) => reasons[name] === undefined).map((name) => graphNames[name]),
        unsupportedFilters: filterNames.flatMap((name) => {
          const reason = reasons[name];
          return reason === undefined ? [] : [{ name: graphNames[name], reason }];
        }),
      };
    },
  },
};

function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
